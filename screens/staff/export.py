"""The export: what it holds, where it goes, and that it is there."""

from functools import partial

from kiosk.staff_export import Exported, export
from screens.blocks import Block
from screens.page import Page
from screens.staff.common import asked, back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note, heading, sentence


def page(desk: Desk) -> Page:
    """Return the question, or what was written."""
    kit, told = desk.kit, desk.draft.told
    body: list[Block] = [Note(kit, desk.say("export.holds")), *asked(desk)]
    if isinstance(told, Exported):
        written = desk.say("export.written", name=told.path.name, size=-(-told.size // 1024))
        body.append(Note(kit, written, desk.say("export.done"), icon_name="check"))
    return Page(
        "staff_export",
        lead=[heading(kit, desk.say("tool.export")), sentence(kit, desk.say("export.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk), Button(kit, "write", desk.say("export.write"), partial(_write, desk), Look.FILLED,
                                    icon_name="export")],
        note="staff.export.done" if isinstance(told, Exported) else None,
    )  # fmt: skip


def _write(desk: Desk) -> None:
    if desk.draft.waiting is not None:
        return

    def written(answer: object) -> None:
        desk.done(answer)
        if isinstance(answer, Exported):
            desk.write(told=answer)

    desk.write(waiting="export", fault=None, told=None)
    desk.staff.act("EXPORT", str(desk.staff.config.staff.export), partial(export, desk.staff.config), written)
