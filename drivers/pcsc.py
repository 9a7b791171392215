"""Smart-card readers by PC/SC: which there are, what is in them, and bytes to a card. On `smartcard.scard` alone.

One decision: a context that pcscd's restart has killed is made anew at the next call, because pcscd forgets its
clients; pyscard's own monitor never comes back from that. Everything PC/SC says ends here, as `DeviceError`.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from smartcard import scard

from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Fact, Facts, Reason
from drivers.transport import Direction

T = TypeVar("T")

SCHEME = "pcsc:"
_SOCKET = "PCSCLITE_CSOCK_NAME"  # how libpcsclite is told another pcscd; it looks once in a process
_service: dict[str, str] = {}  # which one this process uses, for good
_LONGEST_SOCKET = 107  # bytes of a path that fit a Unix address
_ATTEMPTS = 2  # one with the context at hand, one with a new one

_NO_SERVICE = frozenset(
    {
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_COMM_ERROR,
    }
)
"""What pcscd's restart looks like, depending on where it hits."""
_NO_READER = frozenset(
    {scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE}
)
_MOVED = frozenset(
    {
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
    }
)
_MUTE = frozenset(
    {scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNPOWERED_CARD, scard.SCARD_W_UNSUPPORTED_CARD,
     scard.SCARD_E_PROTO_MISMATCH, scard.SCARD_E_CARD_UNSUPPORTED}
)  # fmt: skip
_PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_RESULT_MASK = 0xFFFFFFFF
_COUNTER_SHIFT = 16
_STATUS_SIZE = 2


class MuteCardError(Exception):
    """The card in the reader answers nothing; the driver says what that means."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One reader now. `counter` is pcscd's: it changes with every card put in or taken out."""

    name: str
    has_card: bool
    is_mute: bool
    counter: int
    state: int


class Readers:
    """The readers whose names hold `part`, at the pcscd of this machine or at the one behind the socket `path`.

    `url` is ``pcsc:PART``, or ``/path/to/pcscd.comm`` with ``#PART`` behind it where only some readers are meant.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._path, self._part = _split(url)
        self._context: int | None = None
        self.generation = 0  # how many contexts there were: counters of slots compare within one alone

    def __str__(self) -> str:
        return f"PC/SC at {self._url}"

    def open(self) -> None:
        """Connect to pcscd.

        Raises:
            DeviceGone: it does not run, or this process uses another one already.
        """
        self._choose_service()
        self._context = None
        self._context = self._made_context()

    def close(self) -> None:
        """Let go of pcscd."""
        context, self._context = self._context, None
        if context is not None:
            scard.SCardReleaseContext(context)

    def slots(self) -> tuple[Slot, ...]:
        """Return the readers of ours as they are now.

        Raises:
            DeviceGone: pcscd does not run, or there is no such reader.
        """
        return self._again(lambda context: self._look(context, {}, 0))

    def wait(self, known: tuple[Slot, ...], seconds: float) -> tuple[Slot, ...]:
        """Return the readers as they are once one is other than `known`, at the latest after `seconds`."""
        states = {slot.name: slot.state for slot in known}
        return self._again(lambda context: self._look(context, states, round(seconds * 1000)))

    def connect(self, slot: Slot, record: Callable[[Direction, bytes], None], *, reset: bool = False) -> "Card":
        """Power the card in `slot`, for us alone; with `reset` anew, whatever pcscd believes.

        Raises:
            MuteCardError: it does not answer.
            DeviceError: MEDIA_MOVED, it is gone; GONE; REFUSED, another program has it.
        """
        context = self._live()
        result, handle, protocol = scard.SCardConnect(context, slot.name, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS)
        if result & _RESULT_MASK in _MUTE:
            raise MuteCardError
        self._check(result, "connecting to the card")
        if reset:
            result, protocol = scard.SCardReconnect(
                handle, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS, scard.SCARD_RESET_CARD
            )
            if result != scard.SCARD_S_SUCCESS:
                scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
            if result & _RESULT_MASK in _MUTE:
                raise MuteCardError
            self._check(result, "resetting the card")
        return Card(handle, protocol, record, self._check)

    # ---- inside

    def _choose_service(self) -> None:
        wanted = self._path or os.environ.get(_SOCKET, "")
        if _service.setdefault(_SOCKET, wanted) != wanted:
            raise DeviceGone(f"{self}: this program uses another pcscd already", ErrorAction.CONFIGURATION)
        if len(os.fsencode(wanted)) > _LONGEST_SOCKET:
            raise DeviceGone(f"{self}: the path is too long for a socket", ErrorAction.CONFIGURATION)

    def _again(self, ask: Callable[[int], T]) -> T:
        """Ask, and once more with a context made anew when the old one is dead."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return ask(self._live())
            except _ContextIsDeadError:
                self.close()
        try:
            return ask(self._live())
        except _ContextIsDeadError as error:
            self.close()
            raise DeviceGone(f"{self}: pcscd went") from error

    def _live(self) -> int:
        if self._context is None:
            self._context = self._made_context()
        return self._context

    def _made_context(self) -> int:
        with _told(self._path):
            result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            raise DeviceGone(f"{self}: pcscd does not run ({_words(result)})", facts=_fact(result))
        self.generation += 1
        return int(context)

    def _look(self, context: int, known: Mapping[str, int], milliseconds: int) -> tuple[Slot, ...]:
        result, names = scard.SCardListReaders(context, [])
        _raise_if_dead(result)
        ours = [name for name in names if self._part in name] if result == scard.SCARD_S_SUCCESS else []
        if not ours:
            there = ", ".join(names) or "none"
            raise DeviceGone(f"{self}: no such reader; there is {there}", facts={Fact.READERS: ", ".join(names) or "-"})
        asked = [(name, known.get(name, scard.SCARD_STATE_UNAWARE)) for name in ours]
        result, states = scard.SCardGetStatusChange(context, milliseconds, asked)
        _raise_if_dead(result)
        if result != scard.SCARD_E_TIMEOUT:
            self._check(result, "asking the reader")
        return tuple(_slot(name, state) for name, state, _ in states)

    def _check(self, result: int, doing: str) -> None:
        """Turn a result that is no success into its error."""
        if result == scard.SCARD_S_SUCCESS:
            return
        detail, said = f"{self}: {doing}: {_words(result)}", _fact(result)
        code = result & _RESULT_MASK
        if code in _NO_SERVICE or code in _NO_READER:
            raise DeviceGone(detail, facts=said)
        if code in _MOVED:
            raise DeviceError(CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND, detail, said)
        if code == scard.SCARD_E_TIMEOUT:
            raise DeviceTimeout(detail, said)
        if code == scard.SCARD_E_SHARING_VIOLATION:
            detail = f"{self}: another program uses the card"
            raise DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.REFUSED, ErrorAction.CONFIGURATION, detail, said)
        raise DeviceError(CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE, detail, said)


