"""The row of what letters or strokes may become: as many as fit, and two keys that turn to the rest.

One decision: candidates are as wide as they are long and never broken, so what fits is known only with the width; which
part of the list is shown is counted in such parts (`shelf`), and a part that is not there shows the last.
"""

from collections.abc import Callable, Sequence

from screens.blocks import Block, Kit, Press, Text
from screens.shapes import icon
from screens.theme import Tone, Type
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import key_height

_SIZES = (Type.TEXT, Type.SECOND, Type.SMALL)


class Candidates(Block):
    """One row of them; `choose` is told the place of the one touched, `turn` the part to show."""

    def __init__(
        self, kit: Kit, found: Sequence[str], shelf: int, hint: str, choose: Callable[[int], None],
        turn: Callable[[int], None],
    ) -> None:  # fmt: skip
        super().__init__(kit)
        self.found, self.shelf, self.hint = found, shelf, hint
        self.choose, self.turn = choose, turn
        self.gap = kit.theme.px(3)
        self.high = key_height(kit)

    def fit(self, _width: int) -> int:
        """Return the height of a key."""
        return self.high

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place the part that is shown between the keys that turn."""
        shelves = self._shelves(width)
        if not shelves:
            self.put(Text(self.kit, self.hint, Type.SECOND, Tone.SOFT), x, y, width, height)
            return
        shelf = min(self.shelf, len(shelves) - 1)
        side = self.theme.target
        if shelf + 1 < len(shelves):
            self._turner("later", "onward", shelf + 1, (x + width - side, y, side, height))
        if shelf:
            self._turner("earlier", "back", shelf - 1, (x, y, side, height))
            x += side + self.gap
        for index, size, wide in shelves[shelf]:
            button = Button(
                self.kit, f"candidate:{index}", self.found[index], self._chosen(index), Look.QUIET, size=size
            )
            self.put(button, x, y, wide, height)
            x += wide + self.gap

    def _turner(self, name: str, icon_name: str, shelf: int, box: tuple[int, int, int, int]) -> None:
        """Place a key that turns."""

        def press() -> None:
            self.turn(shelf)

        self.put(Turner(self.kit, f"candidates:{name}", press, icon_name), *box)

    def _chosen(self, index: int) -> Press:
        return lambda: self.choose(index)

    def _shelves(self, width: int) -> list[list[tuple[int, Type, int]]]:
        """Return the parts: of each candidate its place, its size of type and its width."""
        key = self.theme.target + self.gap
        whole = self._filled(width, width)
        return whole if len(whole) <= 1 else self._filled(width - key, width - 2 * key)

    def _filled(self, first: int, room: int) -> list[list[tuple[int, Type, int]]]:
        """Return them where the first part has as much room as `first`, and each other one `room`."""
        shelves: list[list[tuple[int, Type, int]]] = []
        left = 0
        for index in range(len(self.found)):
            size, wide = self._measured(index, room)
            if wide > room:
                continue  # longer than the row: its shorter parts are behind it
            if wide > left:
                left = room if shelves else first
                shelves.append([])
            shelves[-1].append((index, size, wide))
            left -= wide + self.gap
        return shelves

    def _measured(self, index: int, room: int) -> tuple[Type, int]:
        """Return the largest size in which a candidate fits, and how wide it is then."""
        for size in _SIZES:
            wide = max(self.theme.target, Button(self.kit, "", self.found[index], None, size=size).natural())
            if wide <= room:
                break
        return size, wide


class Turner(Button):
    """A key that shows another part: an arrow says it in every language."""

    def __init__(self, kit: Kit, target: str, press: Press, icon_name: str) -> None:
        super().__init__(kit, target, "", press, Look.OUTLINE, icon_name=icon_name)
        self.arrow = icon_name

    def fit(self, _width: int) -> int:
        """Return the height of a key."""
        return key_height(self.kit)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw ground and arrow."""
        ink, ground = self.theme.pair(self.tone())
        self.ground(ground, (x, y, width, height), ink, self._edge())
        side = self._icon()
        self.picture(icon(self.arrow, side, ink), x + (width - side) // 2, y + (height - side) // 2)
