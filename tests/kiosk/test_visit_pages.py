"""The pages of a paper in the resident's hands: turned, taken again, put in order, cut by hand."""

from dataclasses import replace

import numpy as np

from kiosk.scan.handling import Source
from kiosk.scan.judge import Fault, Verdict
from kiosk.scan.session import Observation
from kiosk.visit_core import TaskStatus
from kiosk.visit_states import EndReason, State
from tests.kiosk.visit_world import World, page

BLACK = np.zeros((60, 80, 3), np.uint8)
CORNERS = np.array([[10, 10], [60, 10], [60, 50], [10, 50]], np.float64)
SEEN = Source(BLACK, BLACK, CORNERS, 0.2)


def scanning(*texts: str) -> World:
    """Return a visit with pages of these texts; the last of them still has its frame."""
    world = World().to(State.SCAN)
    for text in texts:
        world.visit.page_captured(replace(page(text), source=SEEN))
    return world


def texts(world: World) -> list[str]:
    """Return the pages by their texts, in order."""
    return [each.jpeg.decode() for each in world.visit.tasks[0].pages]


def observed(world: World) -> None:
    """Have something lie there."""
    verdict = Verdict(ok=False, fault=Fault.BLURRED)
    world.visit.observed(
        Observation(CORNERS, verdict, still=True, ready=False, preview=BLACK, taken=False, source=SEEN)
    )


def test_a_page_is_turned_a_quarter_at_a_touch() -> None:
    """Promise 7: what lies sideways is put right without laying it anew; four turns are none."""
    world = scanning("one")
    sizes = []
    for _ in range(4):
        world.visit.turn_page(0)
        sizes.append(world.visit.tasks[0].pages[0].mm_size)
    assert sizes == [(297.0, 210.0), (210.0, 297.0)] * 2
    assert world.visit.tasks[0].pages[0].turns == 0


def test_pages_are_put_in_order() -> None:
    """Promise 7: who began with the wrong page need not begin again."""
    world = scanning("two", "one", "three")
    world.visit.move_page(1, 0)
    assert texts(world) == ["one", "two", "three"]
    world.visit.move_page(2, 3)
    world.visit.move_page(-1, 0)
    assert texts(world) == ["one", "two", "three"]


def test_a_page_taken_again_gets_its_old_place() -> None:
    """Promise 4: the order of the pages stays what it was."""
    world = scanning("one", "blurred", "three")
    world.visit.retake_page(1)
    assert texts(world) == ["one", "three"]
    world.visit.page_captured(page("sharp"))
    world.visit.page_captured(page("four"))
    assert texts(world) == ["one", "sharp", "three", "four"]


def test_a_finished_paper_is_open_again_once_a_page_of_it_is_turned() -> None:
    """Promise 1: what is sealed is what the resident left in it; the earlier file goes."""
    world = World().to(State.SCAN, service="ZT-RS-005")
    world.visit.page_captured(page("one"))
    world.visit.finish_material()
    world.seal()
    sealed = world.visit.tasks[0].attachment
    world.visit.back()
    world.visit.turn_page(0)
    assert world.ports.dropped == [sealed]
    assert world.visit.tasks[0].status is TaskStatus.TODO


def test_what_is_shown_of_a_page_is_overwritten_when_the_visit_ends() -> None:
    """Promise 2: the very memory of it, be the page turned by hand, kept, or a repeat nobody answered for."""
    world = World().to(State.SCAN)
    memory = [np.full((8, 6, 3), 200, np.uint8) for _ in range(3)]
    for number, picture in enumerate(memory[:2]):
        world.visit.page_captured(replace(page(str(number)), preview=picture))
    world.visit.turn_page(0)
    world.visit.repeated = replace(page("again"), preview=memory[2])
    assert all(picture.all() for picture in memory)
    world.visit.end(EndReason.CANCELLED)
    assert not any(picture.any() for picture in memory)


def test_corners_shown_by_hand_replace_the_page_the_machine_cut() -> None:
    """Promise 4: nothing is taken meanwhile; the page cut by hand takes its place, and the tray is watched again."""
    world = scanning("one", "wrong")
    world.visit.adjust(1)
    assert world.ports.asked[-1] == "hold_scanning"
    world.visit.crop(CORNERS + 1)
    world.visit.crop(CORNERS + 2)
    assert world.ports.asked[-2:] == ["hold_scanning", "crop"]
    world.visit.page_cropped(page("right"))
    assert texts(world) == ["one", "right"]
    assert world.ports.asked[-1] == "release_scanning False"
    assert world.visit.adjusting is None


def test_what_the_machine_does_not_take_is_taken_by_hand() -> None:
    """Promise 3: where no page is found, or a wrong one, the resident shows it; it then counts as taken."""
    world = scanning("one")
    observed(world)
    world.visit.adjust()
    world.visit.crop(CORNERS + 1)
    world.visit.page_cropped(page("two"))
    assert texts(world) == ["one", "two"]
    assert world.ports.asked[-1] == "release_scanning True"


def test_corners_can_be_left_as_they_are() -> None:
    """Promise 6: the tray is watched again; a page that comes too late is not put in."""
    world = scanning("one")
    world.visit.adjust(0)
    world.visit.leave_adjusting()
    assert world.ports.asked[-1] == "release_scanning False"
    world.visit.page_cropped(page("late"))
    assert texts(world) == ["one"]


def test_only_the_last_page_keeps_its_frame_and_none_once_the_paper_is_finished() -> None:
    """Promise 2: a frame is large and shows more than the page; it is kept only while corners may be shown."""
    world = scanning("one", "two", "three")
    assert [each.source is not None for each in world.visit.tasks[0].pages] == [False, False, True]
    world.visit.adjust(0)
    assert world.visit.adjusting is None
    world.visit.finish_material()
    assert all(each.source is None for each in world.visit.tasks[0].pages)


def test_the_end_of_a_visit_lets_go_of_the_frame_whose_corners_were_shown() -> None:
    """Promise 2: nothing of the tray outlives the visit."""
    world = scanning("one")
    world.visit.adjust(0)
    world.visit.cancel()
    assert world.visit.adjusting is None
    assert world.visit.tasks == []
