"""What a service asks and gives at this hour: its papers and how each is got, fee, minutes, and what happens when.

One decision: nothing is promised that is not known. Working days leave out weekends, the sentence says that holidays
come on top; a paper that a kiosk cannot take over from another office is asked for, not called known.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from math import ceil
from typing import Literal

from kiosk.catalogue import Catalogue, Item, Line, Material, Package, Service
from kiosk.dates import CHINA, is_working_day, spoken_day, working_days_after
from kiosk.hours import is_open, next_opening
from kiosk.submission import gives_by_card
from kiosk.words import Language, Words

Way = Literal["card", "fill", "scan", "e_licence", "later"]
_MOST_NAMES = 2  # of lines; more are counted
# Minutes a visit takes: reading, signing and checking, then so much a paper. Estimates, to be measured at real kiosks.
_MINUTES_ALWAYS, _MINUTES_SCAN, _MINUTES_FILL = 2.0, 0.75, 0.5


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper and how it is got: `later` means at a window."""

    material: Material
    way: Way


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, and when, in the resident's language."""

    when: str
    what: str


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything a resident should know before beginning.

    Attributes:
        papers: each once; `saved`: how many more it would be if each part of a package asked for its own.
        fee: yuan for all parts; `fee_note`: what it depends on (Chinese, as the catalogue has it), if on anything.
        minutes: about how long it takes here.
        steps: now, the lines, the promise; or the window, where nothing of it can be handed in here.
        elsewhere: the parts that cannot be handed in here.
    """

    papers: tuple[Paper, ...]
    saved: int
    fee: float
    fee_note: str | None
    minutes: int
    steps: tuple[Step, ...]
    elsewhere: tuple[Item, ...]


def guide(service: Service, catalogue: Catalogue, now: datetime, language: Language) -> Guide:
    """Return the guide of `service` at `now`.

    Raises:
        ValueError: `now` has no time zone.
    """
    declared = {paper.id for paper in catalogue.declared_papers(service)}
    papers = tuple(Paper(paper, _way(paper, declared)) for paper in catalogue.service_papers(service))
    ways = [paper.way for paper in papers]
    items = catalogue.service_items(service)
    minutes = _MINUTES_ALWAYS + _MINUTES_SCAN * ways.count("scan") + _MINUTES_FILL * ways.count("fill")
    steps = (
        _steps(service, catalogue, now, _words(language)) if declared else _window(service, catalogue, _words(language))
    )
    return Guide(
        papers=papers,
        saved=service.duplicates_removed if isinstance(service, Package) else 0,
        fee=sum(item.fee for item in items),
        fee_note=next((item.fee_note for item in items if item.fee_note), None),
        minutes=ceil(minutes),
        steps=steps,
        elsewhere=tuple(item for item in items if not item.declarable),
    )


def added_steps(now: datetime, words: Words) -> tuple[Step, ...]:
    """Return what happens to papers that are added to a case."""
    return (
        Step(f"{now.astimezone(CHINA):%H:%M}", words.say("guide.now_added")),
        Step(words.say("guide.right_after"), words.say("guide.sent_added")),
    )


@cache
def _words(language: Language) -> Words:
    return Words(language)


def _way(paper: Material, declared: set[str]) -> Way:
    ways: dict[Way, bool] = {
        "later": paper.id not in declared,
        "card": gives_by_card(paper, by_card=True),
        "fill": paper.fill,
        "scan": paper.scan,
        "e_licence": paper.e_licence,
    }
    return next((way for way, holds in ways.items() if holds), "later")


def _steps(service: Service, catalogue: Catalogue, now: datetime, words: Words) -> tuple[Step, ...]:
    local = now.astimezone(CHINA)
    items = catalogue.declared_items(service)
    lines = tuple(catalogue.lines[i] for i in dict.fromkeys(item.line for item in items))
    delivered = max(next_opening(line, now) for line in lines)
    return (
        Step(f"{local:%H:%M}", words.say("guide.now")),
        _sending(lines, delivered, now, words),
        _promise(service, _accepted_on(delivered, catalogue), words),
    )


def _sending(lines: tuple[Line, ...], delivered: datetime, now: datetime, words: Words) -> Step:
    closed = tuple(line for line in lines if not is_open(line, now))
    names = _names(closed or lines, words)
    if not closed:
        return Step(words.say("guide.right_after"), words.say("guide.sent_now", lines=names))
    key = "guide.today_at" if delivered.date() == now.astimezone(CHINA).date() else "guide.tomorrow_at"
    return Step(words.say(key, clock=f"{delivered:%H:%M}"), words.say("guide.sent_then", lines=names))


def _names(lines: tuple[Line, ...], words: Words) -> str:
    if len(lines) > _MOST_NAMES:
        return words.say("guide.many_lines", count=len(lines))
    return words.say("guide.and").join(line.title(words.language) for line in lines)


def _accepted_on(delivered: datetime, catalogue: Catalogue) -> date:
    """Return the working day on which the office takes up what is delivered then; after closing it is the next one."""
    hours = next((site.hours["normal"] for site in catalogue.sites.values() if "normal" in site.hours), None)
    closing = time.fromisoformat(hours.closes) if hours else time.max
    day = delivered.date()
    return day if is_working_day(day) and delivered.time() < closing else working_days_after(day, 1)


def _promise(service: Service, accepted: date, words: Words) -> Step:
    result = words.say(f"guide.result.{_result(service)}")
    promised = service.promised_days
    if promised == 0:
        return Step(spoken_day(accepted, words.language), words.say("guide.same_day_done", result=result))
    half = promised < 1
    when = words.say("guide.half_day") if half else words.say("guide.days", days=f"{promised:g}")
    day = spoken_day(working_days_after(accepted, 0 if half else ceil(promised)), words.language)
    return Step(when, words.say("guide.days_done", day=day, result=result))


def _result(service: Service) -> str:
    """Return the kind of result; a package's parts differ, and each is told by a text message."""
    return service.result if isinstance(service, Item) else "record"


def _window(service: Service, catalogue: Catalogue, words: Words) -> tuple[Step, ...]:
    centre = next(site for site in catalogue.sites.values() if site.type == "centre")
    hours = centre.hours["normal"]
    when = words.say("guide.window_when", days=words.say("guide.window_days"), opens=hours.opens, closes=hours.closes)
    steps = [Step(when, words.say("guide.window_what", place=centre.title(words.language)))]
    if service.promised_days >= 1:
        days = words.say("guide.days", days=f"{service.promised_days:g}")
        steps.append(Step(days, words.say("guide.window_done")))
    return tuple(steps)
