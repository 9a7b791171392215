"""The export: what it holds, the two ways out of here, and what became of it."""

from collections.abc import Callable
from functools import partial

from kiosk.staff_export import Exported, export
from kiosk.staff_handover import HandedOver, hand_over
from screens.blocks import Block
from screens.page import Page
from screens.staff.common import asked, back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.buttons import Tile
from screens.widgets.words import Note, heading, sentence


def page(desk: Desk) -> Page:
    """Return the ways, or what was written or handed over."""
    kit, told = desk.kit, desk.draft.told
    body: list[Block] = [Note(kit, desk.say("export.holds")), *_ways(desk), *asked(desk)]
    note = None
    if isinstance(told, Exported):
        note = "staff.export.done"
        written = desk.say("export.written", name=told.path.name, size=_kilobytes(told.size))
        body.append(Note(kit, written, desk.view.words.say(note), icon_name="check"))
    elif isinstance(told, HandedOver):
        note = "staff.export.sending" if told.line_up else "staff.export.waits"
        sealed = desk.say("export.sealed", size=_kilobytes(told.size))
        body.append(Note(kit, sealed, desk.view.words.say(note), icon_name="check"))
    return Page(
        "staff_export",
        lead=[heading(kit, desk.say("tool.export")), sentence(kit, desk.say("export.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk)],
        note=note,
    )


def _ways(desk: Desk) -> list[Block]:
    """Return the way over the line, and the way on a stick where kiosk.toml names a place for one."""
    ways: list[Block] = [
        Tile(desk.kit, "hand_over", desk.say("export.hand_over"), partial(_hand_over, desk),
             second=desk.say("export.hand_over_how"), icon_name="network"),
    ]  # fmt: skip
    if desk.staff.config.staff.export is not None:
        ways.append(Tile(desk.kit, "write", desk.say("export.write"), partial(_write, desk),
                         second=desk.say("export.write_how"), icon_name="export"))  # fmt: skip
    return ways


def _write(desk: Desk) -> None:
    staff = desk.staff
    _act(desk, "EXPORT", str(staff.config.staff.export), partial(export, staff.config))


def _hand_over(desk: Desk) -> None:
    staff = desk.staff
    who = staff.mode.technician
    if who is not None:
        _act(desk, "HAND_OVER", "", partial(hand_over, staff.config, who, staff.kiosk.hand_in))


def _act(desk: Desk, what: str, on: str, work: Callable[[], Exported | HandedOver]) -> None:
    """Do one of the two, unless one is under way."""
    if desk.draft.waiting is not None:
        return

    def done(answer: object) -> None:
        desk.done(answer)
        if isinstance(answer, Exported | HandedOver):
            desk.write(told=answer)

    desk.write(waiting="export", fault=None, told=None)
    desk.staff.act(what, on, work, done)


def _kilobytes(size: int) -> int:
    return -(-size // 1024)
