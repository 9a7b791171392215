"""What the technician's side does by itself, watched in the process that builds it: each check yields what is wrong."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from kiosk.vendor_mode import IDLE_SECONDS, Mode
from tests.screens.studio import Studio, blocks

if TYPE_CHECKING:
    from screens.staff import Desk
    from screens.stage import Stage

L, R = 0.05, 0.95


def _desk(studio: Studio) -> "tuple[Stage, Desk]":
    from tests.screens.staff_scenes import desk_of

    stage = studio.stage(studio.theme(elder=True), "zh")
    desk = desk_of(stage.view)
    desk.leave()
    return stage, desk


def _touch(stage: "Stage", desk: "Desk", places: str, *, step: float = 1.0, down: float = 0.01) -> None:
    """Touch ends of the bar in turn, so many seconds apart."""
    screen = stage.view.theme.screen
    for number, place in enumerate(places):
        stage.view.monotonic = partial(float, 100.0 + number * step)
        desk.touched({"L": L, "R": R, "M": 0.5}[place] * screen.width, down * screen.height)


def gesture_faults(studio: Studio) -> Iterator[str]:
    """Yield gestures that let in by chance, or that do not when they must."""
    for places, step, down, wanted in (
        ("LRLRL", 1.0, 0.01, True),
        ("LRLRL", 3.0, 0.01, False),
        ("LRLRL", 1.0, 0.3, False),
        ("RLRLR", 1.0, 0.01, False),
        ("LRLR", 1.0, 0.01, False),
        ("LLRLRL", 1.0, 0.01, True),
        ("LRMRL", 1.0, 0.01, False),
    ):
        stage, desk = _desk(studio)
        _touch(stage, desk, places, step=step, down=down)
        if desk.shown is not wanted:
            yield f"the gesture {places} every {step} s at {down} of the height: login shown: {desk.shown}"


def visit_faults(studio: Studio) -> Iterator[str]:
    """Yield what would take the kiosk from a resident (promise 3)."""
    from tests.screens.scenes import at_fill

    stage, desk = _desk(studio)
    at_fill(stage.view)
    _touch(stage, desk, "LRLRL")
    if desk.staff.mode.mode is not Mode.INACTIVE:
        yield "the gesture is taken during a visit"
    desk.key_turned(on=True)
    stage.build()
    if stage.page is None or stage.page.name != "fill":
        yield "the key takes the page from a resident"
    stage.view.visit.cancel()
    stage.view.visit.finish()
    desk.tick(0.0)
    stage.build()
    if stage.page is None or stage.page.name != "staff_login":
        yield "the login is not shown when the visit is over"


def session_faults(studio: Studio) -> Iterator[str]:
    """Yield what of a session outlives it (promise 2), and modes of a resident that reach into it."""
    from tests.screens.staff_scenes import inside

    stage = studio.stage(studio.theme(elder=True), "en")
    desk = inside(stage.view)
    stage.build()
    if stage.view.theme.mode != "normal":
        yield f"the technician's pages are shown in {stage.view.theme.mode}"
    desk.write(pin="274915", place=("notice",))
    desk.tick(IDLE_SECONDS - 1)
    if not desk.shown:
        yield "the session ended before its time"
    desk.tick(IDLE_SECONDS)
    stage.build()
    if desk.shown or desk.draft.pin or desk.draft.place != ("board",):
        yield "an idle session goes on, or what was typed outlives it"
    if stage.view.visit.language != "zh":
        yield "the technician's language stays for the next resident"
    if stage.page is None or stage.page.name != "attract":
        yield "the first page is not there after a session"


def noticed_faults(studio: Studio) -> Iterator[str]:
    """Yield what the kiosk noticed itself and the board does not list, or lists when it is over (promises 4 and 8)."""
    from drivers.errors import Reason
    from screens.blocks import Text
    from tests.screens.staff_scenes import READING_LOST, TRAY_CHANGED, noticed

    stage = studio.stage(studio.theme(), "zh")
    desk = noticed(stage.view)

    def listed() -> set[Reason]:
        said = ""
        for leaf in range(3):
            stage.view.turn(leaf)
            stage.build()
            said += "".join(block.text for block in blocks(stage) if isinstance(block, Text))
        told = {reason: stage.view.words.say(f"devices.document_camera.{reason}.staff") for reason in wanted}
        return {reason for reason in wanted if told[reason] in said}

    wanted = {TRAY_CHANGED.reason, READING_LOST.reason}
    if listed() != wanted:
        yield f"the board lists {sorted(listed())} of what was noticed"
    for reason in wanted:
        desk.staff.kiosk.board.settled("document_camera", reason)
    stage.view.refresh()
    if listed():
        yield f"the board lists {sorted(listed())} when it is over"


STAFF_CONDUCT = (gesture_faults, visit_faults, session_faults, noticed_faults)
