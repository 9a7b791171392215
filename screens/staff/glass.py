"""The glass: every zone of it touched once, what stays empty is dead; and the panel's offset, measured at five points.

One decision: both cover the whole screen, bar and foot too, and both end by themselves: a dead zone may be just where a
button to end would stand.
"""

from functools import partial

from kiosk.services_staff import StaffError
from kiosk.touch_offset import POINTS, measure
from screens.blocks import Block, Kit
from screens.page import Page
from screens.staff.common import back, fault_notes
from screens.staff.desk import Desk
from screens.staff.draft import HOME
from screens.staff.pads import Cross, SweptPicture, TouchGrid, cells
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note, heading, sentence


def begin_sweep(desk: Desk) -> None:
    """Show the empty grid."""
    desk.write(place=("glass",), fault=None, swept=set(), swept_at=desk.view.monotonic(), silent=partial(_swept, desk))


def begin_points(desk: Desk) -> None:
    """Show the first cross; the panel is measured as it is."""
    desk.touch.paused = True
    desk.write(place=("touch",), fault=None, points=[], swept_at=desk.view.monotonic(), silent=partial(_given_up, desk))


def _given_up(desk: Desk) -> None:
    """Nobody touched the cross: nothing is changed."""
    desk.touch.paused = False
    desk.write(swept_at=None, points=[], place=HOME)


def page(desk: Desk) -> Page:
    """Return the grid while it is swept, then what was found."""
    kit, draft = desk.kit, desk.draft
    if draft.swept_at is not None:
        grid = TouchGrid(kit, desk.say("glass.sweep"), draft.swept, partial(_touched, desk))
        return Page("staff_glass_sweep", lead=[], cover=grid)
    dead = len(cells(kit.theme)) - len(draft.swept)
    found: Block = Note(kit, desk.say("glass.whole"), icon_name="check")
    if dead:
        found = Note(kit, desk.say("glass.dead", count=dead), trouble=True)
    return Page(
        "staff_glass",
        lead=[heading(kit, desk.say("tool.glass")), sentence(kit, desk.say("glass.sentence"))],
        notes=[*fault_notes(desk), found],
        body=[SweptPicture(kit, draft.swept)],
        actions=[back(desk), Button(kit, "again", desk.say("again"), partial(begin_sweep, desk), icon_name="finger")],
        note="staff.glass.dead" if dead else "staff.glass.whole",
    )


def touch_page(desk: Desk) -> Page:
    """Return the next cross, then what the five say."""
    kit, draft = desk.kit, desk.draft
    if draft.swept_at is not None:
        cross = Cross(kit, desk.say("touch.hint", count=len(POINTS) - len(draft.points)), POINTS[len(draft.points)],
                      partial(_pointed, desk))  # fmt: skip
        return Page("staff_touch_points", lead=[], cover=cross)
    found = measure(draft.points, _size_mm(kit))
    told = desk.say("touch.found", off=f"{found.off_mm:.1f}", scatter=f"{found.scatter_mm:.1f}")
    usable = Note(kit, told) if found.usable else Note(kit, told, desk.say("touch.scatter"), trouble=True)
    keep = [Button(kit, "keep", desk.say("touch.keep"), partial(_keep, desk), Look.FILLED)] if found.usable else []
    return Page(
        "staff_touch",
        lead=[heading(kit, desk.say("tool.touch")), sentence(kit, desk.say("touch.sentence"))],
        notes=fault_notes(desk),
        body=[usable, Note(kit, desk.say("touch.what"))],
        actions=[
            back(desk),
            Button(kit, "again", desk.say("again"), partial(begin_points, desk), icon_name="target"),
            *keep,
        ],
    )


def _touched(desk: Desk) -> None:
    """A finger has come to another cell."""
    desk.draft.swept_at = desk.view.monotonic()
    desk.staff.mode.touch()
    if len(desk.draft.swept) == len(cells(desk.kit.theme)):
        _swept(desk)


def _swept(desk: Desk) -> None:
    every = len(cells(desk.kit.theme))
    desk.staff.note("TEST_GLASS", "screen", f"{every - len(desk.draft.swept)} of {every} zones dead")
    desk.write(swept_at=None)


def _pointed(desk: Desk, x: float, y: float) -> None:
    points = [*desk.draft.points, (x, y)]
    over = len(points) == len(POINTS)
    desk.touch.paused = not over
    desk.write(points=points, swept_at=None if over else desk.view.monotonic())


def _keep(desk: Desk) -> None:
    offset = measure(desk.draft.points, _size_mm(desk.kit)).offset

    def kept(result: object) -> None:
        if not isinstance(result, StaffError):
            desk.touch.offset = offset
            desk.write(place=HOME)
        desk.done(result)

    desk.staff.act("CALIBRATE_TOUCH", "screen", partial(desk.staff.touch_file.keep, offset), kept)


def _size_mm(kit: Kit) -> tuple[float, float]:
    screen = kit.theme.screen
    return screen.width / screen.px_per_mm, screen.height / screen.px_per_mm
