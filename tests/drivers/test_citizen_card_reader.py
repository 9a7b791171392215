"""The production driver under its worker, at a real pcscd with virtual readers, through every fault there is."""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.citizen_card import (
    CardKind,
    CitizenCard,
    CitizenCardOptions,
    CitizenCardReader,
    ReadCitizenCard,
    WrongCardError,
)
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceStatus,
    Event,
    HealthLevel,
    HealthReport,
    MediaInserted,
    MediaRemoved,
    MediaStatus,
    Sensitive,
)
from drivers.pcsc import Readers
from drivers.recorder import FlightRecorder
from drivers.sim.citizen_card import CitizenCardSimulator
from drivers.sim.citizen_card_program import CONTACT_ATR, SocialCard
from drivers.sim.citizen_card_specimens import SPECIMENS
from drivers.sim.pcsc import READERS
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

PLACE = Path(tempfile.gettempdir()) / f"pcscd-{os.getpid()}.comm"  # libpcsclite takes one for each process, for good

GONE = (CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
WRONG = (CompletionCode.USER_ERROR, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
PIN = (CompletionCode.USER_ERROR, Reason.PIN_PROTECTED, ErrorAction.SUSPEND)
NONE_CAME = (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)


@dataclass(frozen=True, slots=True)
class Dance(Command[None]):
    """What no reader can."""


class Kiosk:
    """A reader, its driver and its worker, polled faster than in service."""

    def __init__(self, part: str = "") -> None:
        self.events: list[Event] = []
        self.reader = CitizenCardSimulator(PLACE)
        self.recorder = FlightRecorder()
        self.driver = CitizenCardReader(f"{PLACE}{part}", CitizenCardOptions(), self.recorder)
        self.worker = DeviceWorker(
            "citizen_card",
            DeviceClass.CITIZEN_CARD_READER,
            self.driver,
            self.events.append,
            cadence=Cadence(poll=0.05, reconnect=(0.02, 0.05)),
            recorder=self.recorder,
        )

    def start(self) -> None:
        self.reader.start()
        assert self.reader.trouble is None
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(5))
        self.reader.stop()

    def wait_for(self, status: DeviceStatus) -> None:
        eventually(lambda: self.worker.status.device is status)

    def wait_until(self, media: MediaStatus) -> None:
        eventually(lambda: self.worker.status.media is media)

    def ask(self, seconds: float = 10) -> Future[Sensitive[CitizenCard]]:
        return self.worker.execute(ReadCitizenCard(), seconds)

    def read(self, key: str = "wang", reader: str = "contact") -> CitizenCard:
        """Put a card in and read it."""
        future = self.ask()
        self.reader.do("insert", card=key, reader=reader)
        return future.result(12).reveal()

    def take_out(self) -> None:
        self.reader.do("remove")
        self.reader.do("remove", reader="contactless")
        self.wait_until(MediaStatus.NOT_PRESENT)

    def fault(self, name: str, **more: object) -> None:
        self.reader.do("fault", name=name, **more)


@pytest.fixture
def kiosk(nothing_left: None) -> Iterator[Kiosk]:  # noqa: ARG001 - it shall watch the threads
    kiosk = Kiosk()
    kiosk.start()
    yield kiosk
    kiosk.stop()


@contextmanager
def second_look() -> Iterator[Readers]:
    """Another program at the same pcscd."""
    readers = Readers(str(PLACE))
    readers.open()
    try:
        yield readers
    finally:
        readers.close()


def error_of(future: Future[Sensitive[CitizenCard]] | Future[HealthReport]) -> DeviceError:
    error = future.exception(15)
    assert isinstance(error, DeviceError)
    return error


def verdict(error: DeviceError) -> tuple[CompletionCode, Reason, ErrorAction]:
    return error.code, error.reason, error.action


def test_every_card_is_read_exactly(kiosk: Kiosk) -> None:
    """Promise 5: every generation, layout and way of asking, through pcscd, says what stands on the card."""
    for key in ("wang", "li", "rare_plane_2", "split_name", "old_number"):
        card, specimen = kiosk.read(key), SPECIMENS[key]
        assert (card.name, card.number, card.card_number) == (specimen.name, specimen.number, specimen.card_number)
        assert (card.version, card.sex, card.region) == (specimen.version, specimen.sex, "320599")
        kiosk.take_out()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("bank", CardKind.BANK),
        ("transport", CardKind.TRANSPORT),
        ("storage", CardKind.STORAGE),
        ("tag", CardKind.STORAGE),
        ("foreign", CardKind.FOREIGN),
        ("locked", CardKind.LOCKED),
        ("mute", CardKind.MUTE),
    ],
)
def test_another_card_is_named_for_what_it_is(kiosk: Kiosk, key: str, kind: CardKind) -> None:
    """Promises 6 and 8: the resident learns which card this is, and nobody else need come."""
    if kind is CardKind.MUTE:
        kiosk.fault("mute")
    kiosk.reader.do("insert", card="wang" if kind is CardKind.MUTE else key)
    error = error_of(kiosk.ask())
    assert verdict(error) == WRONG
    assert isinstance(error, WrongCardError)
    assert error.kind is kind
    assert "04A1" not in error.detail.upper()
    assert kiosk.worker.status.error is None


