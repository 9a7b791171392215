"""What pages do by themselves, watched in the process that builds them: each check yields what is wrong."""

import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.screens.studio import Studio, blocks

if TYPE_CHECKING:
    from screens.stage import Stage

_SOON_SECONDS = 1.0
_CARD_LINES = 6  # what only the card can say: name, number, birth, end


def wipe_faults(studio: Studio) -> Iterator[str]:
    """Yield what the screen's side still knows when a visit has ended (promise 2)."""
    from kiosk import memory
    from screens.view import Draft
    from tests.screens.scenes import at_sign

    stage = studio.stage(studio.theme(elder=True), "zh")
    visit = at_sign(stage.view)
    stage.build()
    shown = [weakref.ref(block) for block in blocks(stage)]
    stage.view.write(strokes=[[(1.0, 2.0)]], number="32059919850712001", query="ylbx")
    visit.cancel()
    if any(getattr(stage.view.draft, name) != getattr(Draft(), name) for name in Draft.__slots__):
        yield "the draft outlives the visit"
    if any(cache.cache_info().currsize for cache in (studio.types._width, studio.types._wrap, studio.types._texture)):
        yield "lines of type outlive the visit"
    stage.build()
    memory.sweep()
    if left := [type(block).__name__ for ref in shown if (block := ref()) is not None]:
        yield f"blocks of the last page outlive the visit: {', '.join(left)}"


def _scanning(studio: Studio, *, elder: bool = False) -> "Stage":
    from tests.screens.scenes import at_scan
    from tests.screens.tray import tray

    stage = studio.stage(studio.theme(elder=elder), "zh")
    visit = at_scan(stage.view)
    visit.observed(tray(ok=True))
    stage.build()
    return stage


def flight_faults(studio: Studio) -> Iterator[str]:
    """Yield how a page taken does not fly to its picture, or stands in a finger's way while it does."""
    from screens.widgets.thumbs import FLIGHT_SECONDS, Flight
    from tests.screens.scenes import one_page

    for elder in (False, True):
        stage = _scanning(studio, elder=elder)
        one_page(stage.view.visit)
        stage.build()
        flights = [child for child in stage.children if isinstance(child, Flight)]
        if len(flights) != (0 if elder else 1):
            yield f"{len(flights)} flights of one page, elder {elder}"
        if "page:0" not in dict(stage.targets()):
            yield "a page just taken cannot be touched"
        for flight in flights:
            if flight.step(FLIGHT_SECONDS / 2) is not True or flight.parent is None:
                yield "the flight ends before it is there"
            if flight.step(FLIGHT_SECONDS) is not False or flight.parent is not None:
                yield "the flight does not end"
        stage.build()
        if any(isinstance(child, Flight) for child in stage.children):
            yield "the same page flies twice"


def hint_faults(studio: Studio) -> Iterator[str]:
    """Yield where an empty tray is not told of after a while, or is told of too soon or too long (promise 6)."""
    from tests.screens.scenes import one_page
    from tests.screens.tray import empty

    stage = _scanning(studio)
    view, visit = stage.view, stage.view.visit
    now = time.monotonic()
    for seconds, note in ((0.0, None), (5.9, None), (6.1, "screens.scan.bare")):
        view.monotonic = partial(float, now + seconds)
        visit.observed(empty())
        stage.build()
        if stage.page is None or stage.page.note != note:
            yield f"after {seconds} s without a page the note is not {note}"
    one_page(visit)
    stage.build()
    if stage.page is None or stage.page.note is not None:
        yield "the hint outlives its reason"


def leaf_faults(studio: Studio) -> Iterator[str]:
    """Yield where the scan goes wrong while the leaf without the picture is looked at (promise 7)."""
    from tests.screens.scenes import at_scan, one_page
    from tests.screens.tray import tray

    stage = studio.stage(studio.theme(elder=True, low=True), "en")
    visit = at_scan(stage.view)
    for _ in range(8):
        one_page(visit)
    visit.observed(tray(ok=True))
    stage.build()
    leaf = 0
    while "page:7" not in (targets := dict(stage.targets())):
        if "later" not in targets:
            yield "the pages taken cannot be reached"
            return
        leaf += 1
        stage.view.turn(leaf)
        stage.build()
        visit.observed(tray(ok=True))


