"""The frame held still, and the corners of the page as the resident drags them."""

from typing import TYPE_CHECKING

from screens.blocks import Press
from screens.page import Page
from screens.quads import inset, straight, within
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.corners import CornerPad
from screens.widgets.thumbs import Large
from screens.widgets.words import Note, heading, sentence, small_button

if TYPE_CHECKING:
    from kiosk.visit_core import Adjusting

_INSET = 0.15


def page(view: View, adjusting: "Adjusting") -> Page:
    """Return the page with the handles."""
    kit, visit, draft = view.kit, view.visit, view.draft
    image = adjusting.source.preview
    if not draft.corners:
        draft.corners = _begin(adjusting)
    lead = [heading(kit, view.say("scan.adjust_heading")), sentence(kit, view.say("scan.adjust_sentence"))]
    if adjusting.cutting:
        return Page("scan_corners", lead, body=[Large(kit, image), Note(kit, view.say("scan.adjust_cutting"))], step=3)
    pad = CornerPad(kit, image, adjusting.source.image, draft.corners, view.refresh, plain=draft.plain)
    word = "adjust_free" if draft.plain else "adjust_plain"
    leave = Button(kit, "corners_leave", view.say("scan.adjust_leave"), view.does(visit.leave_adjusting))
    take = Button(kit, "corners_take", view.say("scan.adjust_take"), view.does(_take, view), Look.FILLED)
    return Page(
        "scan_corners",
        lead,
        body=[pad, small_button(kit, "corners_plain", view.say(f"scan.{word}"), _toggle(view))],
        actions=[leave, take],
        step=3,
    )


def _begin(adjusting: "Adjusting") -> list[tuple[float, float]]:
    """Return the corners the machine found, so far as they are in the frame, else four inside of it."""
    source = adjusting.source
    size = (source.preview.shape[1], source.preview.shape[0])
    if source.quad is None:
        return inset(size, _INSET)
    return within([(float(x), float(y)) for x, y in source.quad], size)


def _take(view: View) -> None:
    from numpy import array, float64  # noqa: PLC0415 - the first page must not wait for it

    view.visit.crop(array(view.draft.corners, float64))


def _toggle(view: View) -> Press:
    def press() -> None:
        draft = view.draft
        view.write(plain=not draft.plain, corners=draft.corners if draft.plain else straight(draft.corners))

    return press
