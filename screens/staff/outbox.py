"""The outbox: how many wait, since when, and what needs a person, with its reason. No contents."""

from datetime import datetime
from functools import partial

from kiosk.staff_finds import OutboxView, look_at_outbox, send_again
from screens.blocks import Block, Press
from screens.page import Page
from screens.staff.common import age, asked, back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence, small_button


def opens(desk: Desk) -> Press:
    """Return the press that opens the page."""
    return desk.opens(partial(look_at_outbox, desk.staff.config.kiosk.outbox), "outbox")


def page(desk: Desk) -> Page:
    """Return the counts and what is parked."""
    kit, seen = desk.kit, desk.draft.told
    body: list[Block] = asked(desk)
    if isinstance(seen, OutboxView):
        body = [panel(kit, desk.say("outbox.counts"), _counts(desk, seen)), *_parked(desk, seen)]
    return Page(
        "staff_outbox",
        lead=[heading(kit, desk.say("tool.outbox")), sentence(kit, desk.say("outbox.sentence"))],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk)],
    )


def _counts(desk: Desk, seen: OutboxView) -> list[Block]:
    counts = seen.counts
    rows: list[Block] = [
        AnswerRow(desk.kit, desk.say(f"outbox.{name}"), str(getattr(counts, name)))
        for name in ("committed", "delivered", "waiting", "parked")
    ]
    if counts.oldest_undelivered_at is not None:
        rows.append(AnswerRow(desk.kit, desk.say("outbox.oldest"), age(desk, counts.oldest_undelivered_at)))
    return rows


def _parked(desk: Desk, seen: OutboxView) -> list[Block]:
    kit = desk.kit
    if not seen.parked:
        return [Note(kit, desk.say("outbox.none_parked"), icon_name="check")]
    rows: list[Block] = [
        AnswerRow(
            kit,
            f"{each.receipt_number} · {age(desk, datetime.fromisoformat(each.created_at))}",
            each.reason,
            small_button(
                kit, f"again:{each.submission_id}", desk.say("outbox.again"), _again(desk, each.submission_id)
            ),
        )
        for each in seen.parked
    ]
    return [panel(kit, desk.say("outbox.parked_heading"), rows)]


def _again(desk: Desk, submission_id: str) -> Press:
    folder = desk.staff.config.kiosk.outbox

    def sent(result: object) -> None:
        desk.done(result)
        if desk.draft.fault is None and desk.draft.place[0] == "outbox":
            opens(desk)()

    def press() -> None:
        desk.staff.act("SEND_AGAIN", submission_id, partial(send_again, folder, submission_id), sent)

    return press
