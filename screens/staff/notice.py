"""Out of service: which notice residents read, and back into service. It survives every restart."""

from functools import partial

from kiosk.closures import Closer
from kiosk.staff_notice import Notice
from screens.page import Page
from screens.staff.common import back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.buttons import Button, Look, Tile
from screens.widgets.words import Note, heading, sentence, title

_ICONS = {Notice.MAINTENANCE: "tools", Notice.SUPPLIES: "printer", Notice.CLOSED: "stop"}


def page(desk: Desk) -> Page:
    """Return the notices to choose from; or the one that is out, and the way back."""
    kit = desk.kit
    word = desk.staff.kiosk.closures.word(Closer.STAFF)
    if word is not None:
        out = Note(kit, desk.view.words.say(word.key), desk.say("notice.residents_read"), trouble=True)
        opens = Button(kit, "in_service", desk.say("notice.open"), _opens(desk), Look.FILLED, icon_name="check")
        return Page(
            "staff_notice",
            lead=[heading(kit, desk.say("notice.out")), sentence(kit, desk.say("notice.out_sentence"))],
            notes=fault_notes(desk),
            body=[out],
            actions=[back(desk), opens],
            note=word.key,
        )
    tiles = [
        Tile(kit, f"notice:{each}", desk.say(f"notice.{each}"), _closes(desk, each),
             second=desk.view.words.say(each.trouble.key), icon_name=icon)
        for each, icon in _ICONS.items()
    ]  # fmt: skip
    return Page(
        "staff_notice",
        lead=[heading(kit, desk.say("notice.heading")), sentence(kit, desk.say("notice.sentence"))],
        notes=fault_notes(desk),
        body=[title(kit, desk.say("notice.choose")), *tiles],
        actions=[back(desk)],
    )


def _closes(desk: Desk, notice: Notice) -> "partial[None]":
    return partial(desk.staff.close_kiosk, notice, desk.done)


def _opens(desk: Desk) -> "partial[None]":
    return partial(desk.staff.open_kiosk, desk.done)
