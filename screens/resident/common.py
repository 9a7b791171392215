"""What several pages share: trouble with its other ways, the help page, the countdown."""

from collections.abc import Callable
from math import ceil

from drivers.model import DeviceClass
from kiosk.catalogue import Site
from kiosk.purpose import Purpose
from kiosk.trouble import Trouble, Way
from screens.blocks import Block
from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look, Tile
from screens.widgets.chrome import Countdown
from screens.widgets.words import Note, heading, sentence, title

WAY_ICONS = {
    Way.TYPE_NUMBER: "pen",
    Way.LATER_AT_WINDOW: "clock",
    Way.TRY_AGAIN: "retake",
    Way.SHOW_NUMBER: "phone",
    Way.HELP: "people",
}


def trouble_note(view: View, trouble: Trouble) -> Note:
    """Return the sentence of a trouble."""
    return Note(view.kit, view.words.say(trouble.key, **trouble.parameters), trouble=True)


def ways(view: View, trouble: Trouble) -> list[Block]:
    """Return the other ways as tiles, the best first."""
    return [
        Tile(
            view.kit,
            f"way:{way}",
            _way_name(view, way),
            view.does(view.visit.choose_way, way),
            icon_name=WAY_ICONS[way],
        )
        for way in trouble.ways
    ]


def _way_name(view: View, way: Way) -> str:
    """Return what a way is called; who asks for cases types a receipt, not a person."""
    types_receipt = way is Way.TYPE_NUMBER and view.visit.purpose is Purpose.PROGRESS
    return view.say("receipt_typing.type" if types_receipt else f"way.{way}")


def card_note(view: View) -> list[Block]:
    """Return the reminder of the card on the reader; nothing when none is seen there."""
    key = card_key(view)
    icon_name = "chip" if view.visit.must_take_card is DeviceClass.CITIZEN_CARD_READER else "card"
    return [Note(view.kit, view.words.say(key), icon_name=icon_name)] if key else []


def card_key(view: View) -> str | None:
    """Return the words key of that reminder, which names the card; None when no card is seen there."""
    reader = view.visit.must_take_card
    return None if reader is None else f"visit.take_card.{reader}"


def trouble_blocks(view: View) -> list[Block]:
    """Return what the visit's trouble says and the ways around it; nothing if there is none."""
    trouble = view.visit.trouble
    return [trouble_note(view, trouble), *ways(view, trouble)] if trouble else []


def step_of(view: View, number: int) -> int | None:
    """Return the step of the way to hand something in; who only asks is on no such way."""
    return None if view.visit.purpose is Purpose.PROGRESS else number


def note_key(view: View) -> str | None:
    """Return the words key of the trouble shown, for the probe."""
    return view.visit.trouble.key if view.visit.trouble else None


def staff_hours(view: View, site: Site) -> str:
    """Return when staff is there, as a sentence; where the hours are not known it says so of the centre."""
    hours = site.hours.get("normal")
    if hours is None:
        return view.say("help.hours_unknown")
    return view.say("help.hours", opens=hours.opens, closes=hours.closes)


def help_page(view: View) -> Page:
    """Whom to ask, and how to stop here."""
    whole = view.site.whole
    centre = next(site for site in whole.sites.values() if site.type == "centre")
    return Page(
        "help",
        lead=[heading(view.kit, view.say("help.heading")), sentence(view.kit, view.say("help.sentence"))],
        body=[
            title(view.kit, view.say("help.people")),
            Note(view.kit, staff_hours(view, centre), centre.title(view.visit.language)),
            title(view.kit, view.say("help.here")),
            Note(view.kit, view.say("help.hints")),
        ],
        actions=[
            Button(view.kit, "leave", view.say("help.leave"), _leave(view)),
            Button(view.kit, "stay", view.say("help.stay"), view.writes(help=False), Look.FILLED),
        ],
    )


def _leave(view: View) -> Callable[[], None]:
    def press() -> None:
        view.draft.help = False
        view.visit.cancel()
        view.refresh()

    return press


def countdown(view: View) -> Countdown:
    """Return the veil that asks whether anyone is still there."""
    kit = view.kit
    stay = Button(kit, "still_here", view.say("countdown.stay"), view.does(view.visit.more_time), Look.FILLED)
    leave = Button(kit, "leave", view.say("countdown.leave"), view.does(view.visit.cancel))
    words = (view.say("countdown.question"), view.say("countdown.explain"))
    return Countdown(kit, ceil(view.visit.remaining or 0), words, stay, leave)
