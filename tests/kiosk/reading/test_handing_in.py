"""A paper on its way into the outbox: with what was read of it, if that is there, and with the codes printed on it."""

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest

from kiosk.catalogue import Material
from kiosk.reading.results import Line, Reading
from kiosk.scan import pdf
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.page import PageImage
from kiosk.services_keeping import Keeper
from sync.contract import Attachment, PaperCode, ScanNote, sha256_hex
from sync.outbox import Outbox
from tests.kiosk.scan.test_codes import drawn
from tests.sync.conftest import SMALL_RESERVE, OfficeDoubleKeys, identity_of

PAPER = Material(
    id="MT-1", name="证明", name_en="proof", kind="proof", card="none", scan=True, e_licence=False, sensitive=False
)
PAGE = PageImage(
    encode_jpeg(
        np.asarray(cv2.copyMakeBorder(drawn("QR"), 400, 400, 200, 200, cv2.BORDER_CONSTANT, value=(250,) * 3), np.uint8)
    ),
    (105.0, 148.0),
    np.zeros((4, 4, 3), np.uint8),
    None,
    measured=True,
)
READING = Reading(
    (Line("常熟市支塘镇", ((20.0, 20.0), (320.0, 20.0), (320.0, 60.0), (20.0, 60.0)), 0.99),), (500, 900), 0
)


@dataclass
class Counter:
    """A keeper with a real outbox; `read` is what has been read by the time a paper is handed in."""

    keeper: Keeper
    posted: "queue.Queue[Callable[[], None]]"
    read: dict[int, Reading] = field(default_factory=dict)

    def hand_in(self, page: PageImage) -> Attachment:
        """Stage one page and return what it became."""
        staged: list[Attachment] = []
        self.keeper.stage(PAPER, (page,), staged.append, lambda error: pytest.fail(str(error)))
        self.posted.get(timeout=30)()
        return staged[0]


@pytest.fixture
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    posted: queue.Queue[Callable[[], None]] = queue.Queue()
    read: dict[int, Reading] = {}

    def readings(pages: tuple[PageImage, ...]) -> tuple[Reading, ...] | None:
        found = [read[id(page)] for page in pages if id(page) in read]
        return tuple(found) if len(found) == len(pages) else None

    keeper = Keeper(posted.put, lambda _: None, readings)
    identity = identity_of(OfficeDoubleKeys())
    keeper.take(Outbox(tmp_path_factory.mktemp("outbox"), identity.sealer, identity, reserve_bytes=SMALL_RESERVE))
    yield Counter(keeper, posted, read)
    keeper.close()


def test_a_paper_that_was_read_in_time_is_sealed_with_its_text(counter: Counter) -> None:
    """Promise 7: the clerk can search it. Promise 1: the digest is that of the very file."""
    counter.read[id(PAGE)] = READING
    assert counter.hand_in(PAGE).sha256 == sha256_hex(pdf.build([PAGE], [READING]))


def test_a_paper_that_was_not_read_yet_is_sealed_without_waiting(counter: Counter) -> None:
    """Promise 3: reading is never in the way."""
    assert counter.hand_in(PAGE).sha256 == sha256_hex(pdf.build([PAGE]))


def test_two_sides_of_a_card_are_one_sheet_and_what_is_said_of_them_is_said_of_it(counter: Counter) -> None:
    """Promise 4: no note or code points to a page that the document does not have."""
    card = replace(PAPER, sheets=("front", "back"))
    sides = tuple(replace(PAGE, mm_size=(85.6, 54.0), notes=("glare",)) for _ in range(2))
    staged: list[Attachment] = []
    counter.keeper.stage(card, sides, staged.append, lambda error: pytest.fail(str(error)))
    counter.posted.get(timeout=30)()
    [sheet] = staged
    assert sheet.pages == 1
    assert sheet.scan_notes == (ScanNote(page=1, code="glare"),)
    assert {code.page for code in sheet.codes} == {1}


def test_the_codes_on_a_paper_go_with_it(counter: Counter) -> None:
    """Promise 5: exactly as they are printed."""
    assert counter.hand_in(PAGE).codes == (PaperCode(page=1, symbology="QR", text="FP-20261124-000318"),)