def test_a_card_that_wants_a_pin_is_told_and_no_pin_is_tried(kiosk: Kiosk) -> None:
    """Promise 8: a wrong try would bring its owner nearer to a locked card."""
    program = SPECIMENS["pin"].program()
    kiosk.reader.put("pin", program)
    assert verdict(error_of(kiosk.ask())) == PIN
    assert program.pins_tried == 0


def test_a_card_without_its_files_is_damaged(kiosk: Kiosk) -> None:
    """Promise 4: the reader is well, the card is not, and the status word is there for the technician."""
    kiosk.reader.put("empty", SocialCard({}))
    error = error_of(kiosk.ask())
    assert (verdict(error), error.detail.endswith("(file EF05: SW 6A82)")) == (WRONG, True)
    assert error.facts == {Fact.STATUS_WORDS: "6A82"}


def test_a_card_left_in_is_read_once(kiosk: Kiosk) -> None:
    """Promise 2: the last resident's card is not read for the next one, not even by a pcscd that was restarted."""
    kiosk.read()
    assert verdict(error_of(kiosk.ask(0.4))) == NONE_CAME
    kiosk.fault("service_gone")
    kiosk.wait_for(DeviceStatus.POWER_OFF)
    kiosk.reader.do("heal")
    kiosk.wait_until(MediaStatus.PRESENT)
    assert verdict(error_of(kiosk.ask(2))) == NONE_CAME
    kiosk.take_out()
    assert kiosk.read("li").name == "李秀兰"


def test_a_card_that_went_unnoticed_between_two_looks_is_a_new_one(kiosk: Kiosk) -> None:
    """Promise 6: the next resident's card is read though nobody looked while the reader was empty."""
    kiosk.worker.stop(Deadline.after(5))
    kiosk.driver.open(Deadline.after(5))
    kiosk.reader.do("insert", card="wang")
    read = kiosk.driver.execute(ReadCitizenCard(), Deadline.after(5), lambda: False)
    before = kiosk.driver._readers.slots()[0].counter
    kiosk.reader.do("insert", card="li")
    eventually(lambda: kiosk.driver._readers.slots()[0].counter >= before + 2)
    assert read.reveal().name == "王小明"
    after = kiosk.driver.execute(ReadCitizenCard(), Deadline.after(5), lambda: False)
    assert after.reveal().name == "李秀兰"
    kiosk.driver.close()


def test_waiting_ends_with_its_deadline_and_can_be_cancelled(kiosk: Kiosk) -> None:
    """Promise 6: and is no fault of the reader."""
    assert verdict(error_of(kiosk.ask(0.2))) == NONE_CAME
    future = kiosk.ask(60)
    eventually(future.running)
    start = time.monotonic()
    kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED
    assert time.monotonic() - start < 10, "long before its deadline, on a busy machine too"
    assert kiosk.worker.status.device is DeviceStatus.ONLINE


