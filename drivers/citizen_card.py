"""The citizen card's reader: any PC/SC reader, or two (contact and contactless), that hold social-security cards.

One decision: a card is read once for each time it is put in. What lies in the reader since the last resident must not
be read for the next one, so the driver remembers pcscd's counter of the card it has done with.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from drivers.citizen_card_codec import CitizenCard
from drivers.citizen_card_files import read_citizen_card
from drivers.citizen_card_kinds import CardKind, WrongCardError
from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    MediaStatus,
    Sensitive,
    StatusReport,
    Told,
)
from drivers.pcsc import MuteCardError, Readers, Slot
from drivers.recorder import FlightRecorder
from drivers.registry import register

__all__ = ["CardKind", "CitizenCard", "CitizenCardOptions", "CitizenCardReader", "ReadCitizenCard", "WrongCardError"]

T = TypeVar("T")

_LOOK_PERIOD = 0.3  # seconds pcscd is waited for at a time; between two of them the command can be cancelled
_BREATH = 0.05  # between two looks for a pcscd that is not there
_NOTICE = 0.4  # seconds pcscd may take to notice that a card went: before that, trying again is in vain
_RESTART = 1.0  # seconds a pcscd may be away under a waiting command: it is being restarted
_ATTEMPTS = 3  # for one card: contacts that slide in slowly, a hand that slipped
_RETURN = 3.0  # seconds a card that slipped has to be back

_SETTLE = 1.5  # seconds in which a pcscd that was restarted may not have noticed yet what is in its readers


@dataclass(frozen=True, slots=True)
class _Mark:
    """A card that is done with: the context's generation and the reader's counter then; until when both are unsure."""

    generation: int
    counter: int
    unsure: Deadline


_Marks = dict[str, _Mark]


@dataclass(frozen=True, slots=True)
class CitizenCardOptions:
    """None: which readers are meant is all in the url."""


@dataclass(frozen=True, slots=True)
class ReadCitizenCard(Command[Sensitive[CitizenCard]]):
    """Wait for a citizen card until the deadline and read it once. One left in is not read again until it was out.

    Fails with TIME_OUT/NO_MEDIA when none came, USER_ERROR/MEDIA_MOVED when it was pulled out too early, with
    `WrongCardError` (INVALID_MEDIA) when it is another card, USER_ERROR/PIN_PROTECTED, USER_ERROR/CARD_COLLISION when
    there is one in each of two readers, INVALID_DATA when what it says breaks its rules, and as every device.
    """


@register(DeviceClass.CITIZEN_CARD_READER, "pcsc", options=CitizenCardOptions)
class CitizenCardReader:
    """The driver. See `drivers.device.Driver`; for the url, `drivers.pcsc.Readers`."""

    def __init__(
        self,
        url: str,
        options: CitizenCardOptions,  # noqa: ARG002 - every driver is made alike
        recorder: FlightRecorder,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._readers = Readers(url)
        self._recorder = recorder
        self._sleep = sleep
        self._is_open = False
        self._done: _Marks = {}
        self._information = DeviceInformation()

    def __str__(self) -> str:
        return str(self._readers)

    @property
    def information(self) -> DeviceInformation:
        """The model is the reader's name at pcscd, serial number included; it tells no firmware."""
        return self._information

    def open(self, deadline: Deadline) -> None:  # noqa: ARG002 - pcscd answers at once or not at all
        """Connect to pcscd and find the readers."""
        self.close()
        self._readers.open()
        self._is_open = True
        self._look()

    def close(self) -> None:
        """Let go of pcscd."""
        self._is_open = False
        self._readers.close()

    def poll(self, deadline: Deadline) -> StatusReport:  # noqa: ARG002 - as for open
        """Ask whether a card is in; it is not spoken to."""
        has_card = any(slot.has_card for slot in self._look())
        return StatusReport(DeviceStatus.ONLINE, MediaStatus.PRESENT if has_card else MediaStatus.NOT_PRESENT)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `ReadCitizenCard` or `CheckHealth`."""
        if isinstance(command, ReadCitizenCard):
            return cast(T, Sensitive(self._read(deadline, cancelled)))
        if isinstance(command, CheckHealth):
            return cast(T, self._check_health(command.level, deadline, cancelled))
        raise unsupported(command)

    # ---- which card

    def _look(self, known: tuple[Slot, ...] = (), seconds: float = 0.0) -> tuple[Slot, ...]:
        """Return the readers now, or once they are other than `known`; forget the marks of cards taken out."""
        if not self._is_open:
            raise DeviceGone(f"{self}: closed")
        slots = self._readers.wait(known, seconds) if known else self._readers.slots()
        self._information = DeviceInformation(model_name=", ".join(slot.name for slot in slots))
        for slot in slots:
            self._done = _without_taken_out(self._done, slot, self._readers.generation)
        return slots

    def _mark(self, slot: Slot) -> None:
        self._done[slot.name] = _Mark(self._readers.generation, slot.counter, Deadline.after(0))

    def _new_card(self, slots: tuple[Slot, ...]) -> Slot | None:
        new = [slot for slot in slots if slot.has_card and slot.name not in self._done]
        if len(new) > 1:
            detail = f"cards are in {' and '.join(slot.name for slot in new)}"
            raise DeviceError(CompletionCode.USER_ERROR, Reason.CARD_COLLISION, ErrorAction.SUSPEND, detail)
        return new[0] if new else None

    def _next_look(self, slots: tuple[Slot, ...], until: Deadline, away: Deadline) -> tuple[Slot, ...]:
        """Wait for a change; while pcscd is being restarted, wait for it instead, and see no reader."""
        try:
            return self._look(slots, min(_LOOK_PERIOD, until.remaining()))
        except DeviceGone:
            if away.expired or not self._is_open:
                raise
            self._sleep(min(_BREATH, until.remaining()))
            return ()

    # ---- reading it

    def _read(self, deadline: Deadline, cancelled: Callable[[], bool]) -> CitizenCard:
        """Wait for a card and read it; again from the start when it slipped."""
        failures: list[DeviceError] = []
        slots, until, away = self._look(), deadline, Deadline.after(_RESTART)
        while True:
            if cancelled():
                raise canceled()
            slot = self._new_card(slots)
            if slot is not None:
                card = self._try_to_read(slot, failures)
                if card is not None:
                    return card
                until = deadline.sooner(_RETURN)
                self._sleep(_NOTICE)
            if until.expired:
                raise failures[-1] if failures else _no_card()
            slots = self._next_look(slots if slot is None else (), until, away)
            if slots:
                away = Deadline.after(_RESTART)

    def _try_to_read(self, slot: Slot, failures: list[DeviceError]) -> CitizenCard | None:
        """Return the card; None after a failure that the next attempt may not have, which is added to `failures`."""
        try:
            card = self._read_in(slot, again=bool(failures))
        except DeviceError as error:
            failures.append(error)
            if not _may_pass(error) or len(failures) == _ATTEMPTS:
                if error.reason is not Reason.GONE:
                    self._mark(slot)
                raise
            return None
        self._mark(slot)
        return card

    def _read_in(self, slot: Slot, *, again: bool) -> CitizenCard:
        try:
            card = self._readers.connect(slot, self._recorder.add, reset=again)
        except MuteCardError as error:
            raise WrongCardError(CardKind.MUTE) from error
        try:
            return read_citizen_card(card.transmit, card.atr())
        finally:
            card.close()

    def _check_health(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL: pcscd and the readers. EXTERNAL: reads a test card too, and tells nothing of what it says."""
        if level is HealthLevel.INTERACTIVE:
            raise unsupported(CheckHealth(level))
        self._look()
        detail = f"{self._information.model_name} answers"
        told = [Told("readers_answer", {"readers": self._information.model_name or "-"})]
        if level is HealthLevel.EXTERNAL:
            version = self._read(deadline, cancelled).version
            detail = f"{detail}; a test card (version {version or 'not told'}) was read"
            told.append(Told("citizen_card_read", {"version": version or "untold"}))
        return HealthReport(level, DeviceStatus.ONLINE, detail, None, self._information, tuple(told))


def _without_taken_out(marks: _Marks, slot: Slot, generation: int) -> _Marks:
    """Return the marks without the one of `slot` if its card was taken out since.

    After pcscd's restart its counters begin anew, and at first it sees no cards: nobody can tell then whether the card
    is another, so it stays marked until the reader is seen empty later on.
    """
    mark = marks.get(slot.name)
    if mark is None:
        return marks
    others = {name: each for name, each in marks.items() if name != slot.name}
    if mark.generation != generation:
        return others | {slot.name: _Mark(generation, slot.counter, Deadline.after(_SETTLE))}
    if not mark.unsure.expired:
        return others | {slot.name: _Mark(generation, slot.counter, mark.unsure)}
    return marks if slot.has_card and slot.counter == mark.counter else others


def _may_pass(error: DeviceError) -> bool:
    """Whether trying again at once may help: a card that slipped, or was not quite in when it got its power."""
    return error.reason is Reason.MEDIA_MOVED or (isinstance(error, WrongCardError) and error.kind is CardKind.MUTE)


def _no_card() -> DeviceError:
    return DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND, "no citizen card was put in")
