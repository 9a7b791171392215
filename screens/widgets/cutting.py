"""A piece cut out of a page, as large as the width allows, to be compared with what was read there."""

from kiosk.scan.geometry import Image
from screens.blocks import Block, Kit
from screens.shapes import texture_of
from screens.theme import Colour
from screens.widgets.thumbs import shrunk

_MM = 34.0


class Cutting(Block):
    """The picture (uint8 RGB), as wide as there is room and no higher than `_MM`."""

    def __init__(self, kit: Kit, picture: Image) -> None:
        super().__init__(kit)
        self.cut = picture
        self.high = kit.theme.px(_MM)
        self.pad = kit.theme.px(2)

    def fit(self, width: int) -> int:
        """Return its height in `width`: a long piece is lower."""
        shape: tuple[int, ...] = self.cut.shape
        return min(self.high, max(1, (width - 2 * self.pad) * shape[0] // shape[1])) + 2 * self.pad

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw it at the left, with a hairline around it."""
        image = shrunk(self.cut, width - 2 * self.pad, height - 2 * self.pad)
        self.fill(self.theme.rgb(Colour.LINE), (x, y, image.width + 2 * self.pad, image.height + 2 * self.pad))
        self.picture(texture_of(image), x + self.pad, y + self.pad)
