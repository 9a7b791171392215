"""The decoder of photos that an operator installs: it may be anything, and the reader reads all the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.errors import ErrorAction, Reason
from drivers.model import CheckHealth, DeviceStatus, StatusReport
from drivers.recorder import FlightRecorder
from drivers.sam import ReadIdentity, SamOptions, SamReader
from drivers.sim.sam import SamSimulator
from drivers.sim.specimens import SPECIMENS
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

GOOD = """
seen = []

def decode(photo):
    print("a library that talks of", photo)
    seen.append(photo)
    return b"BM" + bytes([len(photo) // 256, len(seen)]) + photo[:2]
"""
CRASHES = "import os\ndef decode(photo):\n    os.abort()\n"
HANGS = "import time\ndef decode(photo):\n    time.sleep(60)\n"
RAISES = "def decode(photo):\n    raise ValueError(photo.hex())\n"
NO_IMAGE = "def decode(photo):\n    return photo\n"
NOT_BYTES = "def decode(photo):\n    return None\n"


class Desk:
    """A reader with a card on it, and the driver with a decoder."""

    def __init__(self, folder: Path, decoder: str) -> None:
        self.simulator = SamSimulator(folder / "id-card")
        self.driver = SamReader(self.simulator.url, SamOptions(photo_decoder=decoder), FlightRecorder())

    def start(self, standing: ExitStack) -> None:
        self.simulator.start()
        standing.callback(self.simulator.stop)
        standing.callback(self.driver.close)
        self.driver.open(Deadline.after(5))

    def poll(self) -> StatusReport:
        return self.driver.poll(Deadline.after(5))

    def picture(self, card: str = "wang") -> bytes | None:
        self.simulator.do("lift_card")
        self.simulator.do("put_card", card=card)
        document = self.driver.execute(ReadIdentity(), Deadline.after(5), lambda: False).reveal()
        assert document.photo == SPECIMENS[card].photo()
        return document.picture


@pytest.fixture(scope="module", autouse=True)
def tracker() -> None:
    """Start what Python starts with the first child and keeps, before anybody counts open files."""
    resource_tracker.ensure_running()


@pytest.fixture
def standing(nothing_left: None) -> Iterator[ExitStack]:  # noqa: ARG001 - it shall watch the processes' pipes
    with ExitStack() as stack:
        yield stack


def desk(standing: ExitStack, folder: Path, source: str | None, name: str = "decode") -> Desk:
    """Return an opened reader whose decoder is `source`, a file; None: it has none."""
    file = folder / "decoder.py"
    if source is not None:
        file.write_text(source, "utf-8")
    made = Desk(folder, "" if source is None else f"{file}:{name}")
    made.start(standing)
    return made


def test_a_photo_is_what_the_operators_decoder_makes_of_it(
    standing: ExitStack, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Promise 2: a photo has a process of its own: nothing is left of the one before, and its talk is not heard."""
    made = desk(standing, tmp_path, GOOD)
    assert [made.picture("wang"), made.picture("li")] == [b"BM\x04\x01WL"] * 2
    assert made.poll().error is None
    assert capfd.readouterr() == ("", "")


def test_without_a_decoder_there_is_no_picture(standing: ExitStack, tmp_path: Path) -> None:
    """Promise 4: the photo stays as it is on the card, and nothing is made up in its place."""
    made = desk(standing, tmp_path, None)
    assert made.picture() is None
    assert made.poll().error is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (CRASHES, "it crashed on a photo"),
        (HANGS, "it did not come back from a photo in time"),
        (RAISES, "it crashed on a photo"),
        (NO_IMAGE, "no BMP, PNG or JPEG"),
        (NOT_BYTES, "it crashed on a photo"),
    ],
    ids=["crashes", "hangs", "raises", "no image", "no bytes"],
)
def test_whatever_a_decoder_does_the_card_is_read(
    standing: ExitStack, tmp_path: Path, source: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Promises 2, 3 and 8: the reader is ONLINE, the technician learns why no photo is seen, and no log has it."""
    made = desk(standing, tmp_path, source)
    assert made.picture() is None
    report = made.poll()
    assert report.device is DeviceStatus.ONLINE
    assert report.error is not None
    assert (report.error.reason, report.error.action) == (Reason.PLUGIN_FAILED, ErrorAction.CONFIGURATION)
    assert said in report.error.detail
    assert SPECIMENS["wang"].photo().hex()[:20] not in "".join(capfd.readouterr())
    (tmp_path / "decoder.py").write_text(GOOD, "utf-8")
    eventually(lambda: made.picture() is not None)
    assert made.poll().error is None


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("import no_such_library", "decode", "no_such_library"),
        ("def decode(photo: return", "decode", "decoder.py"),
        ("x = 1", "decode", "has no attribute 'decode'"),
        ("raise RuntimeError('broken')", "decode", "ended while it was loaded"),
    ],
)
def test_a_decoder_that_cannot_be_loaded_is_told_at_the_start(
    standing: ExitStack, tmp_path: Path, source: str, name: str, said: str
) -> None:
    """Promise 8: before the first card, with the reason; the reader is well all the same."""
    made = desk(standing, tmp_path, source, name)
    eventually(lambda: made.poll().error is not None)
    error = made.poll().error
    assert error is not None
    assert said in error.detail
    report = made.driver.execute(CheckHealth(), Deadline.after(5), lambda: False)
    assert (report.status, report.action) == (DeviceStatus.ONLINE, ErrorAction.CONFIGURATION)
    assert said in report.detail


def test_a_module_that_is_not_there_is_told_by_its_name(standing: ExitStack, tmp_path: Path) -> None:
    """Promise 8: a slip of the pen in kiosk.toml."""
    made = Desk(tmp_path, "no_such_module:decode")
    made.start(standing)
    eventually(lambda: made.poll().error is not None)
    assert "no_such_module" in str(made.poll().error)


@pytest.mark.parametrize("name", ["decoder", "decoder:", ":decode", "decoder:not a name"])
def test_what_names_no_function_is_refused_with_the_configuration(name: str) -> None:
    """Promise 8: the kiosk does not even start with it."""
    with pytest.raises(ValueError, match="photo_decoder"):
        SamOptions(photo_decoder=name)
