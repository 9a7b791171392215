"""Guided fixes: for each issue that a person can mend, a few short steps with pictures, as data.

One decision: they are words like all others, in `assets/words/<language>/guides.toml`: ``[class.REASON]`` with a
`title`, the steps `step1`, `step2` … and beside a step, where a picture helps, its name as `step1_picture`.
"""

from dataclasses import dataclass
from functools import cache

from drivers.errors import Reason
from kiosk.words import Words

MOST_STEPS = 5
PICTURES = frozenset(
    {
        "cable", "card", "cutter", "door", "fan", "jam", "lamp", "lens", "mains", "page", "paper_roll", "printer_close",
        "printer_open", "slip", "switch", "toner", "tray",
    }
)  # fmt: skip
"""The names a step's picture may have; whoever draws a guide has a picture for each."""
NOBODY_MENDS = frozenset(
    {
        Reason.NO_MEDIA, Reason.INVALID_MEDIA, Reason.CARD_COLLISION, Reason.MEDIA_MOVED,
        Reason.PIN_PROTECTED,  # all of them the resident's own card
        Reason.QUEUE_FULL, Reason.STOPPED, Reason.NOT_RECORDED,  # the kiosk itself, or its disk
        Reason.DEFECT, Reason.CHARSET_DATA, Reason.PLUGIN_FAILED,  # a developer, or kiosk.toml
    }
)  # fmt: skip
"""Reasons that no hand inside the cabinet cures; every other one has a guided fix."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a sentence, and the name of its picture or None."""

    text: str
    picture: str | None


@dataclass(frozen=True, slots=True)
class Guide:
    """How one issue is mended."""

    key: str
    title: str
    steps: tuple[Step, ...]


@cache
def _known() -> Words:
    return Words("zh")


def has_guide(key: str) -> bool:
    """Tell whether there is a guided fix of that words key (``guides.receipt_printer.PAPER_OUT``)."""
    return f"{key}.title" in _known()


def guide(key: str, words: Words) -> Guide:
    """Return the guided fix of that words key in the language of `words`.

    Raises:
        WordsError: there is none.
    """
    title = words.say(f"{key}.title")
    names = [f"{key}.step{number}" for number in range(1, MOST_STEPS + 1)]
    steps = tuple(Step(words.say(name), _picture(name, words)) for name in names if name in words)
    return Guide(key, title, steps)


def _picture(step: str, words: Words) -> str | None:
    name = f"{step}_picture"
    return words.say(name) if name in words else None
