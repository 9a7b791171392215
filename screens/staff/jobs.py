"""The print jobs: what was printed, what failed, what nobody knows; and a copy on request, marked as one."""

from kiosk.print_ledger import JobState, PrintJobRecord
from screens.blocks import Block, Press
from screens.page import Page
from screens.staff.common import asked, back, fault_notes, when
from screens.staff.desk import Desk
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence, small_button

_SHOWN = 20
_UNDER_WAY = frozenset({JobState.RECORDED, JobState.PRINTING})


def opens(desk: Desk) -> Press:
    """Return the press that opens the page."""
    return desk.opens(lambda: desk.staff.kiosk.ledger.jobs(_SHOWN), "jobs")


def page(desk: Desk) -> Page:
    """Return the last jobs, the newest first."""
    kit, jobs = desk.kit, desk.draft.told
    body: list[Block] = asked(desk)
    if isinstance(jobs, tuple):
        rows = [_row(desk, each) for each in jobs if isinstance(each, PrintJobRecord)]
        body = [panel(kit, desk.say("jobs.last"), rows) if rows else Note(kit, desk.say("jobs.none"))]
    return Page(
        "staff_jobs",
        lead=[heading(kit, desk.say("tool.jobs")), sentence(kit, desk.say("jobs.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk)],
    )


def _row(desk: Desk, job: PrintJobRecord) -> Block:
    """Return one job; whoever asked for it may have a copy, but never two at a time."""
    state = desk.say(f"jobs.{job.state}")
    name = desk.say("comma").join([job.receipt_number, when(desk, job.recorded_at), job.item_title])
    copies = desk.say("jobs.copies", count=job.copies) if job.copies else ""
    free = job.state not in _UNDER_WAY and desk.draft.waiting is None and job.asked_by is None
    button = small_button(desk.kit, f"copy:{job.job_id}", desk.say("jobs.copy"), _copy(desk, job), "printer")
    return AnswerRow(desk.kit, name, f"{state}{copies}", button if free else None)


def _copy(desk: Desk, job: PrintJobRecord) -> Press:
    def ended(result: object) -> None:
        desk.done(result)
        if desk.draft.fault is None and desk.draft.place[0] == "jobs":
            opens(desk)()

    def press() -> None:
        desk.write(waiting="copy", fault=None)
        desk.staff.reprint(job.job_id, job.receipt_number, ended)

    return press
