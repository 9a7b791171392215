"""The looking at pages beside the visit: what comes of it, and what never does."""

import logging
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import cv2
import numpy as np
import pytest

from kiosk.papers.kinds import PaperKind
from kiosk.reading.results import Reading
from kiosk.scan.page import PageImage
from kiosk.services_papers import PaperDesk
from kiosk.visit_states import State
from tests.kiosk.papers.lookalikes import lookalike
from tests.kiosk.papers.readings import rows
from tests.kiosk.visit_world import World
from tests.kiosk.visit_world import page as no_picture

SECONDS = 20.0
CARD = "9901000000000000000"


class Room:
    """A desk and a visit on one thread; `wait` lets the next thing happen that the desk posts."""

    def __init__(self) -> None:
        self.world = World().to(State.SCAN)
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.desk = PaperDesk(self.posted.put, lambda: self.world.visit)

    def wait(self) -> None:
        self.posted.get(timeout=SECONDS)()

    def take(self, name: str, reading: Reading | None = None) -> PageImage:
        drawn = lookalike(name, 1)
        jpeg = cv2.imencode(".jpg", drawn.image)[1].tobytes()
        page = PageImage(jpeg, drawn.size_mm, np.zeros((2, 2, 3), np.uint8), None, measured=True)
        self.world.visit.page_captured(page)
        self.desk.examine("hukou_book", page, reading)
        return page


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.desk.close()


def test_a_card_in_the_place_of_a_register_is_asked_about(room: Room) -> None:
    """Promise 6: noticed by its size, with nothing read."""
    room.take("bank_card")
    room.wait()
    found = room.world.visit.first_doubt()
    assert found is not None
    assert found[1].kind is PaperKind.UNKNOWN


def test_a_register_page_is_not_asked_about(room: Room) -> None:
    """Promise 6: the right paper goes on without a word."""
    room.take("register_page")
    room.wait()
    assert room.world.visit.first_doubt() is None
    assert room.world.visit.suggestions == []


def test_a_page_that_was_read_is_named_and_says_its_number(room: Room) -> None:
    """Promise 6: with its words it is a bank card, and its number is offered beside its picture."""
    page = room.take("bank_card", rows(("示例银行", CARD, "银联")))
    room.wait()
    found = room.world.visit.first_doubt()
    assert found is not None
    assert found[1].kind is PaperKind.BANK_CARD
    (offered,) = room.world.visit.suggestions
    assert (offered.page, offered.format, offered.value.reveal()) == (page, "bank-card", CARD)
    assert offered.picture.ndim == 3
    assert offered.picture.shape[1] > offered.picture.shape[0]


def test_what_comes_after_the_visit_is_nobodys(room: Room) -> None:
    """Promise 2: the next resident is asked nothing about the last one's paper."""
    room.take("bank_card")
    room.world.visit.cancel()
    room.world.visit.finish()
    room.world.to(State.SCAN)
    room.wait()
    assert room.world.visit.first_doubt() is None


def test_pages_that_wait_are_forgotten_at_the_wipe(room: Room) -> None:
    """Promise 2: nobody looks at a page after its visit."""
    for _ in range(8):
        room.take("id_front")
    room.desk.wipe()
    room.desk.close()
    assert room.posted.qsize() < 8


def test_a_page_that_is_no_picture_is_a_defect_without_its_content(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 2 and 3: the log names the error alone, and the visit goes on."""
    page = no_picture("王小明")
    room.world.visit.page_captured(page)
    with caplog.at_level(logging.ERROR):
        room.desk.examine("hukou_book", page)
        room.desk.close()
    assert [record.getMessage() for record in caplog.records] == ["a page could not be looked at: ValueError"]
    assert room.world.visit.first_doubt() is None
