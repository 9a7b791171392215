"""The bytes of a job, held against the ESC/POS manuals' vectors."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import CompletionCode, DeviceError, Reason
from drivers.escpos_commands import encode_job
from drivers.escpos_models import ChineseFont, Given, PaperForm, form_of
from drivers.escpos_text import cells, encode_line, line_can_show, printer_can_show
from drivers.model import DeviceInformation
from drivers.print_job import Cut, Feed, Part, PrintJob, Qr, Raster, Rasteriser, Rule, Text
from drivers.receipt_printer import ReceiptPrinterOptions
from tests.drivers.printing import draw

FORM = PaperForm(width=576, band_rows=256, font=ChineseFont.GB2312, qr_bytes=256)
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")


def encode(*parts: Part, form: PaperForm = FORM, rasterise: Rasteriser | None = draw) -> bytes:
    return b"".join(encode_job(PrintJob("job", parts), form, rasterise))


def pictures(stream: bytes) -> list[tuple[int, int]]:
    """Return (bytes across, rows) of every GS v 0 in `stream`, skipping over its data."""
    found, place = [], 0
    while (place := stream.find(b"\x1dv0\x00", place)) >= 0:
        across, rows = (int.from_bytes(stream[place + n : place + n + 2], "little") for n in (4, 6))
        found.append((across, rows))
        place += 8 + across * rows
    return found


def test_chinese_is_sent_in_gb_18030_after_an_explicit_fs_and() -> None:
    """Promise 5: the printer is told that Chinese follows, and gets the bytes its font knows."""
    stream = encode(Text("A中B"))
    assert b"\x1c&" + bytes.fromhex("41D6D042") + b"\n" in stream
    assert stream.startswith(b"\x1b@")
    assert b"\x1c&" + bytes.fromhex("A3ACA1A3") + b"\n" in encode(Text("，。")), "punctuation alone is Chinese too"


def test_a_qr_code_is_the_manuals_frame() -> None:
    """Promise 4: the QR frame equals the published one for "HELLO", size 4, correction M."""
    frame = "1d286b0400314132001d286b03003143041d286b03003145311d286b080031503048454c4c4f1d286b0300315130"
    assert bytes.fromhex(frame) in encode(Qr("HELLO", module=4, correction="M"))


def test_styles_feeds_and_cuts_are_the_manuals_commands() -> None:
    """Promise 4: bold, size, alignment, feed and the partial cut with feed are the documented bytes."""
    stream = encode(Text("AB", size=2, bold=True, align="center"), Feed(3), Cut())
    for command in (b"\x1bE\x01", b"\x1d!\x11", b"\x1ba\x01", b"AB\n", b"\x1bd\x03"):
        assert command in stream
    assert stream.endswith(b"\x1dVB\x00")


@pytest.mark.parametrize(
    "name", ["龴", "䶮", "㛃", "𠅤", "𬭎", "𫖯", "\U00030000", "\U00031350", "\U0002ebf0", "\ue863", "¥10", "Ł"]
)
def test_a_line_with_a_character_the_printer_lacks_is_sent_as_dots(name: str) -> None:
    """Promise 5: a rare name is drawn, and no byte of it reaches the printer's own font."""
    stream = encode(Text(f"姓名：{name}"))
    assert pictures(stream)
    assert b"\x1c&" not in stream
    assert "姓".encode("gb18030") not in stream


def test_without_a_rasteriser_such_a_line_is_refused_and_not_mangled() -> None:
    """Promise 5: rather no receipt than a `?` in a name; and the error does not name the name."""
    with pytest.raises(DeviceError) as caught:
        encode(Text("姓名：䶮"), rasterise=None)
    assert (caught.value.code, caught.value.reason) == (CompletionCode.INVALID_DATA, Reason.CHARSET_DATA)
    assert "䶮" not in str(caught.value)


def test_a_printer_without_a_chinese_font_gets_dots_for_chinese_and_text_for_ascii() -> None:
    """Promise 5: the option says what the printer has."""
    form = replace(FORM, font=ChineseFont.NONE)
    stream = encode(Text("您好\nHello"), form=form)
    assert len(pictures(stream)) == 1
    assert b"Hello\n" in stream
    assert b"\x1c&" not in stream


def test_a_drawn_line_that_runs_too_wide_is_drawn_smaller_not_cut_off() -> None:
    """Promise 5: no letter of a long name is lost at the paper's edge."""
    across, _rows = pictures(encode(Text("W" * 46 + "Ł")))[0]
    assert across * 8 <= 576


def test_a_long_picture_is_sent_in_bands() -> None:
    """Promise 4: no picture command is longer than the printer takes."""
    form = replace(FORM, band_rows=100)
    assert pictures(encode(Raster(np.ones((250, 576), dtype=bool)), form=form)) == [(72, 100), (72, 100), (72, 50)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 72), st.randoms(use_true_random=False))
def test_no_picture_holds_the_bytes_of_a_real_time_command(rows: int, across: int, dice: object) -> None:
    """Promise 4: dots never make the printer answer, or clear itself, in the middle of a picture."""
    assert hasattr(dice, "choices")
    data = bytes(dice.choices((0x10, 0x04, 0x05, 0x14, 0x01, 0x00), k=rows * across))
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8).reshape(rows, across), axis=1).astype(bool)
    stream = encode(Raster(bits, align="left"))
    assert not REAL_TIME.search(stream)
    sent = np.frombuffer(stream[-rows * across :], dtype=np.uint8)
    assert (np.frombuffer(data, dtype=np.uint8) & ~sent == 0).all(), "dots are added, none is taken away"


