"""What technicians touch and look at: a device with its state, a tool, a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from screens.blocks import Block, Kit, Press, Text, Touchable
from screens.shapes import icon
from screens.theme import Colour, Tone, Type


class Lamp(StrEnum):
    """How something is, as a colour and, since colour is never the only sign, as a mark."""

    WELL = "WELL"
    NOTICE = "NOTICE"
    WARNING = "WARNING"
    ALARM = "ALARM"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class _Look:
    mark: str
    ink: Colour
    wash: Colour


_LOOKS = {
    Lamp.WELL: _Look("check", Colour.DONE, Colour.DONE_WASH),
    Lamp.NOTICE: _Look("info", Colour.TEAL, Colour.WASH),
    Lamp.WARNING: _Look("warn", Colour.SEAL, Colour.SEAL_WASH),
    Lamp.ALARM: _Look("stop", Colour.SEAL, Colour.SEAL_WASH),
    Lamp.UNKNOWN: _Look("help", Colour.SOFT, Colour.PAPER),
}


def signal(block: Block, name: str, lamp: Lamp, box: tuple[int, int, int]) -> None:
    """Draw icon `name` in a round wash, with the lamp's mark at its lower right: left, top, side."""
    theme = block.theme
    look = _LOOKS[lamp]
    left, top, side = box
    ink = theme.rgb(look.ink)
    block.ground(theme.rgb(look.wash), (left, top, side, side), ink, max(2, theme.line // 2), radius=side // 2)
    inner = round(side * 0.52)
    shift = (side - inner) // 2
    block.picture(icon(name, inner, ink), left + shift, top + shift)
    badge = round(side * 0.42)
    corner = (left + side - badge + theme.px(1), top + side - badge + theme.px(1), badge, badge)
    block.ground(ink, corner, radius=badge // 2)
    mark = round(badge * 0.62)
    edge = (badge - mark) // 2
    block.picture(icon(look.mark, mark, theme.rgb(Colour.CARD)), corner[0] + edge, corner[1] + edge)


class StatusTile(Touchable):
    """A device: its picture with a lamp, its name, and lines of what is known of it."""

    def __init__(
        self, kit: Kit, target: str, name: str, lines: Sequence[str], lamp: Lamp, icon_name: str, press: Press | None
    ) -> None:
        super().__init__(kit, target, press)
        self.name = name
        self.lines = list(lines)
        self.lamp = lamp
        self.icon_name = icon_name
        self.pad = kit.theme.px(6)
        self.side = kit.theme.px(24)

    def _words(self) -> list[Text]:
        plain, soft = (Tone.PRESSED, Tone.PRESSED) if self.down else (Tone.ON_CARD, Tone.SOFT_CARD)
        return [
            Text(self.kit, self.name, Type.TEXT, plain, bold=True),
            *(Text(self.kit, line, Type.SECOND, soft) for line in self.lines),
        ]

    def _left(self) -> int:
        return self.pad * 2 + self.side

    def fit(self, width: int) -> int:
        """Return the height of its words, at least the picture's."""
        room = width - self._left() - self.pad
        return max(self.side, sum(text.fit(room) for text in self._words())) + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, picture, lamp and words."""
        theme = self.theme
        ground = theme.rgb(Colour.PRESSED if self.down else Colour.CARD)
        loud = self.lamp in _LOUD
        edge = theme.rgb(_LOOKS[self.lamp].ink if loud else Colour.LINE)
        self.ground(ground, (x, y, width, height), edge, theme.line if loud else max(2, theme.line // 2))
        signal(self, self.icon_name, self.lamp, (x + self.pad, y + (height - self.side) // 2, self.side))
        words = self._words()
        room = width - self._left() - self.pad
        top = y + (height - sum(text.fit(room) for text in words)) // 2
        for text in words:
            self.put(text, x + self._left(), top, room, text.fit(room))
            top += text.fit(room)


_LOUD = frozenset({Lamp.WARNING, Lamp.ALARM})


class ToolTile(Touchable):
    """A tool: its picture above its word."""

    def __init__(self, kit: Kit, target: str, name: str, icon_name: str, press: Press, *, on: bool = False) -> None:
        super().__init__(kit, target, press)
        self.name = name
        self.icon_name = icon_name
        self.on = on
        self.pad = kit.theme.px(3)
        self.side = kit.theme.px(17)

    def _text(self) -> Text:
        tone = Tone.PRESSED if self.down else Tone.HELP if self.on else Tone.ON_CARD
        return Text(self.kit, self.name, Type.SECOND, tone, bold=True, align="center")

    def fit(self, width: int) -> int:
        """Return the height of picture and word."""
        return self.side + self._text().fit(width - 2 * self.pad) + 4 * self.pad

    def spare(self, width: int) -> int:
        """A tool may be twice as high: easier to hit."""
        return self.fit(width)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, picture and word."""
        theme = self.theme
        ground = Colour.PRESSED if self.down else Colour.SEAL if self.on else Colour.CARD
        ink = Colour.INK if self.down else Colour.ON_SEAL if self.on else Colour.TEAL
        self.ground(theme.rgb(ground), (x, y, width, height), theme.rgb(Colour.LINE), max(2, theme.line // 2))
        text = self._text()
        room = width - 2 * self.pad
        high = self.side + self.pad + text.fit(room)
        top = y + (height - high) // 2
        self.picture(icon(self.icon_name, self.side, theme.rgb(ink)), x + (width - self.side) // 2, top)
        self.put(text, x + self.pad, top + self.side + self.pad, room, text.fit(room))


class StepCard(Block):
    """One step of a guided fix: its number, its sentence, and a picture where there is one."""

    def __init__(self, kit: Kit, number: int, text: str, icon_name: str | None) -> None:
        super().__init__(kit)
        self.number = Text(kit, str(number), Type.TITLE, Tone.LINK_CARD, bold=True, align="center")
        self.words = Text(kit, text, Type.TEXT, Tone.ON_CARD)
        self.icon_name = icon_name
        self.pad = kit.theme.px(5)
        self.side = kit.theme.px(26)

    def _room(self, width: int) -> int:
        return width - 2 * self.pad - self.theme.px(14) - (self.side + self.pad if self.icon_name else 0)

    def fit(self, width: int) -> int:
        """Return the height of the sentence, at least the picture's."""
        least = self.side if self.icon_name else self.theme.px(14)
        return max(least, self.words.fit(self._room(width))) + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, number, sentence and picture."""
        theme = self.theme
        self.ground(theme.rgb(Colour.CARD), (x, y, width, height), theme.rgb(Colour.LINE), max(2, theme.line // 2))
        beside = theme.px(14)
        self.put(self.number, x + self.pad, y, beside, height)
        self.put(self.words, x + self.pad + beside, y, self._room(width), height)
        if self.icon_name is None:
            return
        left, top = x + width - self.pad - self.side, y + (height - self.side) // 2
        self.ground(theme.rgb(Colour.WASH), (left, top, self.side, self.side), radius=theme.px(5))
        inner = round(self.side * 0.66)
        shift = (self.side - inner) // 2
        self.picture(icon(self.icon_name, inner, theme.rgb(Colour.TEAL)), left + shift, top + shift)