def stale_faults(studio: Studio) -> Iterator[str]:
    """Yield where a press acts on another page than the one it stood on (promise 4)."""
    from kiosk.visit_states import State
    from screens.blocks import Touchable
    from tests.screens.scenes import at_identify
    from tests.screens.world import card

    def shown(stage: "Stage", target: str) -> Touchable:
        return next(each for each in blocks(stage) if isinstance(each, Touchable) and each.target == target)

    stage = studio.stage(studio.theme(), "zh")
    visit = at_identify(stage.view)
    stage.build()
    back = shown(stage, "foot:back")
    visit.identity_read(card("wang"))
    stage.build()
    confirm = shown(stage, "confirm")
    visit.identity_read(card("li"))
    for late in (back, confirm):
        if late.press is None:
            yield f"{late.target} cannot be pressed"
            continue
        late.press()
        if visit.state is not State.IDENTIFY or visit.confirmed:
            yield f"{late.target} of an earlier page acts on this one"


def unread_faults(studio: Studio) -> Iterator[str]:
    """Yield where one can agree to what one has not been shown, or cannot agree at all (promise 7)."""
    from tests.screens.scenes import at_guide

    stage = studio.stage(studio.theme(elder=True, low=True), "en")
    at_guide(stage.view).begin()
    stage.build()
    leaves = 1
    while "later" in (offered := dict(stage.targets())):
        if "agree" in offered:
            yield f"one can agree on leaf {leaves} of more"
        stage.view.turn(leaves)
        stage.build()
        leaves += 1
    if leaves == 1 or "agree" not in offered:
        yield f"one cannot agree on the last of {leaves} leaves"


def soon_faults(studio: Studio) -> Iterator[str]:
    """Yield if the page that a card brings still has most of its type to set: a resident would wait for it."""
    from kivy.clock import Clock

    from tests.screens.scenes import at_identify
    from tests.screens.world import card

    stage = studio.stage(studio.theme(), "zh")
    visit = at_identify(stage.view)
    Clock.tick()  # what earlier stages still wanted to build
    studio.types.forget()
    stage.build()
    ready = time.monotonic() + _SOON_SECONDS
    while time.monotonic() < ready:
        Clock.tick()
    before = studio.types.set_lines
    visit.identity_read(card("wang"))
    stage.build()
    if studio.types.set_lines - before > _CARD_LINES:
        yield f"{studio.types.set_lines - before} lines are set only once the card was read"


def paper_faults(studio: Studio) -> Iterator[str]:
    """Yield where a question about a paper, or what was read on one, is not settled by its buttons (promises 3, 4)."""
    from kiosk.papers.kinds import PaperKind
    from screens.resident.fill import groups
    from tests.screens.scenes import BANKED, BIRTH, READ, at_review, at_scan, have_read, one_page
    from tests.screens.tray import taken

    for target, pages in (("keep_paper", 1), ("other_paper", 0)):
        stage = studio.stage(studio.theme(), "zh")
        visit = at_scan(stage.view, BIRTH)
        one_page(visit)
        before = stage.key()
        visit.paper_type_seen(taken(), PaperKind.BANK_CARD, expected=False)
        if stage.key() == before:
            yield "the question waits for something else to change before it is shown"
        _press(stage, target)
        if visit.first_doubt() is None:
            yield f"{target} is taken from a finger that had not read the question"
        _reach_glass(stage)
        stage.view.monotonic = partial(float, time.monotonic() + 60)
        visit.paper_type_seen(taken(), PaperKind.BANK_CARD, expected=False)  # a second look sees the same
        _press(stage, target)
        if visit.first_doubt() is not None or len(visit.tasks[0].pages) != pages:
            yield f"{target} does not settle the question"
    for target, used in (("use", True), ("own", False)):
        stage = studio.stage(studio.theme(), "zh")
        visit = at_review(stage.view, BANKED)
        index, group = have_read(visit)
        form, field = visit.forms[index], groups(visit.forms[index])[group][0]
        _press(stage, f"read:{field.id}")
        _press(stage, target)
        if (visit.answers[form.id][field.id] == READ.reveal()) is not used or visit.suggestion(form, field) is not None:
            yield f"{target} does not settle what was read"


