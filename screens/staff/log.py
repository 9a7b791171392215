"""The last lines of the kiosk's log, and of the audit trail, as they are written: no line names a resident."""

from kiosk.audit import AuditEntry
from screens.blocks import Block, Press, Text
from screens.page import Page
from screens.staff.common import asked, back, fault_notes, when
from screens.staff.desk import Desk
from screens.theme import Tone, Type
from screens.widgets.buttons import Button
from screens.widgets.words import heading, panel, sentence

_SHOWN = 60


def opens(desk: Desk) -> Press:
    """Return the press that opens the log."""
    return desk.opens(desk.staff.log.lines, "log")


def opens_trail(desk: Desk) -> Press:
    """Return the press that opens the audit trail."""
    return desk.opens(lambda: desk.staff.trail.entries(_SHOWN), "log", "trail")


def page(desk: Desk) -> Page:
    """Return either."""
    kit, told = desk.kit, desk.draft.told
    trail = desk.draft.place[-1] == "trail"
    body: list[Block] = asked(desk)
    if isinstance(told, tuple):
        lines = [_act(desk, each) if isinstance(each, AuditEntry) else str(each) for each in told[:_SHOWN]]
        rows: list[Block] = [Text(kit, line, Type.SMALL, Tone.ON_CARD) for line in lines]
        body = [panel(kit, desk.say("log.trail" if trail else "log.newest"), rows)]
    other = Button(
        kit, "other", desk.say("log.newest" if trail else "log.trail"), opens(desk) if trail else opens_trail(desk)
    )
    return Page(
        "staff_log",
        lead=[heading(kit, desk.say("tool.log")), sentence(kit, desk.say("log.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk), other],
    )


def _act(desk: Desk, entry: AuditEntry) -> str:
    return f"{entry.n}  {when(desk, entry.at)}  {entry.who}  {entry.what}  {entry.on}  {entry.outcome}"
