"""What one thought of it, as a face in one line weight, a word, and stars that are pictures."""

from screens.blocks import Kit, Press, Text, Touchable
from screens.shapes import icon
from screens.theme import Colour, Rgb, Tone, Type

MOST = 5


class Opinion(Touchable):
    """One of five answers: a face, its word, and as many stars of five as it gives.

    Upright the face stands at the left and the five fill the page from top to bottom; across it stands above, and the
    five stand side by side, so that no answer is on a page of its own.
    """

    def __init__(self, kit: Kit, score: int, words: str, press: Press) -> None:
        super().__init__(kit, f"rate:{score}", press)
        self.score = score
        self.label = words
        self.across = kit.theme.screen.landscape
        self.pad = kit.theme.px(3 if self.across else 8)

    def _words(self) -> Text:
        tone = Tone.PRESSED if self.down else Tone.ON_CARD
        size, align = (Type.SECOND, "center") if self.across else (Type.TITLE, "left")
        return Text(self.kit, self.label, size, tone, bold=True, align=align)

    def _face(self, width: int, height: int) -> int:
        if not self.across:
            return min(height - self.theme.px(6), self.theme.px(40))
        room = width - 2 * self.pad
        below = self._words().fit(room) + self._star(width) + self.theme.px(9)
        return min(max(self.theme.px(32), height - below), room, self.theme.px(55))

    def _star(self, width: int) -> int:
        most = self.theme.px(15 if self.theme.elder else 13)
        return min(most, (width - 2 * self.pad) // MOST - self.theme.px(1)) if self.across else most

    def _left(self, width: int, height: int) -> int:
        return self.pad if self.across else self.pad + self._face(width, height) + self.theme.px(9)

    def fit(self, width: int) -> int:
        """Return the height of the word and the stars, and across of the face above them."""
        least = self.theme.button
        words = self._words().fit(width - self._left(width, least) - self.pad)
        above = self._face(width, 0) + self.theme.px(4) if self.across else 0
        return max(least, above + words + self._star(width) + self.theme.px(9))

    def spare(self, _width: int) -> int:
        """Upright the five of them fill the page; across their faces grow."""
        return self.theme.px(20 if self.across else 30)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, face, word and stars."""
        theme = self.theme
        ground, edge = (Colour.PRESSED, Colour.TEAL) if self.down else (Colour.CARD, Colour.LINE)
        self.ground(theme.rgb(ground), (x, y, width, height), theme.rgb(edge), max(2, theme.line // 2))
        ink = theme.rgb(Colour.INK if self.down else Colour.TEAL)
        face = icon(f"face_{self.score}", self._face(width, height), ink)
        words = self._words()
        left, room = x + self._left(width, height), width - self._left(width, height) - self.pad
        tall = words.fit(room)
        if self.across:
            self.picture(face, x + (width - face.width) // 2, y + theme.px(4))
            top = y + theme.px(4) + face.height + theme.px(2)
        else:
            self.picture(face, x + self.pad, y + (height - face.height) // 2)
            top = y + (height - tall - self._star(width)) // 2
        self.put(words, left, top, room, tall)
        self._stars(left, top + tall, room, self._star(width), ink)

    def _stars(self, x: int, y: int, room: int, star: int, ink: Rgb) -> None:
        step = star + self.theme.px(1 if self.across else 2)
        if self.across:
            x += (room - step * MOST) // 2
        for number in range(MOST):
            self.picture(icon("star_full" if number < self.score else "star", star, ink), x + number * step, y)
