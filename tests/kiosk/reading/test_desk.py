"""Pages of a visit read beside it: there in time or not, the paper is handed in; afterwards nothing is left."""

import dataclasses
import logging
import queue
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.errors import DeviceError, ErrorAction, Reason
from kiosk import services_reading
from kiosk.config_models import ReadingSection
from kiosk.reading.reader import Reader, models_folder
from kiosk.reading.results import Reading
from kiosk.scan import pdf
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.handling import turned, upright
from kiosk.scan.page import PageImage
from kiosk.services_reading import ReadingDesk, new_reading_desk
from tests.drivers.helpers import eventually
from tests.kiosk.reading.sheets import FORTY, LETTER, sheet
from tests.kiosk.scan.test_pdf import poppler

SECONDS = 120.0


def taken(lines: tuple[str, ...] = FORTY) -> PageImage:
    image = sheet(lines, dpi=150, mm=(150, 40))
    return PageImage(encode_jpeg(image), (150.0, 40.0), np.zeros((4, 4, 3), np.uint8), None, measured=True)


@pytest.fixture
def desk() -> Iterator[ReadingDesk]:
    desk = new_reading_desk(ReadingSection(enabled=True))
    yield desk
    desk.close()


def test_what_was_read_goes_into_the_paper_and_is_gone_with_the_visit(desk: ReadingDesk) -> None:
    """Promise 3: handed in before it was read, it has no text; after, it has. Promise 2: nothing outlives the visit."""
    done: queue.Queue[Reading] = queue.Queue()
    page = taken()
    desk.warm_up()
    desk.submit(page, done.put)
    assert poppler(pdf.build([page], desk.readings([page]))) == []
    assert [line.text for line in done.get(timeout=SECONDS).lines] == list(FORTY)
    assert poppler(pdf.build([page], desk.readings([page]))) == list(FORTY)

    on_its_side = turned(page)
    readings = desk.readings([on_its_side])
    assert readings is not None
    assert readings[0].turns == 3  # once more by three, and it is upright again
    assert sorted(poppler(pdf.build([upright(on_its_side)], readings))) == sorted(FORTY)
    assert desk.readings([page, taken()]) is None  # not all of it was read

    reader = desk._reader
    assert reader is not None
    desk.wipe()
    assert desk.readings([page]) is None
    assert desk._read == []
    assert reader.pid is None


def test_a_page_of_a_visit_that_is_over_is_not_read(desk: ReadingDesk) -> None:
    """Promise 2: what waited for its turn is let go of."""
    done: queue.Queue[Reading] = queue.Queue()
    began = time.monotonic()
    for _ in range(3):
        desk.submit(taken(), done.put)
    desk.wipe()
    assert time.monotonic() - began < 2.0
    eventually(lambda: all(future.done() for future in desk._waiting), SECONDS)
    assert done.empty()
    assert desk._read == []


def test_staff_is_told_once_when_pages_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 8: by a sentence that names the missing file. Promise 3: after two tries it rests, and nobody waits."""
    told: list[DeviceError | None] = []
    desk = ReadingDesk(Reader(models=tmp_path), told.append)
    done: queue.Queue[Reading] = queue.Queue()
    with caplog.at_level(logging.INFO):
        for _ in range(4):
            desk.submit(taken(), done.put)
        eventually(lambda: all(future.done() for future in desk._waiting), SECONDS)
    desk.close()
    assert [record.getMessage() for record in caplog.records] == [
        "pages are not read, and handed in without text: NOT_STARTED: the model PP-OCRv6_det_small.onnx is missing"
    ]
    assert desk._failures == 2
    assert done.empty()
    assert [(error.reason, error.action) for error in told if error is not None] == [
        (Reason.READING_LOST, ErrorAction.RESET),
        (Reason.READING_LOST, ErrorAction.MAINTENANCE),
    ]


def test_staff_is_told_no_longer_of_reading_that_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 4: one page that is read ends what was told; a rest that is over is followed by a try."""
    told: list[DeviceError | None] = []
    done: queue.Queue[Reading] = queue.Queue()
    monkeypatch.setattr(services_reading, "_REST_SECONDS", 0.0)
    reader = Reader(models=tmp_path)
    desk = ReadingDesk(reader, told.append)
    desk.submit(taken(), done.put)
    desk.submit(taken(), done.put)
    eventually(lambda: len(told) == 2, SECONDS)
    for model in models_folder().glob("*.onnx"):
        (tmp_path / model.name).symlink_to(model)
    with caplog.at_level(logging.INFO):
        desk.submit(taken(), done.put)
        assert done.get(timeout=SECONDS).lines
        eventually(lambda: told[2:] == [None], SECONDS)
    desk.close()
    assert caplog.records[-1].getMessage() == "pages are read again"


def test_a_site_without_reading_reads_nothing() -> None:
    """Promise 4: off is off; no process, no text, and the paper all the same."""
    desk = new_reading_desk(ReadingSection())
    page = taken(LETTER)
    desk.warm_up()
    desk.submit(page, lambda _: pytest.fail("it was read"))
    assert desk.readings([page]) is None
    assert desk._waiting == []
    desk.wipe()
    desk.close()


def test_a_page_turned_four_times_is_read_as_it_was() -> None:
    """Promise 4: a reading turns with its page, and comes back exactly."""
    reading = Reading((), (1200, 900), 1)
    assert reading.turned(4) == reading
    assert dataclasses.replace(reading.turned(1), lines=()) == Reading((), (900, 1200), 0)
