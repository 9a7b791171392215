"""A test page in PDF: one A4 sheet with a frame, a few lines and a grey bar, made of nothing but this text."""

_A4 = (595, 842)  # points


def test_page(printer: str) -> bytes:
    """Return the page as a PDF 1.4; `printer` is the printer's model, of which ASCII is printed."""
    model = "".join(char for char in printer if " " <= char <= "~" and char not in "()\\")
    lines = ("DOCUMENT PRINTER TEST PAGE", model, "The frame is whole, the bar is an even grey, the page is straight.")
    texts = "".join(f"BT /F1 14 Tf 72 {740 - 28 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines))
    drawing = f"{texts}36 36 523 770 re S\n0.5 g 72 560 451 60 re f\n"
    return _document(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_A4[0]} {_A4[1]}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


def _document(*objects: str) -> bytes:
    """Return numbered objects as a file with its cross-reference table (ISO 32000, 7.5)."""
    out = "%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