def twice_faults(studio: Studio) -> Iterator[str]:
    """Yield where a second touch finishes or leaves a paper whose page nobody has seen (promises 4 and 7)."""
    from tests.screens.scenes import BIRTH, at_scan, one_page
    from tests.screens.tray import tray

    for elder, low in ((False, False), (True, False), (True, True)):
        stage = studio.stage(studio.theme(elder=elder, low=low), "zh")
        stage.view.monotonic = partial(float, 100)
        visit = at_scan(stage.view, BIRTH)
        visit.observed(tray(ok=True))
        stage.build()
        place = dict(stage.targets())["capture"]
        _press(stage, "capture")
        one_page(visit)
        visit.observed(replace(tray(ok=True), taken=True))
        _press_at(stage, place)
        if _paper(stage):
            yield f"a second touch of the camera's button finishes the paper, elder {elder}, low {low}"
            return
        _reach_glass(stage)
        stage.view.monotonic = partial(float, 101)
        _press(stage, "page:0")
        stage.build()
        place = dict(stage.targets())["close_page"]
        _press(stage, "close_page")
        _press_at(stage, place)
        if _paper(stage):
            yield f"a second touch that closes a page finishes the paper, elder {elder}, low {low}"
            return
        stage.view.monotonic = partial(float, 102)
        _press(stage, "next")
        if _paper(stage):
            yield f"the paper is finished by whoever has not seen the page, elder {elder}, low {low}"
        _reach_glass(stage)
        stage.view.monotonic = partial(float, 103)
        _press(stage, "next")
        if not _paper(stage):
            yield f"the paper cannot be finished, elder {elder}, low {low}"


def later_faults(studio: Studio) -> Iterator[str]:
    """Yield where "bring it later" leaves a paper that nobody has seen asked for (promises 4 and 7)."""
    from tests.screens.scenes import BIRTH, at_scan

    stage = studio.stage(studio.theme(), "zh")
    stage.view.monotonic = partial(float, 100)
    at_scan(stage.view, BIRTH)
    stage.build()
    for paper in range(2):
        stage.view.monotonic = partial(float, 105 + 10 * paper)  # built long ago, and on no frame yet
        _press(stage, "later_at_window")
        if _paper(stage) != paper:
            yield f"paper {paper} is left by a finger that had not seen its page"
        _reach_glass(stage)
        _press(stage, "later_at_window")
        if _paper(stage) != paper:
            yield f"paper {paper} is left by a finger that had not read its page"
        stage.view.monotonic = partial(float, 106 + 10 * paper)
        _press(stage, "later_at_window")
        if _paper(stage) != paper + 1:
            yield f"paper {paper} cannot be left"


def _reach_glass(stage: "Stage") -> None:
    """Have a frame show what is built."""
    from kivy.clock import Clock

    stage.flipped()
    Clock.tick()


def _paper(stage: "Stage") -> int:
    """Return which paper is scanned now."""
    return stage.view.visit.task_index


def _press_at(stage: "Stage", place: tuple[int, int, int, int]) -> None:
    """Press what is now where something else was, if that is "that is all"; the page is built for it."""
    stage.view.turn(0)
    stage.build()
    x, y = place[0] + place[2] / 2, place[1] + place[3] / 2
    for target, (left, top, wide, high) in stage.targets():
        if target == "next" and left <= x < left + wide and top <= y < top + high:
            _press(stage, target)


def _press(stage: "Stage", target: str) -> None:
    """Press what is on one of the leaves; if it is on none, nothing happens and the check tells."""
    from screens.blocks import Touchable

    for leaf in range(4):
        stage.view.turn(leaf)
        stage.build()
        for each in blocks(stage):
            if isinstance(each, Touchable) and each.target == target and each.press is not None:
                each.press()
                return


CONDUCT: tuple[Callable[[Studio], Iterator[str]], ...] = (
    wipe_faults,
    flight_faults,
    hint_faults,
    leaf_faults,
    stale_faults,
    unread_faults,
    soon_faults,
    paper_faults,
    twice_faults,
    later_faults,
)