def test_a_card_in_the_reader_is_told_and_not_spoken_to(kiosk: Kiosk) -> None:
    """Promise 2: a card that is in is nobody's business until its owner agreed."""
    kiosk.reader.do("insert", card="wang")
    eventually(lambda: MediaInserted("citizen_card") in kiosk.events)
    kiosk.take_out()
    assert MediaRemoved("citizen_card") in kiosk.events
    assert kiosk.recorder.dump() == []


@pytest.mark.parametrize("seed", range(5))
def test_wrong_records_are_never_a_wrong_success(kiosk: Kiosk, seed: int) -> None:
    """Promise 4: cut, longer than they say, or noise: the card was not read."""
    kiosk.fault("wrong_records", seed=seed)
    kiosk.reader.do("insert", card="wang")
    assert error_of(kiosk.ask()).reason is Reason.INVALID_MEDIA


def test_a_card_yanked_and_put_back_is_read(kiosk: Kiosk) -> None:
    """Promise 3: one slip costs nobody a step."""
    kiosk.fault("yanked_mid_read", until={"after_commands": 8})
    future = kiosk.ask()
    kiosk.reader.do("insert", card="wang")
    eventually(lambda: (kiosk.reader.do("state") or {})["card"] is None)
    kiosk.reader.do("heal")
    kiosk.reader.do("insert", card="wang")
    assert future.result(12).reveal().name == "王小明"


def test_pcscd_restarted_under_a_waiting_command_is_not_even_noticed(kiosk: Kiosk) -> None:
    """Promise 3: the same command goes on, and reads the card within a second of being put in."""
    future = kiosk.ask(20)
    eventually(future.running)
    kiosk.fault("service_gone", until={"after_seconds": 0.2})
    eventually(lambda: not kiosk.reader.service.is_running)
    eventually(lambda: kiosk.reader.service.is_running)
    kiosk.reader.do("insert", card="wang")
    assert future.result(12).reveal().name == "王小明"
    assert not [event for event in kiosk.events if "lost" in str(event)]


def test_recovery_from_a_restart_takes_less_than_a_second(kiosk: Kiosk) -> None:
    """Promise 3: from the moment pcscd runs again to the moment the reader is well, at the pace of the service."""
    took = []
    for _ in range(3):  # a busy machine may be late once
        kiosk.fault("service_gone")
        kiosk.wait_for(DeviceStatus.POWER_OFF)
        kiosk.reader.do("heal")
        eventually(lambda: kiosk.reader.service.is_running)
        start = time.monotonic()
        kiosk.wait_for(DeviceStatus.ONLINE)
        took.append(time.monotonic() - start)
    assert min(took) < 1


def test_pcscd_gone_for_good_ends_the_waiting(kiosk: Kiosk) -> None:
    """Promise 6: after a second's grace, not at the end of the waiting."""
    future = kiosk.ask(60)
    eventually(future.running)
    start = time.monotonic()
    kiosk.fault("service_gone")
    assert verdict(error_of(future)) == GONE
    assert time.monotonic() - start < 20, "long before its deadline, on a busy machine too"


def test_either_of_two_readers_takes_the_card(kiosk: Kiosk) -> None:
    """Promise 3: contact or contactless, whichever the resident finds."""
    assert kiosk.read("contactless", "contactless").name == "赵一帆"
    kiosk.take_out()
    assert kiosk.read("wang").name == "王小明"


def test_a_card_in_each_reader_is_a_collision(kiosk: Kiosk) -> None:
    """Promise 4: nobody guesses whose is meant."""
    kiosk.reader.do("insert", card="wang")
    kiosk.reader.do("insert", card="contactless", reader="contactless")
    with second_look() as readers:
        eventually(lambda: all(slot.has_card for slot in readers.slots()))
    error = error_of(kiosk.ask())
    assert verdict(error) == (CompletionCode.USER_ERROR, Reason.CARD_COLLISION, ErrorAction.SUSPEND)
    assert error.detail == f"cards are in {READERS[0]} and {READERS[1]}"


