"""What a paper says that a form asks for: numbers with a right check digit, names, addresses, each with its place.

One decision: a number counts only when its check digit is right, and then it still is a suggestion: nothing is filled
without the resident's yes, and what the card itself said is never replaced.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.model import Sensitive
from kiosk.form_checks import FORMATS
from kiosk.papers.kinds import PaperKind
from kiosk.papers.text import Piece, Row, plain

Box = tuple[float, float, float, float]


class FieldKind(StrEnum):
    """What was read; of a form's answers the value is the JSON Schema format (kiosk/form_checks.py)."""

    CITIZEN_NUMBER = "citizen-number"
    CREDIT_CODE = "credit-code"
    BANK_CARD = "bank-card"
    NAME = "name"
    ADDRESS = "address"
    VALID_UNTIL = "valid-until"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a page says: its kind, its value, and its place (x0, y0, x1, y1) in parts of the upright page."""

    kind: FieldKind
    value: Sensitive[str]
    box: Box = field(repr=False)


def fields_of(kind: PaperKind, rows: Sequence[Row]) -> tuple[Found, ...]:
    """Return what a page of that kind says, in the order of its rows; each value once."""
    found = [each for finder in _FINDERS.get(kind, ()) for each in finder(rows)]
    return tuple({(each.kind, each.value): each for each in reversed(found)}.values())[::-1]


def _numbers(kind: FieldKind, shape: str) -> Callable[[Sequence[Row]], Iterator[Found]]:
    pattern = re.compile(shape)

    def find(rows: Sequence[Row]) -> Iterator[Found]:
        for row in rows:
            for piece, text in _with_joined(row):
                for match in pattern.finditer(text):
                    if FORMATS[kind](match[0]) is None:
                        yield Found(kind, Sensitive(match[0]), _box(piece))

    return find


def _with_joined(row: Row) -> Iterator[tuple[Sequence[Piece], str]]:
    """Yield each piece of a row, and the whole row where a number was read in several pieces."""
    for piece in row.pieces:
        yield (piece,), plain(piece.text)
    if len(row.pieces) > 1:
        yield row.pieces, row.text


@dataclass(frozen=True, slots=True)
class _Labelled:
    """Finds what stands behind one of `labels`, or in the row below a label that stands alone.

    A row below that is `wrapped` whole belongs to it too: the rest of an address.
    """

    kind: FieldKind
    labels: tuple[str, ...]
    value: str
    wrapped: str | None = None

    def __call__(self, rows: Sequence[Row]) -> Iterator[Found]:
        """Yield the first."""
        label = "|".join("".join(f"{ch}\\s*" for ch in word) for word in self.labels)
        for number, row in enumerate(rows):
            below = rows[number + 1 : number + 2]
            said = [row, *below] if re.fullmatch(f"(?:{label})[:：\\s]*", _words(row)) else [row]
            match = re.search(f"(?:{label})[:：\\s]*({self.value})", " ".join(_words(each) for each in said))
            if match is None:
                continue
            rest = [each for each in below if self.wrapped is not None and re.fullmatch(self.wrapped, _words(each))]
            value = "".join((match[1], *(_words(each) for each in rest)))
            pieces = [piece for each in (*said, *rest) for piece in each.pieces]
            yield Found(self.kind, Sensitive("".join(value.split())), _box(pieces))
            return


def _words(row: Row) -> str:
    return " ".join(piece.text for piece in row.pieces)


def _box(pieces: Sequence[Piece]) -> Box:
    return (
        min(piece.left for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.right for piece in pieces),
        max(piece.bottom for piece in pieces),
    )


_HAN = "\u3400-\u9fff\U00020000-\U000323af·"
_number = _numbers(FieldKind.CITIZEN_NUMBER, r"(?<!\d)\d{17}[\dX](?!\d)")
_code = _numbers(FieldKind.CREDIT_CODE, r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_card = _numbers(FieldKind.BANK_CARD, r"(?<!\d)\d{16,19}(?!\d)")
_name = _Labelled(FieldKind.NAME, ("姓名", "户主姓名"), f"[{_HAN}]{{2,15}}")
_company = _Labelled(FieldKind.NAME, ("名称",), f"[{_HAN}（）()]{{4,60}}")
_PLACE = f"[{_HAN}0-9A-Za-z#\\-（）()]"
_address = _Labelled(FieldKind.ADDRESS, ("住址",), f"{_PLACE}{{4,60}}", f"[{_HAN}0-9]*[号室幢组村弄栋楼][{_HAN}0-9]*")
_seat = _Labelled(FieldKind.ADDRESS, ("住所", "经营场所"), f"{_PLACE}{{4,80}}")
_valid = _Labelled(
    FieldKind.VALID_UNTIL, ("有效期限", "有效期至"), r"(?:\d{4}\.\d{2}\.\d{2}\s*[-—至]\s*)?(?:\d{4}\.\d{2}\.\d{2}|长期)"
)
_FINDERS: Mapping[PaperKind, tuple[Callable[[Sequence[Row]], Iterator[Found]], ...]] = {
    PaperKind.ID_FRONT: (_number, _name, _address),
    PaperKind.ID_BACK: (_valid,),
    PaperKind.ID_COPY: (_number, _name, _address, _valid),
    PaperKind.RESIDENCE_PERMIT: (_number, _name),
    PaperKind.REGISTER_PAGE: (_number, _name, _address),
    PaperKind.BUSINESS_LICENCE: (_code, _company, _seat),
    PaperKind.BANK_CARD: (_card,),
}