class Card:
    """A powered card. Let go with `close`, which takes its power away.

    Not from a card that failed: pcscd would take it for gone, and not notice it when it is back before its next look.
    """

    def __init__(
        self, handle: int, protocol: int, record: Callable[[Direction, bytes], None], check: Callable[[int, str], None]
    ) -> None:
        self._handle: int | None = handle
        self._header: Any = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        self._record = record
        self._check = check
        self._at_the_end = scard.SCARD_UNPOWER_CARD

    def transmit(self, command: bytes) -> bytes:
        """Send a command and return the answer, both as bytes.

        Raises:
            DeviceError: MEDIA_MOVED, the card went; GONE, the reader or pcscd did.
        """
        if self._handle is None:
            raise DeviceGone("the card was let go of")
        self._record(">", command)
        result, answer = scard.SCardTransmit(self._handle, self._header, list(command))
        data = bytes(answer)
        if result == scard.SCARD_S_SUCCESS and len(data) < _STATUS_SIZE:  # so do some drivers say that the card went
            result = scard.SCARD_E_NOT_TRANSACTED
        if result != scard.SCARD_S_SUCCESS:
            self._at_the_end = scard.SCARD_LEAVE_CARD
        self._check(result, "sending to the card")
        # Records are short: what a recorder keeps of any frame would be half a name. Length and status word are enough.
        self._record("<", bytes(len(data) - _STATUS_SIZE) + data[-_STATUS_SIZE:])
        return data

    def atr(self) -> bytes:
        """Return what the card said when it got its power (ISO 7816-3)."""
        if self._handle is None:
            raise DeviceGone("the card was let go of")
        result, _, _, _, atr = scard.SCardStatus(self._handle)
        self._check(result, "asking the card's kind")
        return bytes(atr)

    def close(self) -> None:
        """Let go of the card; allowed at any time, more than once."""
        handle, self._handle = self._handle, None
        if handle is not None:
            scard.SCardDisconnect(handle, self._at_the_end)


class _ContextIsDeadError(Exception):
    """pcscd has forgotten us: it was restarted, or is gone."""


@contextlib.contextmanager
def _told(path: str | None) -> Iterator[None]:
    """Tell libpcsclite which pcscd is meant, and nobody else: processes started later must not inherit it."""
    before = os.environ.get(_SOCKET)
    if path is not None:
        os.environ[_SOCKET] = path
    try:
        yield
    finally:
        if path is not None:
            os.environ.pop(_SOCKET)
        if before is not None:
            os.environ[_SOCKET] = before


def _raise_if_dead(result: int) -> None:
    if result & _RESULT_MASK in _NO_SERVICE:
        raise _ContextIsDeadError(_words(result))


def _split(url: str) -> tuple[str | None, str]:
    """Return the socket of a pcscd of its own (None: the machine's), and the part of the readers' names."""
    if url.startswith(SCHEME):
        return None, url.removeprefix(SCHEME)
    path, _, part = url.partition("#")
    return path, part


def _slot(name: str, state: int) -> Slot:
    return Slot(
        name=name,
        has_card=bool(state & scard.SCARD_STATE_PRESENT),
        is_mute=bool(state & scard.SCARD_STATE_MUTE),
        counter=state >> _COUNTER_SHIFT & 0xFFFF,
        state=state & ~scard.SCARD_STATE_CHANGED,
    )


def _words(result: int) -> str:
    return f"{scard.SCardGetErrorMessage(result).rstrip('.')} ({result & _RESULT_MASK:08X})"


def _fact(result: int) -> Facts:
    return {Fact.PCSC_RESULT: f"{result & _RESULT_MASK:08X}"}
