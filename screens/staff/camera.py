"""The camera's calibration: the printed sheet, then the empty tray, with what holds it up in words and a picture."""

from functools import partial
from typing import TYPE_CHECKING, cast

from screens.blocks import Block
from screens.page import Page
from screens.staff.common import device_name, fault_notes
from screens.staff.desk import Desk
from screens.staff.device import chosen
from screens.staff.tiles import StepCard
from screens.widgets.buttons import Button, Look
from screens.widgets.pictures import Rail
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence

if TYPE_CHECKING:
    from kiosk.calibration import Progress
    from kiosk.calibration_file import CalibrationRecord
    from kiosk.staff_camera import CalibrationRun

_STEPS = {"LAY_SHEET": "paper", "MEASURE": "target", "TAKE_AWAY": "tray", "KEEP_TRAY": "camera"}


def page(desk: Desk) -> Page:
    """Return the steps before it begins, the one that is done now, or what was found."""
    kit = desk.kit
    device = chosen(desk)
    begins = Button(kit, "begin", desk.say("camera.begin"), partial(_begin, desk), Look.FILLED, icon_name="target")
    return Page(
        "staff_camera",
        lead=[heading(kit, desk.say("camera.tool")), sentence(kit, device_name(desk, device))],
        notes=fault_notes(desk),
        body=_body(desk),
        actions=[
            Button(kit, "device", desk.say("guide.device"), desk.goes("device", device.name), icon_name="tools"),
            *([] if desk.draft.waiting else [begins]),
        ],
        note=_note(desk),
    )


def _note(desk: Desk) -> str | None:
    """Return for the probe where it is: the words key of what is shown."""
    progress = desk.draft.progress
    if progress is not None:
        return progress.key
    return "staff.camera.kept" if desk.draft.told is not None else desk.draft.given_up


def _body(desk: Desk) -> list[Block]:
    kit, draft, words = desk.kit, desk.draft, desk.view.words
    if draft.progress is not None:
        return _under_way(desk, draft.progress)
    if draft.told is not None:
        return [Note(kit, desk.say("camera.used"), desk.say("camera.kept"), icon_name="check"), _found(desk)]
    steps: list[Block] = [
        StepCard(kit, number, words.say(f"calibration.step.{step}"), icon)
        for number, (step, icon) in enumerate(_STEPS.items(), 1)
    ]
    gave_up = [Note(kit, words.say(draft.given_up), desk.say("not_done"), trouble=True)] if draft.given_up else []
    return [*gave_up, Note(kit, desk.say("camera.sheet")), *steps]


def _under_way(desk: Desk, progress: "Progress") -> list[Block]:
    """Return the step that is done now, and what holds it up."""
    kit, words = desk.kit, desk.view.words
    number = list(_STEPS).index(progress.step) + 1 if progress.step in _STEPS else len(_STEPS)
    step = StepCard(kit, number, words.say(f"calibration.step.{progress.step}"), _STEPS.get(progress.step, "check"))
    fault = [] if progress.fault is None else [Note(kit, words.say(progress.key), trouble=True)]
    return [step, *fault, Rail(kit, progress.part, 1 - progress.part)]


def _found(desk: Desk) -> Block:
    """Return the numbers that say how good it is."""
    record = cast("CalibrationRecord", desk.draft.told)  # this page puts nothing else there
    rows = {
        "scale": f"{record.mm_per_pixel_x:.4f} × {record.mm_per_pixel_y:.4f} mm",
        "left": f"{record.residual_pixels:.2f} px",
        "blur": f"{record.blur_pixels:.1f} px",
        "even": f"{record.evenness:.0%}",
        "flicker": f"{record.flicker:.1%}",
    }
    return panel(
        desk.kit,
        desk.say("camera.found"),
        [AnswerRow(desk.kit, desk.say(f"camera.{name}"), value) for name, value in rows.items()],
    )


def _begin(desk: Desk) -> None:
    """Run it beside the screen; leaving the page calls it off."""
    from kiosk.staff_camera import CalibrationRun  # noqa: PLC0415 - brings OpenCV, which the first screen must not wait for

    staff = desk.staff
    device = chosen(desk)
    worker = next(each for each in staff.kiosk.workers if each.name == device.name)
    who = staff.mode.technician or ""
    run = CalibrationRun(worker, staff.config.kiosk.state, who, desk.view.visit.ports.now)
    desk.write(waiting="camera", fault=None, told=None, given_up=None)
    desk.on_leaving(run.called_off.set)
    told = partial(_told, desk, desk.draft.place)
    staff.act("CALIBRATE_CAMERA", device.name, partial(run.run, lambda progress: staff.post(partial(told, progress))),
              partial(_ended, desk, desk.draft.place, run))  # fmt: skip


def _told(desk: Desk, place: tuple[str, ...], progress: "Progress") -> None:
    """The routine says where it is; a page that was left does not hear it."""
    if desk.draft.place == place and desk.draft.waiting and progress != desk.draft.progress:
        desk.staff.mode.touch()  # hands are at the tray, not on the glass
        desk.write(progress=progress)


def _ended(desk: Desk, place: tuple[str, ...], run: "CalibrationRun", answer: object) -> None:
    if desk.draft.place != place:
        return
    desk.done(answer)
    given_up = None if run.fault is None else f"calibration.fault.{run.fault}"
    desk.write(progress=None, given_up=given_up, told=None if desk.draft.fault or run.fault else answer)
