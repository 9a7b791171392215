"""The order in which a page is read: Kivy has none, so it is taken from the tree of widgets that stands on the glass.

One decision: the heading first, then what went wrong, then the page from the top, then what leads on, and what is the
same on every page last. Rows that are read as one are one thing; everything that can be touched is one, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from screens.aloud_names import context, in_order, said, texts
from screens.blocks import Block, Text
from screens.page import Sheet
from screens.widgets.chrome import Bar, Foot, Steps
from screens.widgets.words import AnswerRow, Milestone, Note, PaperRow

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from screens.stage import Stage

_WHOLE = (Bar, Steps, Note, PaperRow, Milestone)  # read as one
TURNS = ("earlier", "later")


class Part(IntEnum):
    """The parts of a page in the order in which they are read."""

    LEAD = 0
    TROUBLE = 1
    TOP = 2
    BODY = 3
    BOTTOM = 4
    ACTIONS = 5
    TURNING = 6
    EVERYWHERE = 7


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One thing that is read. No repr: it may be personal.

    `text` has a sentence a line; `target` is empty for what cannot be touched.
    """

    part: Part
    text: str
    target: str
    widget: "Widget"

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by when the page is built anew."""
        return (self.target, "") if self.target else ("", self.text)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Return where it is, from the top left of the screen in pixels."""
        box: tuple[int, int, int, int] = self.widget.box
        return box


def sheet_of(stage: "Stage") -> Sheet | None:
    """Return the page of the stage."""
    return next((each for each in stage.children if isinstance(each, Sheet)), None)


def order(stage: "Stage") -> list[Item]:
    """Return everything that can be read or touched now, in reading order."""
    walk = _Walk(stage)
    items = [item for layer in reversed(stage.layers()) for item in walk.items(layer, Part.BODY, [])]
    return sorted(items, key=lambda item: item.part)  # is stable: within a part it is the order on the glass


class _Walk:
    """Knows which block belongs to which part of the page."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self._parts: dict[int, Part] = {}
        page = stage.page
        if page is None:
            return
        for part, blocks in (
            (Part.LEAD, page.lead),
            (Part.TROUBLE, page.notes),
            (Part.TOP, page.top),
            (Part.BODY, page.body),
            (Part.BOTTOM, page.bottom),
            (Part.ACTIONS, page.actions),
        ):
            self._parts.update({id(block): part for block in blocks})

    def items(self, widget: "Widget", part: Part, belongs_to: list[str]) -> Iterator[Item]:
        """Yield what is read in `widget`, which stands in `part`."""
        part = self._part(widget, part)
        target = getattr(widget, "target", "")
        if isinstance(widget, (Text, *_WHOLE)) or target:
            text = said(self._stage.view, widget, belongs_to if target else [])
            if text:
                yield Item(part, text, target if target and widget.enabled else "", widget)
            return
        if isinstance(widget, AnswerRow):  # its button is a thing of its own
            yield Item(part, "\n".join(texts(widget.words)), "", widget.words)
        belongs_to = context(widget) or belongs_to
        for child in in_order(widget):
            if isinstance(child, Block) and not (isinstance(widget, AnswerRow) and child is widget.words):
                yield from self.items(child, part, belongs_to)

    def _part(self, widget: "Widget", part: Part) -> Part:
        if isinstance(widget, (Bar, Steps, Foot)):
            return Part.EVERYWHERE
        if isinstance(widget, Note) and widget.trouble:
            return Part.TROUBLE
        target = getattr(widget, "target", "")
        if target in TURNS:
            return Part.ACTIONS if target == TURNS[1] and self._reads_on() else Part.TURNING
        return self._parts.get(id(widget), part)

    def _reads_on(self) -> bool:
        """Tell whether what leads on turns the leaf for now."""
        sheet = sheet_of(self._stage)
        return sheet is not None and sheet.page.read_through and sheet.turning.leaf + 1 < sheet.turning.leaves
