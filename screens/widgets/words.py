"""Everything that is read: headings, notes, rows of papers and answers, the steps that follow."""

from collections.abc import Callable, Sequence

from screens.blocks import Block, Kit, Panel, Press, Row, Stack, Text, Touch
from screens.shapes import icon
from screens.theme import Colour, Tone, Type
from screens.widgets.buttons import Button, Look

_HEADING_LINES = 2
_SIDE_BY_SIDE = 3  # steps with their dates


class Heading(Text):
    """The one heading of a page; a long name steps down in size rather than fill the page."""

    def lines(self, width: int) -> tuple[str, ...]:
        """Return its lines in the largest size that keeps them to two, else in the smaller one."""
        for size in (Type.HEADING, Type.TITLE):
            self.em = self.theme.type_px(size)
            lines = super().lines(width)
            if len(lines) <= _HEADING_LINES:
                break
        return lines


class _Number(Text):
    """A number in the largest type that keeps it on one line: a number that is broken is read wrongly."""

    def lines(self, width: int) -> tuple[str, ...]:
        """Return the number, in one line."""
        for size in (Type.HEADING, Type.TITLE, Type.TEXT, Type.SECOND):
            self.em = self.theme.type_px(size)
            if self.natural() <= width:
                break
        return super().lines(width)


def number_line(kit: Kit, number: str) -> Text:
    """Return the number of a case, large."""
    return _Number(kit, number, Type.HEADING, Tone.LINK_CARD, bold=True, align="center")


def heading(kit: Kit, text: str) -> Text:
    """Return the one heading of a page."""
    return Heading(kit, text, Type.HEADING, Tone.PLAIN, bold=True)


def sentence(kit: Kit, text: str) -> Text:
    """Return the one plain sentence below the heading."""
    return Text(kit, text, Type.TEXT, Tone.SOFT)


def title(kit: Kit, text: str, tone: Tone = Tone.PLAIN) -> Text:
    """Return the heading of a part; it is never left alone at the foot of a page."""
    words = Text(kit, text, Type.TITLE, tone, bold=True)
    words.seam = False
    return words


class Note(Block):
    """A wash with a bar at its left: what one should know, or (as trouble) what one can do about it."""

    def __init__(self, kit: Kit, text: str, lead: str = "", *, trouble: bool = False, icon_name: str = "info") -> None:
        super().__init__(kit)
        self.trouble = trouble
        self.icon_name = "warn" if trouble else icon_name
        tone = Tone.TROUBLE if trouble else Tone.NOTE
        self.words: list[Text] = [Text(kit, lead, Type.TEXT, tone, bold=True)] if lead else []
        self.words.append(Text(kit, text, Type.TEXT, tone, bold=trouble and not lead))
        self.pad = kit.theme.px(7)
        self.side = round(kit.theme.type_px(Type.TEXT) * 1.2)

    def _room(self, width: int) -> int:
        return width - 3 * self.pad - self.side - self.theme.px(3)

    def fit(self, width: int) -> int:
        """Return the height of its words and the wash around them."""
        return sum(text.fit(self._room(width)) for text in self.words) + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw wash, bar, icon and words."""
        theme = self.theme
        mark = theme.rgb(Colour.SEAL if self.trouble else Colour.TEAL)
        wash = theme.rgb(Colour.SEAL_WASH if self.trouble else Colour.WASH)
        radius = theme.px(4)
        self.ground(mark, (x, y, width, height), radius=radius)
        self.ground(wash, (x + theme.px(3), y, width - theme.px(3), height), mark if theme.high_contrast else None,
                    radius=radius)  # fmt: skip
        top = y + self.pad
        left = x + theme.px(3) + self.pad
        self.picture(icon(self.icon_name, self.side, mark), left, top + theme.px(1.2))
        for text in self.words:
            high = text.fit(self._room(width))
            self.put(text, left + self.side + self.pad, top, self._room(width), high)
            top += high


class Tag(Block):
    """A small filled word: how a paper is got."""

    def __init__(self, kit: Kit, text: str, tone: Tone) -> None:
        super().__init__(kit)
        self.words = Text(kit, text, Type.SECOND, tone, bold=True, align="center")
        self.tone = tone
        self.pad = kit.theme.px(4)

    def natural(self) -> int:
        """Return its width."""
        return self.words.natural() + 2 * self.pad

    def fit(self, width: int) -> int:
        """Return its height."""
        return self.words.fit(width - 2 * self.pad) + self.theme.px(4)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw ground and word."""
        high = self.fit(width)
        top = y + (height - high) // 2
        ink, ground = self.theme.pair(self.tone)
        outline = ink if self.theme.high_contrast else None
        self.ground(ground, (x, top, width, high), outline, 2, radius=self.theme.px(4))
        self.put(self.words, x + self.pad, top, width - 2 * self.pad, high)


