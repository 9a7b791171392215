"""The kinds of paper the kiosk tells apart, and what it says of one page."""

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    """A kind of paper; each value is a section of assets/papers/kinds.toml and a word `papers.kind.*`."""

    ID_FRONT = "id_front"  # of the resident identity card: the side with name and portrait
    ID_BACK = "id_back"  # the side with the emblem and the dates
    ID_COPY = "id_copy"  # a sheet with a copy of the card
    RESIDENCE_PERMIT = "residence_permit"
    BANK_CARD = "bank_card"
    REGISTER_COVER = "register_cover"  # of the household register
    REGISTER_PAGE = "register_page"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    BIRTH_CERTIFICATE = "birth_certificate"
    BUSINESS_LICENCE = "business_licence"
    SHEET = "sheet"  # a plain A4 sheet: a form, a letter
    UNKNOWN = "unknown"  # of another kind, or not sure


@dataclass(frozen=True, slots=True)
class SeenPaper:
    """What one page was seen to be.

    Attributes:
        kind: what it surely is, else UNKNOWN.
        possible: all that it may be, by its size and colour and by its words where they were read; UNKNOWN is among
            them unless `kind` is another.
        read: whether its words were read.
    """

    kind: PaperKind
    possible: frozenset[PaperKind]
    read: bool

    def may_be(self, wanted: frozenset[PaperKind]) -> bool:
        """Whether it may be one of `wanted`; only what surely is none of them is worth a question."""
        return bool(self.possible & wanted) or self.kind in wanted