def test_a_reader_named_by_the_url_is_the_only_one(nothing_left: None) -> None:  # noqa: ARG001 - it watches
    """Promise 4: the other reader's card is not this one's; the wrong name is the technician's."""
    kiosk = Kiosk("#00 01")
    kiosk.start()
    kiosk.reader.do("insert", card="wang")
    assert verdict(error_of(kiosk.ask(0.8))) == NONE_CAME
    assert kiosk.driver.information.model_name == READERS[1]
    wrong = CitizenCardReader(f"{PLACE}#ACR39U", CitizenCardOptions(), FlightRecorder())
    with pytest.raises(DeviceError, match=f"no such reader; there is {READERS[0]}, {READERS[1]}"):
        wrong.open(Deadline.after(5))
    wrong.close()
    kiosk.stop()


def test_another_pcscd_in_the_same_program_is_refused(kiosk: Kiosk, tmp_path: Path) -> None:
    """Promise 4: libpcsclite would go on with the first without a word."""
    assert kiosk.worker.status.device is DeviceStatus.ONLINE
    other = CitizenCardReader(str(tmp_path / "pcscd.comm"), CitizenCardOptions(), FlightRecorder())
    with pytest.raises(DeviceError, match="another pcscd") as caught:
        other.open(Deadline.after(5))
    assert caught.value.action is ErrorAction.CONFIGURATION
    other.close()


def test_a_card_that_another_program_holds_is_told(kiosk: Kiosk) -> None:
    """Promise 8: two openers are a matter of configuration."""
    kiosk.reader.do("insert", card="wang")
    kiosk.wait_until(MediaStatus.PRESENT)
    with second_look() as readers:
        card = readers.connect(readers.slots()[0], FlightRecorder().add)
        error = error_of(kiosk.ask())
        card.close()
    assert verdict(error) == (CompletionCode.DEVICE_NOT_READY, Reason.REFUSED, ErrorAction.CONFIGURATION)


def test_the_self_tests_name_the_reader_and_tell_nothing_of_the_card(kiosk: Kiosk) -> None:
    """Promises 2 and 8: silent, or with a test card."""
    both = ", ".join(READERS)
    assert kiosk.worker.execute(CheckHealth(), 5).result(6).detail == f"{both} answers"
    kiosk.reader.do("insert", card="wang")
    report = kiosk.worker.execute(CheckHealth(HealthLevel.EXTERNAL), 5).result(6)
    assert report.detail == f"{both} answers; a test card (version 3.00) was read"
    for future in (
        kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 5),
        kiosk.worker.execute(Dance(), 5),
    ):
        error = future.exception(6)
        assert isinstance(error, DeviceError)
        assert (error.code, error.action) == (CompletionCode.UNSUPPORTED_COMMAND, ErrorAction.SOFTWARE_ERROR)


def test_nothing_of_the_card_is_left_in_events_frames_or_log(kiosk: Kiosk, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 2: not the name, not the number, not the birth, in no form."""
    future = kiosk.ask()
    kiosk.reader.do("insert", card="wang")
    shown = f"{future.result(10)} {future.result(10)!r} {kiosk.events} {caplog.text} {kiosk.recorder.dump()}"
    assert "<redacted>" in shown
    for tag, value in [record for file in SPECIMENS["wang"].files().values() for record in file]:
        head = bytes((tag, len(value))) + value[:2]
        assert head.hex(" ") not in shown
    for text in ("王小明", SPECIMENS["wang"].number, CONTACT_ATR.hex(" ")):
        assert text not in shown


def test_a_card_that_breaks_its_rules_is_refused(kiosk: Kiosk) -> None:
    """Promise 4: a citizen number whose check digit is wrong is nobody's."""
    kiosk.reader.put("wrong", replace(SPECIMENS["wang"], number="320599198507120019").program())
    error = error_of(kiosk.ask())
    assert verdict(error) == (CompletionCode.INVALID_DATA, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