@pytest.mark.parametrize(
    "part",
    [
        Text("W" * 49),
        Text("大" * 13, size=2),
        Raster(np.ones((8, 577), dtype=bool)),
        Qr(""),
        Qr("a\x10\x04\x01b"),
    ],
)
def test_what_cannot_be_printed_as_it_stands_is_refused_whole(part: Part) -> None:
    """Promise 4: nothing is wrapped, clipped or dropped in silence."""
    with pytest.raises(DeviceError) as caught:
        encode(Text("before"), part)
    assert caught.value.code is CompletionCode.INVALID_DATA


def test_a_qr_code_can_be_sent_as_dots() -> None:
    """Promise 3: a printer without QR codes still gives a code that can be scanned."""
    form = replace(FORM, qr_bytes=0)
    stream = encode(Qr("HELLO", module=4), form=form)
    assert b"\x1d(k" not in stream
    assert pictures(stream)


def test_the_printers_font_is_gb_2312_and_ascii() -> None:
    """Promise 5: "can show" is asked of the printer's bytes, not of a code-point range."""
    font = ChineseFont.GB2312
    assert all(printer_can_show(ch, font) for ch in "é中，。：（）“”—…·×○●□│①Ａ１ A~")
    assert not any(printer_can_show(ch, font) for ch in "鱻㐀¥€ñ―\t\n\x7f\ue863\ud800龴𠮷")
    assert line_can_show("", font)
    assert cells("A中") == 3
    with pytest.raises(ValueError, match="character 1") as caught:
        encode_line("中䶮", font)
    assert "䶮" not in str(caught.value)


def test_a_gb_18030_font_shows_its_two_byte_characters_and_no_others() -> None:
    """Promise 5: such a printer prints 鱻 by itself; four-byte and private characters are drawn there too."""
    font = ChineseFont.GB18030
    assert all(printer_can_show(ch, font) for ch in "中鱻，A")
    assert not any(printer_can_show(ch, font) for ch in "㐀𠮷龴\ue863\U00030000€")
    assert encode_line("鱻", font) == bytes.fromhex("F780")
    assert not any(printer_can_show(ch, ChineseFont.NONE) for ch in "中，é")


@pytest.mark.parametrize("width", [384, 512])
def test_what_was_composed_for_80_mm_comes_out_smaller_on_narrower_paper(width: int) -> None:
    """Promise 3: a narrow printer still gives the whole receipt: no line, picture or code is cut off."""
    form = replace(FORM, width=width, qr_bytes=0)
    parts = (Text("W" * 48), Text("一行很长的中文标题说明\n短", 2), Raster(np.ones((116, 576), dtype=bool)))
    stream = encode(*parts, Qr("HELLO" * 20, module=16), form=form)
    sizes = pictures(stream)
    assert max(across for across, _rows in sizes) * 8 <= width
    assert sum(rows for across, rows in sizes if across * 8 == width) >= 116 * width // 576


def test_a_picture_after_a_centred_line_stands_where_its_dots_say() -> None:
    """Promise 5: ESC a holds for pictures too, so it is switched off before one."""
    stream = encode(Text("title", align="center"), Text("姓名：䶮"))
    assert b"\x1ba\x00" in stream[stream.index(b"title") : stream.index(b"\x1dv0")]


def test_a_code_longer_than_the_printer_takes_is_sent_as_dots() -> None:
    """Promise 3: the model's limit, in bytes, decides."""
    form = replace(FORM, qr_bytes=5)
    assert b"\x1d(k" in encode(Qr("HELLO"), form=form)
    assert b"\x1d(k" not in encode(Qr("HELLO!"), form=form)


def test_a_printer_that_reports_is_asked_to_after_every_reset() -> None:
    """Promise 6: ESC @ may end automatic status, so GS a follows it; a model not known to report is left alone."""
    assert encode(Cut(), form=replace(FORM, reports=True)).startswith(b"\x1b@\x1da\x0e")
    assert b"\x1da" not in encode(Cut())


def test_a_model_is_known_by_its_name_and_an_unknown_one_gets_the_safest_limits() -> None:
    """Promise 4: nothing is relied on that the printer did not say, and the technician's word stands above it."""
    old = form_of(DeviceInformation(model_name="TM-T88III"), Given())
    assert (old.width, old.font, old.qr_bytes) == (512, ChineseFont.NONE, 0)
    for unknown in (DeviceInformation(), DeviceInformation(model_name="XYZ", fonts="KANJI JAPANESE")):
        assert form_of(unknown, Given()) == PaperForm(384, 24, ChineseFont.NONE, 0, reports=False, recovers=False)
    assert form_of(DeviceInformation(model_name="XYZ", fonts="CHINA GB18030"), Given()).font is ChineseFont.GB18030
    given = form_of(DeviceInformation(), Given(576, 100, ChineseFont.GB2312, native_qr=True))
    assert (given.width, given.band_rows, given.font, given.qr_bytes) == (576, 100, ChineseFont.GB2312, 256)
    assert form_of(DeviceInformation(model_name="TM-T88V"), Given(native_qr=False)).qr_bytes == 0


def test_parts_do_not_show_their_content() -> None:
    """Promise 2: a job that ends up in a log shows no text."""
    job = PrintJob("7", (Text("王小明"), Qr("王小明"), Raster(np.ones((1, 1), dtype=bool)), Rule()))
    assert "王" not in repr(job)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda: ReceiptPrinterOptions(width_dots=575), "width_dots"),
        (lambda: ReceiptPrinterOptions(band_rows=1040), "band_rows"),
        (lambda: ReceiptPrinterOptions(confirm_seconds=0), "confirm_seconds"),
    ],
)
def test_options_no_printer_can_have_are_refused_by_name(wrong: Callable[[], object], named: str) -> None:
    """Promise 8: a wrong option is a sentence for the technician."""
    with pytest.raises(ValueError, match=named):
        wrong()
