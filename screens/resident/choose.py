"""Choose a service: what lies in front, search, by department, by whom it is for."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kiosk.catalogue import Service
from kiosk.hours import is_open, next_opening
from kiosk.purpose import Purpose
from screens.blocks import Block, Row, grid
from screens.page import Page
from screens.resident.search import PEOPLE, people_page, search_line, search_page, tile, villages_page
from screens.resident.shelf import COMMON, DEPARTMENT_ICONS, IN_FRONT, LIFE_EVENTS, laid_out
from screens.view import View
from screens.widgets.buttons import Button, Tile
from screens.widgets.words import Note, heading, title

_SEARCH_AND_PROGRESS = (3, 2)  # shares of a line


def page(view: View) -> Page:
    """Return the page of the place in the catalogue one looks at."""
    place = view.draft.place
    return _PLACES[place[:1], len(place)](view)


def _tiles(view: View, services: Sequence[Service]) -> list[Block]:
    return grid(view.kit, [tile(view, service) for service in services], view.theme.columns)


def _lead(view: View, words: str) -> list[Block]:
    return [heading(view.kit, words)]


def _front(view: View) -> Page:
    kit = view.kit
    events = _tiles(view, laid_out(view, LIFE_EVENTS)[:IN_FRONT])
    common = _tiles(view, laid_out(view, COMMON)[:IN_FRONT])
    body: list[Block] = []
    if events:
        body += [title(kit, view.say("choose.events")), *events]
    body += [title(kit, view.say("choose.common")), *common]
    notes = _closed_lines(view)
    # where there is little room, what can be touched comes first
    body = [*body, *notes] if view.theme.low or view.theme.elder else [*notes, *body]
    actions = [
        Button(kit, "browse:departments", view.say("choose.departments"), view.writes(place=("departments",))),
        Button(kit, "browse:audiences", view.say("choose.audiences"), view.writes(place=("audiences",))),
    ]
    if view.site.packages:
        press = view.writes(place=("packages",))
        actions.append(Button(kit, "browse:packages", view.say("choose.packages"), press))
    top: list[Block] = [Row(kit, [search_line(view, active=False), _progress(view)], _SEARCH_AND_PROGRESS)]
    if view.theme.low and view.theme.elder:  # the lower part has no room for all of them at once: they are turned to
        top, body, actions = [], [*top, *body, *actions], []
    return Page(
        "choose",
        lead=_lead(view, view.say("choose.heading")),
        top=top,
        body=body,
        actions=actions,
    )


def _progress(view: View) -> Button:
    """Return the way to one's cases."""
    press = view.does(view.visit.come_for, Purpose.PROGRESS)
    return Button(view.kit, "progress", view.say("choose.progress"), press, icon_name="clock")


def _closed_lines(view: View) -> list[Block]:
    """Say which networks are closed now, and that one can hand in all the same."""
    now: datetime = view.visit.ports.now()
    lines = view.site.whole.lines.values()
    used = {item.line for item in view.site.items.values()}
    closed = [line for line in lines if line.id in used and not is_open(line, now)]
    if not closed:
        return []
    names = view.say("choose.and").join(view.say(f"line.{line.id}") for line in closed)
    first = min(next_opening(line, now) for line in closed)
    text = view.say("choose.closed", names=names, time=first.strftime("%H:%M"))
    return [Note(view.kit, text, view.say("choose.night"), icon_name="clock")]


def _departments(view: View) -> Page:
    whole = view.site.whole
    tiles = [
        Tile(
            view.kit,
            f"department:{each}",
            whole.departments[each].title(view.visit.language),
            view.writes(place=("departments", each)),
            second=view.say("choose.count", count=len(items)),
            icon_name=DEPARTMENT_ICONS.get(each),
        )
        for each, items in view.site.departments.items()
    ]
    body = grid(view.kit, tiles, view.theme.columns)
    return Page("choose", lead=_lead(view, view.say("choose.departments_heading")), body=body)


def _department(view: View) -> Page:
    each = view.draft.place[-1]
    name = view.site.whole.departments[each].title(view.visit.language)
    return Page("choose", lead=_lead(view, name), body=_tiles(view, view.site.departments[each]))


def _audiences(view: View) -> Page:
    icons = {"person": "people", "enterprise": "shop"}
    tiles = [
        Tile(
            view.kit,
            f"audience:{each}",
            view.say(f"audience.{each}"),
            view.writes(place=("audiences", each)),
            second=view.say("choose.count", count=len(_of_audience(view, each))),
            icon_name=icon_name,
        )
        for each, icon_name in icons.items()
    ]
    return Page("choose", lead=_lead(view, view.say("choose.audiences_heading")), body=tiles)


def _of_audience(view: View, audience: str) -> list[Service]:
    return [service for service in view.site.services if service.audience == audience]


def _audience(view: View) -> Page:
    each = view.draft.place[-1]
    body = _tiles(view, _of_audience(view, each))
    return Page("choose", lead=_lead(view, view.say(f"audience.{each}")), body=body)


def _packages(view: View) -> Page:
    body = _tiles(view, list(view.site.packages.values()))
    return Page("choose", lead=_lead(view, view.say("choose.packages_heading")), body=body)


def _beside_search(view: View) -> Page:
    return people_page(view) if view.draft.place == PEOPLE else villages_page(view)


_PLACES: dict[tuple[tuple[str, ...], int], Callable[[View], Page]] = {
    ((), 0): _front,
    (("search",), 1): search_page,
    (("search",), 2): _beside_search,
    (("departments",), 1): _departments,
    (("departments",), 2): _department,
    (("audiences",), 1): _audiences,
    (("audiences",), 2): _audience,
    (("packages",), 1): _packages,
}
