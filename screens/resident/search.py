"""The search: what was found and why, and whom to ask where it was not; never a dead end.

One decision: by day the way leads to the people at the windows, by night to a request that they answer (the hotline's
own service), at any time to the villages and to the departments. What the catalogue does not know (a village's hours,
which is nearest) is not guessed.
"""

from datetime import timedelta

from kiosk.catalogue import Service, Site
from kiosk.dates import CHINA
from kiosk.finding.people import Staffed, staffed
from kiosk.search import Hit
from screens.blocks import Block, grid
from screens.page import Page
from screens.resident.shelf import ICONS, second_line
from screens.view import View
from screens.widgets.buttons import Tile
from screens.widgets.keyboard import InputLine, edit, keyboard
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence

QUERY_LIMIT = 40
_ROWS = 6  # of tiles: who does not see it there asks someone
PEOPLE, VILLAGES = ("search", "people"), ("search", "villages")
_HOTLINE = "ZT-ZH-001"  # a request that staff answers by telephone


def tile(view: View, service: Service, known_as: str = "") -> Tile:
    """Return the tile of one service, with the nickname by which it was found."""
    second = second_line(view, service)
    if known_as and view.visit.language == "zh":
        second = f"{view.say('found.known_as', word=known_as)} · {second}"
    return Tile(
        view.kit,
        f"service:{service.id}",
        service.title(view.visit.language),
        view.does(view.visit.choose, service),
        second=second,
        icon_name=ICONS.get(service.id),
    )


def search_line(view: View, *, active: bool) -> InputLine:
    """Return the line one types into, or the one that leads there."""
    press = None if active else view.writes(place=("search",), query="")
    return InputLine(
        view.kit, "search", view.draft.query, view.say("choose.search_hint"), active=active, press=press,
        icon_name="search", most=1,
    )  # fmt: skip


def search_page(view: View) -> Page:
    """Return the keys, and what is found so far."""
    kit, query = view.kit, view.draft.query
    hits = view.search.find(query, _ROWS * view.theme.columns) if query else []
    if hits:
        body = _found(view, hits)
    elif query.strip():
        body = _none(view)
    else:
        body = [Note(kit, view.say("choose.how"))]

    def write(key: str) -> None:
        view.write(query=edit(view.draft.query, key, QUERY_LIMIT))

    return Page(
        "choose",
        lead=[heading(kit, view.say("choose.search"))],
        top=[search_line(view, active=True)],
        body=body,
        bottom=[keyboard(kit, write, view.say("erase"), view.say("space"))],
    )


def people_page(view: View) -> Page:
    """Return whom to ask where nothing that was found is right."""
    return Page("choose", lead=[heading(view.kit, view.say("found.ask"))], body=[*_people(view)])


def villages_page(view: View) -> Page:
    """Return the centres in the villages, this one first if it is one of them."""
    kit, here = view.kit, view.site.site.id
    sites = [site for site in view.site.whole.sites.values() if site.type != "centre"]
    rows = [_village(view, site) for site in sorted(sites, key=lambda site: site.id != here)]
    return Page(
        "choose",
        lead=[heading(kit, view.say("found.villages_heading")), sentence(kit, view.say("help.hours_unknown"))],
        body=[panel(kit, view.say("found.villages"), rows)],
    )


def _none(view: View) -> list[Block]:
    """Return the ways to go on; where there is little room, the one that leads to them."""
    if view.theme.low or view.theme.elder:
        ask = view.writes(place=PEOPLE)
        return [Tile(view.kit, "ask", view.say("found.none_ask"), ask, icon_name="people")]
    return [Note(view.kit, view.say("found.none")), *grid(view.kit, _people(view), view.theme.columns)]


def _found(view: View, hits: list[Hit]) -> list[Block]:
    tiles: list[Block] = [tile(view, hit.service, hit.known_as) for hit in hits]
    tiles.append(Tile(view.kit, "ask", view.say("found.other"), view.writes(place=PEOPLE), icon_name="people"))
    return grid(view.kit, tiles, view.theme.columns)


def _people(view: View) -> list[Block]:
    centre = next(site for site in view.site.whole.sites.values() if site.type == "centre")
    when = staffed(centre, view.visit.ports.now())
    now = when is not None and when.now
    ways = [_staff(view, when)] if now else [*_callback(view, when), _staff(view, when)]
    count = len([site for site in view.site.whole.sites.values() if site.type != "centre"])
    villages = Tile(
        view.kit, "villages", view.say("found.villages"), view.writes(place=VILLAGES),
        second=view.say("found.villages_second", count=count), icon_name="home",
    )  # fmt: skip
    departments = Tile(
        view.kit, "browse:departments", view.say("choose.departments"),
        view.writes(place=("departments",), query=""), icon_name="grid",
    )  # fmt: skip
    return [*ways, villages, departments]


def _staff(view: View, when: Staffed | None) -> Tile:
    if when is None:
        second = view.say("help.hours_unknown")
    elif when.now:
        second = view.say("found.staff_now", until=f"{when.until:%H:%M}")
    else:
        second = view.say("found.staff_later", day=_day(view, when), opens=f"{when.opens:%H:%M}")
    return Tile(view.kit, "ask:staff", view.say("found.staff"), view.writes(help=True), second=second,
                icon_name="people")  # fmt: skip


def _callback(view: View, when: Staffed | None) -> list[Tile]:
    """Return the way to be called back: the hotline's service, where this site has it."""
    hotline = view.site.items.get(_HOTLINE)
    if hotline is None:
        return []
    second = view.say("found.callback_second") if when is None else view.say(
        "found.callback_when", day=_day(view, when), opens=f"{when.opens:%H:%M}"
    )  # fmt: skip
    return [Tile(view.kit, "ask:callback", view.say("found.callback"), view.does(view.visit.choose, hotline),
                 second=second, icon_name="phone")]  # fmt: skip


def _day(view: View, when: Staffed) -> str:
    today = view.visit.ports.now().astimezone(CHINA).date()
    near = {today: "today", today + timedelta(days=1): "tomorrow"}
    return view.say(f"found.day.{near.get(when.day, f'd{when.day.isoweekday()}')}")


def _village(view: View, site: Site) -> AnswerRow:
    key = "found.village_here" if site.id == view.site.site.id else "found.village"
    return AnswerRow(view.kit, site.title(view.visit.language), view.say(key, agents=site.agents))
