"""The receipt as a resident takes it home, composed from data: nothing here prints, and nothing is guessed.

It names the case, never the person beyond a masked name, and never an identity number (promise 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from drivers.print_job import Cut, Feed, Part, PrintJob, Qr, Raster, Rule, Size, Text
from kiosk.dates import spoken_date
from kiosk.receipt_mark import mark
from kiosk.text.wrap import width, wrap
from kiosk.words import Language, Words

COLUMNS = 48  # half-width cells of 12 dots on 80 mm paper
_LABEL = 10  # cells before a value
_INDENT = 3
_NUMBER_SIZES: tuple[Size, ...] = (3, 2, 1)
_QR_MODULE = 7


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says, in the visit's language.

    Attributes:
        service: the item's or package's title.
        applicant: the masked name, None when it is not known (a typed number).
        submitted_at: the moment of the commit, local time.
        steps: what happens when, in order, as (when, what).
        missing: names of the papers to be brought later.
        elsewhere: names of the parts of a package that need a window.
        site: the centre's name.
    """

    receipt_number: str
    verification_code: str = field(repr=False)
    service: str
    applicant: str | None = field(repr=False)
    submitted_at: datetime
    steps: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    site: str
    kiosk_id: str
    language: Language
    elsewhere: tuple[str, ...] = ()

    @property
    def qr_text(self) -> str:
        """What the QR code holds: enough to find the case again, and nothing about the person."""
        return f"BDY1:{self.receipt_number}:{self.verification_code}"


def receipt_parts(receipt: Receipt, words: Words) -> PrintJob:
    """Compose `receipt` with `words` of its language. The job's id is the receipt number: it prints once.

    Raises:
        ValueError: `words` are of another language than the receipt.
    """
    if words.language != receipt.language:
        raise ValueError(f"a receipt in {receipt.language} needs its words, not those of {words.language}")
    parts = (
        Raster(mark(receipt.site, words.say("receipt.place"))),
        *number_lines(receipt.receipt_number, words),
        Rule(),
        *_facts(receipt, words),
        Rule(),
        *_steps(receipt, words),
        *_listed(words.say("receipt.missing"), "□", receipt.missing),
        *_listed(words.say("receipt.elsewhere"), "·", receipt.elsewhere),
        Rule(),
        *_query(receipt, words),
        Cut(),
    )
    return PrintJob(receipt.receipt_number, parts)


def number_lines(receipt_number: str, words: Words) -> Iterator[Part]:
    """Yield the case's number, as large as it fits."""
    fits = (size for size in _NUMBER_SIZES if width(receipt_number) * size <= COLUMNS)
    yield Feed()
    yield Text(words.say("receipt.number"), align="center")
    yield Text(receipt_number, next(fits, 1), bold=True, align="center")


def _facts(receipt: Receipt, words: Words) -> Iterator[Part]:
    yield Text("\n".join(wrap(receipt.service, COLUMNS // 2)), 2)
    yield Feed()
    if receipt.applicant is not None:
        yield from fact(words.say("receipt.applicant"), receipt.applicant)
    yield from fact(words.say("receipt.time"), spoken_moment(receipt.submitted_at, receipt.language))


def spoken_moment(at: datetime, language: Language) -> str:
    """Return a day and a time of day as people say them."""
    return f"{spoken_date(at.date(), language)} {at:%H:%M}"


def fact(label: str, value: str) -> Iterator[Part]:
    """Yield a label and its value beside it, on as many lines as it needs."""
    first, *rest = wrap(value, COLUMNS - _LABEL)
    yield Text(label + " " * max(1, _LABEL - width(label)) + first)
    for line in rest:
        yield Text(" " * _LABEL + line)


def _steps(receipt: Receipt, words: Words) -> Iterator[Part]:
    yield Text(words.say("receipt.next"), bold=True)
    last = len(receipt.steps) - 1
    for index, (when, what) in enumerate(receipt.steps):
        for line in wrap(when, COLUMNS - _INDENT):
            yield Text(("●" if index == 0 else "○") + " " + line, bold=True)
        bar = " " if index == last else "│"
        for line in wrap(what, COLUMNS - _INDENT):
            yield Text(bar + " " * (_INDENT - width(bar)) + line)


def _listed(caption: str, bullet: str, names: tuple[str, ...]) -> Iterator[Part]:
    """List `names` below their caption, each behind a bullet; nothing where there are none."""
    if not names:
        return
    yield Rule()
    yield Text(caption, bold=True)
    for name in names:
        first, *rest = wrap(name, COLUMNS - _INDENT)
        yield Text(bullet + " " * (_INDENT - width(bullet)) + first)
        for line in rest:
            yield Text(" " * _INDENT + line)


def _query(receipt: Receipt, words: Words) -> Iterator[Part]:
    yield Text(words.say("receipt.keep"), 2, bold=True, align="center")
    yield Feed()
    yield Qr(receipt.qr_text, module=_QR_MODULE)
    yield Feed()
    code = receipt.verification_code
    yield Text(words.say("receipt.code", code=f"{code[:4]} {code[4:]}".strip()), bold=True, align="center")
    for line in wrap(words.say("receipt.how"), COLUMNS):
        yield Text(line, align="center")
    yield Text(words.say("receipt.foot", kiosk=receipt.kiosk_id), align="center")
