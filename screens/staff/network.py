"""The line to the office as delivery found it, and the closed lines behind it by their hours."""

from kiosk.catalogue import Line
from kiosk.hours import always_open, is_open, next_opening, window
from kiosk.line_record import LineRecord, read_line
from screens.blocks import Block, Press
from screens.page import Page
from screens.staff.common import age, asked, back, fault_notes, when
from screens.staff.desk import Desk
from screens.staff.tiles import Lamp, StatusTile
from screens.widgets.buttons import Button
from screens.widgets.words import heading, sentence

_LAMPS = {"UP": Lamp.WELL, "UNKNOWN": Lamp.UNKNOWN, "DOWN": Lamp.WARNING, "REFUSED": Lamp.ALARM}


def opens(desk: Desk) -> Press:
    """Return the press that opens the page, and asks anew when it is open."""
    state = desk.staff.config.kiosk.state
    return desk.opens(lambda: (read_line(state, desk.view.visit.ports.now()),), "network")


def page(desk: Desk) -> Page:
    """Return the office's tile and one a line."""
    kit, told = desk.kit, desk.draft.told
    body: list[Block] = asked(desk)
    if isinstance(told, tuple):
        lines = desk.view.site.whole.lines.values()
        body = [_office(desk, told[0]), *(_line(desk, each) for each in lines)]
    return Page(
        "staff_network",
        lead=[heading(kit, desk.say("tool.network")), sentence(kit, desk.say("network.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk), Button(kit, "again", desk.say("again"), opens(desk), icon_name="retake")],
    )


def _office(desk: Desk, record: LineRecord | None) -> Block:
    """Return what is known of the office; that nothing is known is said (promise 4)."""
    state = "UNKNOWN"
    if record is not None and record.up is not None:
        state = "REFUSED" if record.refused else "UP" if record.up else "DOWN"
    lines = [desk.say(f"network.{state}"), desk.staff.config.office.url]
    if record is not None and record.answered_at is not None:
        lines.insert(1, desk.say("network.answered", age=age(desk, record.answered_at)))
    return StatusTile(desk.kit, "office", desk.say("network.office"), lines, _LAMPS[state], "network", None)


def _line(desk: Desk, line: Line) -> Block:
    """Return one closed line: only its hours are known here, its health the office knows."""
    now = desk.view.visit.ports.now()
    name = line.title(desk.view.visit.language)
    if always_open(line):
        return StatusTile(desk.kit, line.id, name, [desk.say("network.always")], Lamp.WELL, "plug", None)
    opened = is_open(line, now)
    opens_at, closes_at = window(line)
    hours = desk.say("network.hours", opens=f"{opens_at:%H:%M}", closes=f"{closes_at:%H:%M}")
    told = desk.say("network.open") if opened else desk.say("network.closed", when=when(desk, next_opening(line, now)))
    lamp = Lamp.WELL if opened else Lamp.NOTICE
    return StatusTile(desk.kit, line.id, name, [f"{told}{desk.say('comma')}{hours}"], lamp, "plug", None)