class PaperRow(Block):
    """A name at the left, a tag at the right, or below it where the two do not fit; a hairline below."""

    def __init__(self, kit: Kit, name: str, tag: str, tone: Tone, *, last: bool = False) -> None:
        super().__init__(kit)
        self.name_text = Text(kit, name, Type.TEXT, Tone.ON_CARD)
        self.tag = Tag(kit, tag, tone)
        self.last = last
        self.pad = kit.theme.px(2.5)

    def _side_by_side(self, width: int) -> bool:
        return self.tag.natural() <= width * 0.45

    def _name_width(self, width: int) -> int:
        return width - (self.tag.natural() + self.theme.gap if self._side_by_side(width) else 0)

    def fit(self, width: int) -> int:
        """Return the height of name and tag."""
        name = self.name_text.fit(self._name_width(width))
        tag = self.tag.fit(min(width, self.tag.natural()))
        return (max(name, tag) if self._side_by_side(width) else name + tag) + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the row."""
        wide = min(width, self.tag.natural())
        name_width = self._name_width(width)
        if self._side_by_side(width):
            self.put(self.name_text, x, y + self.pad, name_width, height - 2 * self.pad)
            self.put(self.tag, x + width - wide, y, wide, height)
        else:
            name = self.name_text.fit(name_width)
            self.put(self.name_text, x, y + self.pad, name_width, name)
            self.put(self.tag, x, y + self.pad + name, wide, self.tag.fit(wide))
        if not self.last:
            self.fill(self.theme.rgb(Colour.LINE), (x, y + height - 1, width, max(1, self.theme.px(0.4))))


class AnswerRow(Block):
    """What was asked and what was answered, with a button to change it or to hold and see it."""

    def __init__(self, kit: Kit, name: str, value: str, button: Button | None = None) -> None:
        super().__init__(kit)
        self.value = Text(kit, value, Type.TEXT, Tone.ON_CARD, bold=True)
        self.words = Stack(kit, [Text(kit, name, Type.SECOND, Tone.SOFT_CARD), self.value], gap=0)
        self.button = button
        self.pad = kit.theme.px(2)

    def say(self, value: str) -> None:
        """Show another value in the same place."""
        self.value.text = value
        self.value.place(*self.value.box)

    def _wide(self) -> int:
        return max(self.button.natural(), self.theme.target) if self.button else 0

    def _room(self, width: int) -> int:
        return width - (self._wide() + self.theme.gap if self.button else 0)

    def fit(self, width: int) -> int:
        """Return the height of the words or the button."""
        high = self.words.fit(self._room(width))
        if self.button:
            high = max(high, self.button.fit(self._wide()))
        return high + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the row and its hairline."""
        room = self._room(width)
        high = self.words.fit(room)
        self.put(self.words, x, y + (height - high) // 2, room, high)
        if self.button:
            tall = self.button.fit(self._wide())
            self.put(self.button, x + width - self._wide(), y + (height - tall) // 2, self._wide(), tall)
        self.fill(self.theme.rgb(Colour.LINE), (x, y + height - 1, width, max(1, self.theme.px(0.4))))


class Hold(Button):
    """A button that shows something for as long as the finger rests on it."""

    def __init__(self, kit: Kit, target: str, text: str, show: Callable[[bool], None]) -> None:
        super().__init__(
            kit, target, text, lambda: None, Look.OUTLINE, size=Type.SECOND, high=kit.theme.target, icon_name="eye"
        )
        self.show = show

    def on_touch_down(self, touch: Touch) -> bool:
        """Show it."""
        held = super().on_touch_down(touch)
        if held:
            self.show(True)  # noqa: FBT003 - the one thing it says
        return held

    def on_touch_up(self, touch: Touch) -> bool:
        """Hide it."""
        released = super().on_touch_up(touch)
        if released:
            self.show(False)  # noqa: FBT003 - the one thing it says
        return released


def masked_row(kit: Kit, target: str, name: str, masked: str, full: str, hold: str) -> AnswerRow:
    """Return a row that shows `masked`, and `full` while its button is held."""
    row = AnswerRow(kit, name, masked)

    def show(shown: bool) -> None:
        row.say(full if shown else masked)

    row.button = Hold(kit, f"reveal:{target}", hold, show)
    return row


class Milestone(Block):
    """One dated step of what happens next, under a bar that is teal when it is sure to be soon."""

    def __init__(self, kit: Kit, when: str, what: str, *, soon: bool) -> None:
        super().__init__(kit)
        self.words = Stack(
            kit, [Text(kit, when, Type.TEXT, bold=True), Text(kit, what, Type.SECOND)], gap=kit.theme.px(1)
        )
        self.soon = soon

    def fit(self, width: int) -> int:
        """Return its height."""
        return self.words.fit(width) + self.theme.px(5)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw bar and words."""
        theme = self.theme
        self.fill(theme.rgb(Colour.TEAL if self.soon else Colour.LINE), (x, y, width, theme.px(2)))
        self.put(self.words, x, y + theme.px(5), width, self.words.fit(width))
        del height


def milestones(kit: Kit, steps: Sequence[tuple[str, str]]) -> Block:
    """Return dated steps side by side; below one another for elder eyes, and when there are many."""
    blocks = [Milestone(kit, when, what, soon=number < len(steps) - 1) for number, (when, what) in enumerate(steps)]
    below = kit.theme.elder or not 1 < len(blocks) <= _SIDE_BY_SIDE
    return Stack(kit, blocks) if below else Row(kit, blocks)


class Caption(Block):
    """The heading of a card, with a small button at its right; it is never left alone at the foot of a page."""

    seam = False

    def __init__(self, kit: Kit, text: str, button: Button) -> None:
        super().__init__(kit)
        self.words = Text(kit, text, Type.TITLE, Tone.ON_CARD, bold=True)
        self.button = button

    def _room(self, width: int) -> int:
        return width - self.button.natural() - self.theme.gap

    def fit(self, width: int) -> int:
        """Return the height of the higher of the two."""
        return max(self.words.fit(self._room(width)), self.button.fit(self.button.natural()))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Put the words at the left, the button at the right."""
        wide = self.button.natural()
        tall = self.button.fit(wide)
        self.put(self.words, x, y, self._room(width), height)
        self.put(self.button, x + width - wide, y + (height - tall) // 2, wide, tall)


def panel(kit: Kit, caption: str, rows: Sequence[Block], button: Button | None = None) -> Panel:
    """Return a card with a caption, and with a button beside that if there is one."""
    head = Caption(kit, caption, button) if button is not None else title(kit, caption, Tone.ON_CARD)
    return Panel(kit, [head, *rows])


def small_button(kit: Kit, target: str, text: str, press: Press | None, icon_name: str | None = None) -> Button:
    """Return an outlined button of the least height, for use inside a card or a row."""
    return Button(kit, target, text, press, Look.OUTLINE, size=Type.SECOND, high=kit.theme.target, icon_name=icon_name)
