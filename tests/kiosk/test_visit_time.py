"""How long a visit waits, and what is left of it when it is over: nothing."""

from dataclasses import fields

import pytest

from kiosk.visit import Visit
from kiosk.visit_core import Case
from kiosk.visit_states import EndReason, State, intent
from tests.kiosk.visit_world import MemoryPorts, Seen, World, card, page, setting

PERSONAL = [State.CHOOSE, State.GUIDE, State.CONSENT, State.IDENTIFY, State.FILL, State.SCAN, State.SIGN, State.REVIEW]
CANCELLABLE = [*PERSONAL, State.RECEIPT, State.RATE]


def nothing_is_left(visit: Visit) -> bool:
    fresh = Visit(MemoryPorts(), setting())
    return all(getattr(visit, each.name) == getattr(fresh, each.name) for each in fields(Case))


@pytest.mark.parametrize("state", CANCELLABLE)
def test_cancel_wipes_within_the_same_call_in_every_state(state: State) -> None:
    """Promise 2: the end of a visit leaves nothing, whenever it comes."""
    world = World().to(state)
    generation = world.visit.generation
    world.visit.cancel()
    assert world.at() is State.END
    assert nothing_is_left(world.visit)
    assert world.ports.asked[-1] == "wipe"
    assert ("abandon" in world.ports.asked[-2:]) is (state not in {State.RECEIPT, State.RATE})
    assert world.visit.generation == generation + 1


@pytest.mark.parametrize("state", PERSONAL)
def test_a_resident_who_walked_away_is_warned_and_then_wiped(state: State) -> None:
    """Promise 2 and 6: a countdown of 20 s after 60 s, then nothing is left."""
    world = World().to(state)
    world.pass_time(59)
    assert world.visit.remaining is None
    world.pass_time(2)
    assert world.visit.remaining == pytest.approx(19)
    world.pass_time(18.5)
    assert world.visit.remaining == pytest.approx(0.5)
    world.pass_time(1)
    assert (world.visit.state, world.visit.end_reason) == (State.END, EndReason.TIMED_OUT)
    assert nothing_is_left(world.visit)


def test_more_time_is_given_as_often_as_it_is_asked_for() -> None:
    """Promise 7: WCAG 2.2.1, at least ten times."""
    world = World().to(State.FILL)
    for _ in range(15):
        world.pass_time(75)
        assert world.visit.remaining is not None
        world.visit.more_time()
        assert world.visit.remaining is None
    assert world.at() is State.FILL


def test_the_elder_pace_waits_twice_as_long() -> None:
    """Promise 7: 120 s, and a countdown of 40 s."""
    world = World().to(State.GUIDE)
    world.visit.set_elder(on=True)
    world.pass_time(119)
    assert world.visit.remaining is None
    world.pass_time(2)
    assert world.visit.remaining == pytest.approx(39)


def test_any_touch_ends_the_countdown_even_one_that_does_nothing() -> None:
    """Promise 7: any touch shows that somebody is there."""
    world = World().to(State.GUIDE)
    world.pass_time(70)
    world.visit.submit()
    world.pass_time(59)
    assert world.at() is State.GUIDE
    world.pass_time(10)
    world.visit.touch()
    assert world.visit.remaining is None


def test_scanning_never_runs_out_while_paper_moves() -> None:
    """Promise 6 and 7: a slow hand with a paper is somebody; an empty tray is nobody."""
    world = World().to(State.SCAN)
    for _ in range(5):
        world.pass_time(50)
        world.visit.observed(Seen(quad=True, still=False))  # type: ignore[arg-type]  # as much as is looked at
    assert world.at() is State.SCAN
    for _ in range(4):
        world.pass_time(20.1)
        world.visit.observed(Seen(quad=False, still=False))  # type: ignore[arg-type]  # as above
    assert world.at() is State.END


def test_handing_in_never_runs_out_and_cannot_be_cancelled() -> None:
    """Promise 1: whether it is submitted is the disk's word, not the clock's or a touch's."""
    world = World().to(State.SUBMIT)
    world.pass_time(10_000)
    world.visit.cancel()
    world.visit.back()
    assert world.at() is State.SUBMIT
    assert "abandon" not in world.ports.asked[world.ports.asked.index("start_reading") :]


def test_after_the_commit_back_and_cancel_undo_nothing() -> None:
    """Promise 1: a receipt means it is safe."""
    world = World().to(State.RECEIPT)
    world.ports.asked.clear()
    world.visit.back()
    assert world.at() is State.RECEIPT
    world.visit.cancel()
    assert (world.visit.state, world.visit.end_reason) == (State.END, EndReason.DONE)
    assert "abandon" not in world.ports.asked


def test_the_last_page_makes_room_for_the_next_resident_in_chinese_and_at_the_usual_pace() -> None:
    """Promise 2: not even the language of a resident is left for the next one."""
    world = World()
    world.visit.start("en")
    world.visit.set_elder(on=True)
    world.visit.cancel()
    assert world.visit.language == "en"
    world.pass_time(16)
    assert (world.visit.state, world.visit.language, world.visit.elder) == (State.ATTRACT, "zh", False)
    world.pass_time(100_000)
    assert world.at() is State.ATTRACT


def test_an_event_of_an_earlier_visit_never_touches_a_later_one() -> None:
    """Promise 2: a card that was read when its owner had cancelled is not shown to the next resident."""
    world = World().to(State.IDENTIFY)
    earlier = world.visit.generation
    world.visit.cancel()
    world.to(State.IDENTIFY)
    world.visit.deliver(earlier, lambda: world.visit.identity_read(card()))
    assert world.visit.person is None
    assert world.visit.ignored["deliver"] == 1
    world.visit.deliver(world.visit.generation, lambda: world.visit.identity_read(card()))
    assert world.visit.person is not None


def test_events_that_nobody_waits_for_any_more_are_dropped() -> None:
    """Promise 2 and 6: the order in which things come is the world's, not the visit's."""
    world = World().to(State.FILL)
    world.visit.page_captured(page())
    world.visit.identity_read(card("li"))
    assert world.visit.person is not None
    assert world.visit.person.number == card().number
    assert world.visit.ignored == {"page_captured": 1, "identity_read": 1}


def test_whoever_looks_is_told_of_every_change() -> None:
    """Promise 6: what is shown is what is."""
    world = World()
    told: list[State] = []
    world.visit.subscribe(lambda: told.append(world.visit.state))
    world.to(State.FILL)
    assert told == [State.CHOOSE, State.GUIDE, State.CONSENT, State.IDENTIFY, State.IDENTIFY, State.FILL]
    told.clear()
    world.pass_time(61)
    world.pass_time(1)
    assert told == [State.FILL, State.FILL]


def test_nothing_personal_is_in_the_repr_of_a_visit_or_its_parts() -> None:
    """Promise 2: a log line or an exception that quotes a visit names nobody."""
    world = World().to(State.REVIEW)
    visit = world.visit
    shown = f"{visit!r} {visit.person!r} {visit.tasks!r} {visit.signature!r} {visit.trouble!r}"
    for planted in (card().name, card().number, "13800005678"):
        assert planted not in shown


def test_a_name_without_a_row_in_the_table_is_no_intent() -> None:
    """Promise 6: the table is the whole truth of what fits where."""

    def dance(_visit: Visit) -> None: ...

    with pytest.raises(KeyError):
        intent(dance)
