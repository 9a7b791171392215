"""Papers under the camera: live picture, one sentence that helps, the pages so far, and another way at any time.

Two pages lead on from it: a page shown large (`scan_page`), and corners that are shown by hand (`scan_corners`).
"""

from typing import TYPE_CHECKING

from kiosk.visit_core import ScanTask, TaskStatus
from screens.blocks import Block, grid
from screens.page import Page
from screens.resident import scan_corners, scan_page
from screens.resident.common import note_key, trouble_blocks
from screens.resident.paper_question import once_read, paper_question
from screens.resident.scan_said import capture_words, lie_two, may_frame, note, said
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.preview import Preview, Shown
from screens.widgets.thumbs import Flight, Thumb
from screens.widgets.words import Note, heading, sentence, small_button

if TYPE_CHECKING:
    from kiosk.scan.session import Observation

_IN_A_ROW = 5
_IN_A_ROW_ELDER = 4
_PICTURE_MM, _SMALL_PICTURE_MM = 40.0, 24.0  # of one row of pages where there is room, else


def page(view: View) -> Page:
    """Return the page of the paper that is scanned now."""
    kit, visit = view.kit, view.visit
    if visit.adjusting is not None:
        return scan_corners.page(view, visit.adjusting)
    view.draft.corners, view.draft.plain = [], False
    index = scan_page.opened(view)
    if index is not None:
        return scan_page.page(view, index)
    task = visit.tasks[visit.task_index]
    name = task.material.title(visit.language)
    lead = [
        heading(kit, name),
        sentence(kit, _count(view, task)),
    ]
    if visit.trouble is not None:
        return Page("scan", lead, body=trouble_blocks(view), step=3, note=note_key(view))
    done = task.status is TaskStatus.DONE
    waiting = view.say("scan.done" if done else "scan.camera")
    now = lambda: view.monotonic()  # noqa: E731, PLW0108 - a test gives the view another clock later
    preview = Preview(kit, waiting, view.draft.lens, now, opening=not done)
    thumbs = _thumbs(view, task)
    return Page(
        "scan",
        lead,
        body=[*_seen_and_said(view, preview, _hint(view, task)), *_framing(view), *grid(kit, thumbs, _columns(view))],
        actions=_actions(view, task),
        step=3,
        note=_note(view, task),
        live=lambda: _live(view, preview),
        flight=_flight(view, preview, thumbs),
    )


def _count(view: View, task: ScanTask) -> str:
    """Return which paper it is and, where it is known how many pages belong to it, which page."""
    papers = {"number": view.visit.task_index + 1, "total": len(view.visit.tasks)}
    page, pages = len(task.pages) + 1, len(task.material.sheets)
    if page > pages:
        return view.say("scan.count", **papers)
    return view.say("scan.count_pages", **papers, page=page, pages=pages)


def _seen_and_said(view: View, preview: Preview, hint: Block) -> list[Block]:
    """Return picture and sentence; the sentence first where the rest may have to be turned to."""
    return [hint, preview] if view.theme.low else [preview, hint]


def _live(view: View, preview: Preview) -> None:
    """Show the newest frame, its page, and where on it something is in the way."""
    seen: Observation | None = view.visit.observation
    if seen is None or seen.preview is None:
        return
    view.watch_tray(bare=seen.quad is None)
    quad = () if seen.quad is None else [(float(x), float(y)) for x, y in seen.quad]
    verdict = view.visit.verdict
    where = verdict.where if verdict is not None and not verdict.ok else None
    ring = None if where is None else (float(where[0]), float(where[1]))
    others = [[(float(x), float(y)) for x, y in other] for other in seen.others]
    several = bool(others) or lie_two(view)
    preview.show(seen.preview, Shown(quad, ring, seen.progress, several=several, others=others))


def _note(view: View, task: ScanTask) -> str | None:
    asked = paper_question(view)
    return note(view, task) if asked is None else asked.key


def _hint(view: View, task: ScanTask) -> Block:
    """Return the one sentence that helps now."""
    asked = paper_question(view)
    if asked is not None:
        return asked.note
    now = said(view, task)
    return Note(view.kit, now.text, trouble=now.trouble)


def _framing(view: View) -> list[Block]:
    """Return the way to show the corners by hand, where the machine may be wrong about them."""
    if not may_frame(view) or paper_question(view) is not None:
        return []
    return [small_button(view.kit, "corners", view.say("scan.corners"), view.does(view.visit.adjust), "frame")]


def _columns(view: View) -> int:
    return _IN_A_ROW_ELDER if view.theme.elder else _IN_A_ROW


def _thumbs(view: View, task: ScanTask) -> list[Thumb]:
    """Return one picture a page: touched, it is shown large, and can be turned, taken again, deleted or moved."""
    roomy = not (view.theme.screen.landscape or view.theme.elder or view.theme.low)
    tall = roomy and len(task.pages) <= _columns(view)
    return [
        Thumb(
            view.kit,
            f"page:{number}",
            taken.preview,
            view.say("scan.see", page=number + 1),
            view.writes(opened=(view.visit.task_index, number)),
            mm=_PICTURE_MM if tall else _SMALL_PICTURE_MM,
        )
        for number, taken in enumerate(task.pages)
    ]


def _flight(view: View, preview: Preview, thumbs: list[Thumb]) -> Flight | None:
    """Return the flight of the page that was just taken; nothing moves for elder eyes."""
    now = (view.visit.task_index, len(thumbs))
    before, view.draft.kept = view.draft.kept, now
    came = before[0] == now[0] and before[1] < now[1]
    return Flight(view.kit, preview, thumbs[-1]) if came and not view.theme.elder else None


def _actions(view: View, task: ScanTask) -> list[Button]:
    """Later at the window; take it now; and, once there is a page, go on. A question about it is answered first."""
    asked = paper_question(view)
    if asked is not None:
        return list(asked.answers)
    kit, visit = view.kit, view.visit
    # The next paper's stands at the same place, and where the form's last button was.
    defer = once_read(view, ("later", visit.task_index), view.does(visit.defer_material))
    later = Button(kit, "later_at_window", view.say("scan.later"), defer)
    capture = Button(kit, "capture", capture_words(view), view.does(visit.capture), icon_name="camera")
    if task.status is TaskStatus.DONE:
        return [_onward(view, view.say("next"), Look.FILLED, 0)]
    one_of_two = lie_two(view) and visit.observation is not None and not visit.observation.taken
    if one_of_two or not task.pages:
        capture.look = Look.FILLED  # what the sentence speaks of
    if task.pages:
        look = Look.OUTLINE if one_of_two else Look.FILLED
        onward = _onward(view, view.say("scan.next"), look, 0 if one_of_two else 1)
        return [onward, capture] if one_of_two else [capture, onward]  # what is meant stays under the hand
    return [later, capture]


def _onward(view: View, word: str, look: Look, place: int) -> Button:
    """Return "that is all", at that place among the actions.

    It comes where "take it now" and other buttons were, and a second touch of those has not seen the page: it acts once
    it has stood there.
    """
    press = once_read(view, ("next", view.visit.task_index, place), view.does(view.visit.finish_material))
    return Button(view.kit, "next", word, press, look)
