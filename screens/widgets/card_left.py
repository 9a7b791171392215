"""A card that its owner is about to leave behind: lying on the plate, or standing in the slot, and an arrow up."""

from typing import Final

from PIL import ImageDraw

from drivers.model import DeviceClass
from screens.blocks import Kit
from screens.theme import Rgb
from screens.widgets.pictures import CardPicture

_TEAL: Final[Rgb] = (10, 79, 92)
_WASH: Final[Rgb] = (227, 239, 240)
_LAMP: Final[Rgb] = (255, 217, 138)
_WHITE: Final[Rgb] = (255, 255, 255)
_INK: Final[Rgb] = (22, 35, 59)
_HOUSING: Final[Rgb] = (16, 27, 51)

Box = tuple[float, float, float, float]


def _scaled(box: Box, unit: float) -> Box:
    left, top, right, bottom = (each * unit for each in box)
    return left, top, right, bottom


def _arrow_up(draw: ImageDraw.ImageDraw, unit: float, x: float, top: float, bottom: float) -> None:
    """Draw an arrow that says: upwards, into your hand."""
    width = round(2.4 * unit)
    draw.line([(x * unit, bottom * unit), (x * unit, top * unit)], fill=_TEAL, width=width)
    tips = [((x - 6) * unit, (top + 7) * unit), (x * unit, top * unit), ((x + 6) * unit, (top + 7) * unit)]
    draw.line(tips, fill=_TEAL, width=width, joint="curve")


def _lying(draw: ImageDraw.ImageDraw, unit: float) -> None:
    """An identity card flat on the plate with its ring, seen from the front: foreshortened."""
    draw.rounded_rectangle(_scaled((14, 46, 146, 97), unit), 8 * unit, fill=_HOUSING)
    draw.ellipse(_scaled((24, 49, 136, 94), unit), outline=_LAMP, width=round(1.8 * unit))
    corners = [(52, 57), (108, 57), (120, 86), (40, 86)]
    points = [(x * unit, y * unit) for x, y in corners]
    draw.polygon(points, fill=_WHITE)
    draw.line([*points, points[0]], fill=_TEAL, width=round(1.4 * unit), joint="curve")
    for y, left, right in ((64, 58, 76), (71, 56, 82), (78, 53, 86)):
        draw.line([(left * unit, y * unit), (right * unit, y * unit)], fill=_INK, width=round(2 * unit))
    draw.rectangle(_scaled((92, 62, 105, 78), unit), fill=_WASH, outline=_TEAL, width=round(unit))
    _arrow_up(draw, unit, 80, 8, 40)


def _inserted(draw: ImageDraw.ImageDraw, unit: float) -> None:
    """A citizen card standing in the slot: its chip is inside, its other half looks out."""
    draw.rounded_rectangle(_scaled((14, 62, 146, 97), unit), 8 * unit, fill=_HOUSING)
    draw.rounded_rectangle(
        _scaled((42, 68, 118, 75), unit), 3 * unit, fill=_INK, outline=_LAMP, width=round(1.6 * unit)
    )
    draw.rounded_rectangle(_scaled((52, 36, 108, 60), unit), 4 * unit, fill=_WHITE, outline=_TEAL,
                           width=round(1.4 * unit))  # fmt: skip
    draw.rectangle(_scaled((52, 46, 108, 71), unit), fill=_WHITE)
    for x in (52, 108):
        draw.line([(x * unit, 44 * unit), (x * unit, 71 * unit)], fill=_TEAL, width=round(1.4 * unit))
    for top, right in ((43, 84), (50, 96)):
        draw.rounded_rectangle(_scaled((58, top, right, top + 3), unit), 1.5 * unit, fill=_INK)
    draw.rectangle(_scaled((53, 58, 107, 63), unit), fill=_WASH)
    _arrow_up(draw, unit, 80, 4, 30)


_DRAWINGS = {DeviceClass.ID_CARD_READER: _lying, DeviceClass.CITIZEN_CARD_READER: _inserted}


class CardLeft(CardPicture):
    """The card that is still at `reader`, as it is to be taken from there."""

    def __init__(self, kit: Kit, reader: DeviceClass) -> None:
        super().__init__(kit, _DRAWINGS[reader])

    def fit(self, _width: int) -> int:
        """Return its height: 60 mm, less across, so that the sentence stays beside it on the first leaf."""
        return self.theme.px(40 if self.theme.screen.landscape else 60)
