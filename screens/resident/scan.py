"""Papers under the camera: live picture, one sentence that helps, the pages so far, and another way at any time."""

from typing import TYPE_CHECKING

from kiosk.visit_core import ScanTask, TaskStatus
from screens.blocks import Block, Row, Space
from screens.page import Page
from screens.resident.common import note_key, trouble_blocks
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.preview import Preview
from screens.widgets.words import Note, heading, sentence, small_button

if TYPE_CHECKING:
    from kiosk.scan.session import Observation

_PAGES_IN_A_ROW = 3
_NO_TROUBLE = ("no_page", "moving")  # nothing lies there yet, or somebody is laying it


def page(view: View) -> Page:
    """Return the page of the paper that is scanned now."""
    kit, visit = view.kit, view.visit
    task = visit.tasks[visit.task_index]
    name = task.material.title(visit.language)
    lead = [
        heading(kit, name),
        sentence(kit, view.say("scan.count", number=visit.task_index + 1, total=len(visit.tasks))),
    ]
    if visit.trouble is not None:
        return Page("scan", lead, body=trouble_blocks(view), step=3, note=note_key(view))
    preview = Preview(kit, view.say("scan.done" if task.status is TaskStatus.DONE else "scan.camera"))
    return Page(
        "scan",
        lead,
        body=[preview, _hint(view, task), *_pages(view, task)],
        actions=_actions(view, task),
        step=3,
        note=_verdict_key(view),
        live=lambda: _live(view, preview),
    )


def _live(view: View, preview: Preview) -> None:
    """Show the newest frame, its page, and where on it something is in the way."""
    seen: Observation | None = view.visit.observation
    if seen is None or seen.preview is None:
        return
    quad = None if seen.quad is None else [(float(x), float(y)) for x, y in seen.quad]
    verdict = view.visit.verdict
    where = verdict.where if verdict is not None and not verdict.ok else None
    preview.show(seen.preview, quad, None if where is None else (float(where[0]), float(where[1])))


def _verdict_key(view: View) -> str | None:
    verdict = view.visit.verdict
    if verdict is None or verdict.ok or verdict.fault in (None, *_NO_TROUBLE):
        return None
    return f"scan.{verdict.fault}"


def _hint(view: View, task: ScanTask) -> Block:
    """Return the one sentence that helps now."""
    key = _verdict_key(view)
    if key is not None:
        return Note(view.kit, view.words.say(key), trouble=True)
    if task.pages:
        return Note(view.kit, view.say("scan.got", count=len(task.pages)))
    return Note(view.kit, view.say("scan.hint"))


def _pages(view: View, task: ScanTask) -> list[Block]:
    """Return one button a page: touched, the page is dropped and can be taken again."""
    kit, visit = view.kit, view.visit
    if not task.pages:
        return []
    buttons: list[Block] = [
        small_button(
            kit,
            f"retake:{number}",
            view.say("scan.retake", page=number + 1),
            view.does(visit.drop_page, number),
            "retake",
        )
        for number in range(len(task.pages))
    ]
    rows: list[Block] = []
    for start in range(0, len(buttons), _PAGES_IN_A_ROW):
        row = buttons[start : start + _PAGES_IN_A_ROW]
        rows.append(Row(kit, [*row, *(Space(kit) for _ in range(_PAGES_IN_A_ROW - len(row)))]))
    return rows


def _actions(view: View, task: ScanTask) -> list[Button]:
    """Later at the window; take it now; and, once there is a page, go on."""
    kit, visit = view.kit, view.visit
    later = Button(kit, "later_at_window", view.say("scan.later"), view.does(visit.defer_material))
    capture = Button(kit, "capture", view.say("scan.now"), view.does(visit.capture), icon_name="camera")
    if task.status is TaskStatus.DONE:
        return [Button(kit, "next", view.say("next"), view.does(visit.finish_material), Look.FILLED)]
    if task.pages:
        return [capture, Button(kit, "next", view.say("scan.next"), view.does(visit.finish_material), Look.FILLED)]
    capture.look = Look.FILLED
    return [later, capture]
