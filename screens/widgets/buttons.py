"""Everything that is pressed: buttons, tiles, choices. All say with a word what they do; an icon only helps."""

from enum import StrEnum

from screens.blocks import Kit, Press, Text, Touchable
from screens.shapes import icon
from screens.theme import Colour, Rgb, Tone, Type


class Look(StrEnum):
    """How a button looks. A page has at most one FILLED."""

    FILLED = "filled"
    OUTLINE = "outline"
    QUIET = "quiet"
    HELP = "help"
    CHOSEN = "chosen"


_TONES = {
    Look.FILLED: Tone.PRIMARY,
    Look.OUTLINE: Tone.LINK_CARD,
    Look.QUIET: Tone.ON_CARD,
    Look.HELP: Tone.HELP,
    Look.CHOSEN: Tone.PRIMARY,
}
_EDGES = {Look.OUTLINE: Colour.TEAL, Look.QUIET: Colour.LINE}


class Button(Touchable):
    """A rounded button with a word, and an icon before it if given."""

    def __init__(
        self,
        kit: Kit,
        target: str,
        text: str,
        press: Press | None,
        look: Look = Look.OUTLINE,
        *,
        size: Type = Type.TEXT,
        high: int | None = None,
        icon_name: str | None = None,
    ) -> None:
        super().__init__(kit, target, press)
        self.look = look
        self.label = text
        self.type_size = size
        self.least = kit.theme.button if high is None else high
        self.icon_name = icon_name
        self.pad = kit.theme.px(4)

    def tone(self) -> Tone:
        """Return the tone it shows now."""
        return Tone.PRESSED if self.down else _TONES[self.look]

    def _words(self) -> Text:
        return Text(self.kit, self.label, self.type_size, self.tone(), bold=True, align="center")

    def _icon(self) -> int:
        return round(self.theme.type_px(self.type_size) * 1.15) if self.icon_name else 0

    def _room(self, width: int) -> int:
        side = self._icon()
        return width - 2 * self.pad - (side + self.theme.px(3) if side else 0)

    def natural(self) -> int:
        """Return the width that holds its word in one line."""
        word = self.kit.types.width(self.label, self.theme.type_px(self.type_size), bold=True)
        return word + 2 * self.pad + (self._icon() + self.theme.px(3) if self._icon() else 0)

    def fit(self, width: int) -> int:
        """Return its height: more than the least where the word needs two lines."""
        em = self.theme.type_px(self.type_size)
        lines = self.kit.types.wrap(self.label, em, bold=True, width=self._room(width))
        return max(self.least, self.kit.types.leading(em) * len(lines) + 2 * self.pad)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw ground, icon and word, the pair of them in the middle."""
        ink, ground = self.theme.pair(self.tone())
        edge = self.theme.rgb(_EDGES.get(self.look, Colour.TEAL))
        self.ground(ground, (x, y, width, height), None if self._flat() else edge, self._edge())
        words = self._words()
        room = self._room(width)
        side = self._icon()
        if not side or self.icon_name is None:
            self.put(words, x + self.pad, y, room, height)
            return
        used = min(room, max(self.kit.types.width(line, words.em, bold=True) for line in words.lines(room)))
        left = x + (width - used - side - self.theme.px(3)) // 2
        self.picture(icon(self.icon_name, side, ink), left, y + (height - side) // 2)
        words.align = "left"
        self.put(words, left + side + self.theme.px(3), y, used, height)

    def _flat(self) -> bool:
        return self.look in {Look.FILLED, Look.HELP, Look.CHOSEN} and not self.down

    def _edge(self) -> int:
        return max(2, self.theme.line // 2) if self.look is Look.QUIET else self.theme.line


class Tile(Touchable):
    """A card that can be touched: a title, a second line, an icon."""

    def __init__(
        self, kit: Kit, target: str, title: str, press: Press | None, *, second: str = "", icon_name: str | None = None
    ) -> None:
        super().__init__(kit, target, press)
        self.label = title
        self.second = second
        self.icon_name = icon_name
        self.pad = kit.theme.px(8)
        self.side = kit.theme.px(19 if kit.theme.elder else 17) if icon_name else 0

    def _words(self) -> list[Text]:
        plain, soft = (Tone.PRESSED, Tone.PRESSED) if self.down else (Tone.ON_CARD, Tone.SOFT_CARD)
        words = [Text(self.kit, self.label, Type.TEXT, plain, bold=True)]
        if self.second:
            words.append(Text(self.kit, self.second, Type.SECOND, soft))
        return words

    def _left(self) -> int:
        return self.pad + (self.side + self.theme.px(6) if self.side else 0)

    def fit(self, width: int) -> int:
        """Return the height of its words, at least a button's."""
        room = width - self._left() - self.pad
        high = sum(text.fit(room) for text in self._words()) + self.theme.px(9)
        return max(self.theme.button, high)

    def spare(self, width: int) -> int:
        """A tile may be half as high again."""
        return self.fit(width) // 2

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, icon, title and second line."""
        theme = self.theme
        ground = theme.rgb(Colour.PRESSED if self.down else Colour.CARD)
        self.ground(ground, (x, y, width, height), self._edge(), max(2, theme.line // 2))
        if self.icon_name:
            colour = theme.rgb(Colour.INK if self.down else Colour.TEAL)
            self.picture(icon(self.icon_name, self.side, colour), x + self.pad, y + (height - self.side) // 2)
        words = self._words()
        room = width - self._left() - self.pad
        top = y + (height - sum(text.fit(room) for text in words)) // 2
        for text in words:
            self.put(text, x + self._left(), top, room, text.fit(room))
            top += text.fit(room)

    def _edge(self) -> Rgb:
        return self.theme.rgb(Colour.TEAL if self.down else Colour.LINE)


class Choice(Button):
    """One of several answers; the chosen one is filled and carries a check mark (colour is never the only sign)."""

    def __init__(self, kit: Kit, target: str, text: str, press: Press | None, *, chosen: bool) -> None:
        super().__init__(
            kit,
            target,
            text,
            press,
            Look.CHOSEN if chosen else Look.OUTLINE,
            high=max(kit.theme.target, kit.theme.px(26)),
            icon_name="check" if chosen else None,
        )

    def spare(self, width: int) -> int:
        """A choice may be half as high again."""
        return self.fit(width) // 2
