"""What stands on every page: the bar with the moon, the steps, the foot row, and the veil of the countdown."""

from collections.abc import Sequence

from screens.blocks import Block, Kit, Press, Text
from screens.shapes import icon, moon
from screens.theme import Colour, Tone, Type
from screens.widgets.buttons import Button, Look


class Bar(Block):
    """Night blue, with the moon, the house's name, the place and the time."""

    def __init__(self, kit: Kit, name: str, place: str, clock: str) -> None:
        super().__init__(kit)
        self.name = Text(kit, name, Type.TITLE, Tone.BAR, bold=True)
        self.place_text = Text(kit, place, Type.SECOND, Tone.BAR)
        self.clock = Text(kit, clock, Type.TITLE, Tone.BAR, bold=True, align="right")

    def fit(self, width: int) -> int:
        """Return its height, bounded in landscape where height is dear."""
        pad = self.theme.px(5 if self.theme.screen.landscape else 7)
        if self.theme.screen.landscape:
            return max(self.name.fit(width), self.place_text.fit(width)) + 2 * pad
        return self.name.fit(width) + self.place_text.fit(self._room(width)) + 2 * pad

    def _room(self, width: int) -> int:
        theme = self.theme
        return width - 2 * theme.margin - theme.px(24) - self.clock.natural() - theme.gap

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw all of it."""
        theme = self.theme
        self.fill(theme.rgb(Colour.NIGHT), (x, y, width, height))
        side = min(theme.px(18), height - theme.px(8))
        self.picture(moon(side, theme.rgb(Colour.LAMP)), x + theme.margin, y + (height - side) // 2)
        left = x + theme.margin + side + theme.px(6)
        room = self._room(width)
        self.put(self.clock, x + width - theme.margin - self.clock.natural(), y, self.clock.natural(), height)
        if theme.screen.landscape:
            wide = self.name.natural()
            self.put(self.name, left, y, wide, height)
            self.put(self.place_text, left + wide + theme.px(8), y, room - wide - theme.px(8), height)
            return
        name, place = self.name.fit(room), self.place_text.fit(room)
        top = y + (height - name - place) // 2
        self.put(self.name, left, top, room, name)
        self.put(self.place_text, left, top + name, room, place)


class Steps(Block):
    """Where am I, what comes: done steps carry a check mark, the present one is bold."""

    def __init__(self, kit: Kit, names: Sequence[str], present: int) -> None:
        super().__init__(kit)
        self.names = list(names)
        self.present = present
        self.type_size = Type.SECOND if kit.theme.elder else Type.SMALL

    def _texts(self) -> list[Text]:
        texts = []
        for number, name in enumerate(self.names):
            now = number == self.present
            label = name if number < self.present else f"{number + 1} {name}"
            texts.append(Text(self.kit, label, self.type_size, Tone.LINK_CARD if now else Tone.SOFT_CARD, bold=now))
        return texts

    def _shown(self, width: int) -> list[tuple[int, Text]]:
        """All steps where there is room for them; else the present one alone, counted."""
        texts = self._texts()
        check = round(texts[0].em * 1.2)
        needed = sum(text.natural() for text in texts) + check * self.present + self.theme.px(8) * (len(texts) - 1)
        if needed <= width - 2 * self.theme.margin:
            return list(enumerate(texts))
        label = f"{self.present + 1} / {len(self.names)}  {self.names[self.present]}"
        return [(self.present, Text(self.kit, label, self.type_size, Tone.LINK_CARD, bold=True))]

    def fit(self, _width: int) -> int:
        """Return its height."""
        return self.kit.types.leading(self.theme.type_px(self.type_size)) + self.theme.px(9)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the steps and the lines between them."""
        theme = self.theme
        self.fill(theme.rgb(Colour.CARD), (x, y, width, height))
        self.fill(theme.rgb(Colour.LINE), (x, y + height - 2, width, 2))
        shown = self._shown(width)
        check = round(shown[0][1].em * 1.2)
        widths = [text.natural() + (check if number < self.present else 0) for number, text in shown]
        spare = width - 2 * theme.margin - sum(widths)
        between = spare // (len(shown) - 1) if len(shown) > 1 else 0
        left = x + theme.margin
        for (number, text), wide in zip(shown, widths, strict=True):
            shift = 0
            if number < self.present:
                self.picture(icon("check", check, theme.rgb(Colour.TEAL)), left, y + (height - check) // 2)
                shift = check
            self.put(text, left + shift, y, wide - shift, height)
            left += wide
            if number != shown[-1][0]:
                rule = max(2, theme.px(0.7))
                pad = theme.px(2.5)
                self.fill(theme.rgb(Colour.LINE), (left + pad, y + height // 2, between - 2 * pad, rule))
            left += between


class Foot(Block):
    """The row that is always the same. Where a language needs more room, it takes a second row."""

    def __init__(self, kit: Kit, entries: Sequence[tuple[str, str, Press, bool]]) -> None:
        super().__init__(kit)
        high = kit.theme.px(29 if kit.theme.elder else 25)
        self.buttons = [
            Button(kit, target, text, press, self._look(target, on=on), size=Type.SECOND, high=high)
            for target, text, press, on in entries
        ]
        for button in self.buttons:
            button.pad = kit.theme.px(3)
        self.inset = kit.theme.px(6)
        self.between = kit.theme.px(3.5)

    @staticmethod
    def _look(target: str, *, on: bool) -> Look:
        if target == "foot:help":
            return Look.HELP
        return Look.CHOSEN if on else Look.OUTLINE

    def _rows(self, width: int) -> list[list[Button]]:
        count = len(self.buttons)
        for rows in (1, 2):
            columns = -(-count // rows)
            cell = (width - 2 * self.theme.margin - self.between * (columns - 1)) // columns
            if all(button.natural() <= cell for button in self.buttons):
                break
        return [self.buttons[start : start + columns] for start in range(0, count, columns)]

    def fit(self, width: int) -> int:
        """Return the height of its rows."""
        rows = len(self._rows(width))
        return rows * self.buttons[0].least + (rows - 1) * self.between + 2 * self.inset

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the ground and the buttons."""
        theme = self.theme
        self.fill(theme.rgb(Colour.CARD), (x, y, width, height))
        self.fill(theme.rgb(Colour.LINE), (x, y, width, 2))
        top = y + self.inset
        room = width - 2 * theme.margin
        for row in self._rows(width):
            left = x + theme.margin
            cell = (room - self.between * (len(row) - 1)) / len(row)
            for number, button in enumerate(row):
                start = round(left + number * (cell + self.between))
                self.put(button, start, top, round(cell), button.least)
            top += row[0].least + self.between


class Countdown(Block):
    """The veil that asks whether anyone is still there: large digits, the way to stay, and the way out."""

    def __init__(self, kit: Kit, seconds: int, words: tuple[str, str], stay: Button, leave: Button) -> None:
        super().__init__(kit)
        self.question = Text(kit, words[0], Type.TITLE, Tone.ON_CARD, bold=True, align="center")
        self.explain = Text(kit, words[1], Type.SECOND, Tone.SOFT_CARD, align="center")
        self.digits = Text(kit, str(seconds), Type.HUGE, Tone.LINK_CARD, bold=True, align="center")
        self.stay = stay
        self.leave = leave

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the veil, and the card in the lower part of it."""
        theme = self.theme
        self.fill(theme.rgb(Colour.DIM), (x, y, width, height), 0.72)
        wide = min(width - 2 * theme.margin, theme.px(300))
        pad = theme.px(10)
        room = wide - 2 * pad
        parts = [self.question, self.digits, self.explain]
        small = (room - theme.gap) // 3
        row = max(self.stay.fit(room - theme.gap - small), self.leave.fit(small))
        high = sum(part.fit(room) for part in parts) + row + 2 * pad + theme.gap
        top = y + max(0, height - high - theme.px(30)) if theme.low else y + (height - high) // 2
        left = x + (width - wide) // 2
        self.ground(theme.rgb(Colour.CARD), (left, top, wide, high), theme.rgb(Colour.LAMP), theme.line)
        top += pad
        for part in parts:
            self.put(part, left + pad, top, room, part.fit(room))
            top += part.fit(room)
        top += theme.gap
        self.put(self.leave, left + pad, top, small, row)
        self.put(self.stay, left + pad + small + theme.gap, top, room - theme.gap - small, row)

    def on_touch_down(self, touch: object) -> bool:
        """Let nothing through to the page below."""
        super().on_touch_down(touch)
        return True
