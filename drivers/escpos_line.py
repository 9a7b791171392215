"""The line to one ESC/POS printer: questions, batches of a job, and the answers told apart as they come.

One decision: a question that waits in the printer's own queue (GS r) is counted as owed until it is answered, over the
end of a connection too, since the printer may still hold it; an answer is never taken for that of a later question.
"""

from collections.abc import Iterable

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Reason
from drivers.escpos_models import PaperForm
from drivers.escpos_status import Kind, Message, PrinterState, decode
from drivers.transport import Transport

ASK_WHEN_DONE = b"\x1dr\x01"  # GS r 1, answered in its turn: after everything before it was printed and cut

_ANSWER_SECONDS = 0.5  # a real-time answer comes within milliseconds, on a busy network within tens of them
_LOOK_SECONDS = 1.0  # how often a job under way is looked after
_MUTE_SECONDS = 5.0  # enough to print and cut a receipt of 30 cm; a printer that never answers will not answer later
_SETTLE_SECONDS = 5.0  # for an earlier job, held up and now released, to run out of the printer
_QUIET_SECONDS = 0.3
_QUESTIONS = (1, 2, 3, 4)
_RECOVER = b"\x10\x05\x02"  # DLE ENQ 2: clear the buffers, then recover. Never 1, which would go on printing
_PAPER_BITS = 0x0F  # all that an answer to GS r 1 can hold
_CHUNK = 256
_REAL_TIME, _TEXT, _SINGLE = (frozenset({kind}) for kind in (Kind.REAL_TIME, Kind.TEXT, Kind.SINGLE))
_WHILE_PRINTING = frozenset({Kind.SINGLE, Kind.AUTOMATIC})


def clear_up(form: PaperForm) -> bytes:
    """Return what ends a job that was broken off: a half-sent picture is filled up white, and the paper is cut.

    NUL is nothing to a printer that waits for a command. Without the cut, the next resident's receipt would hang on the
    torn one's.
    """
    return bytes(form.band_rows * form.width // 8 + 8) + b"\x1b@\x1dVB\x00"


class PrinterLine:
    """Speaks with the printer `name` over whichever transport `take` was given last."""

    def __init__(self, name: str, confirm_seconds: float) -> None:
        self._name, self._confirm_seconds = name, confirm_seconds
        self._transport: Transport | None = None
        self._buffer = bytearray()
        self._owed = 0

    @property
    def owes(self) -> bool:
        """Whether a question waits in the printer's queue unanswered."""
        return self._owed > 0

    def take(self, transport: Transport) -> None:
        """Speak over `transport` from now on, and own it."""
        self._transport = transport
        self._buffer.clear()

    def close(self) -> None:
        """Let go of the port."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def ask_all(self, deadline: Deadline, *, fresh: bool = True) -> PrinterState:
        """Ask DLE EOT 1 to 4, one at a time; stop at the first that is not answered.

        `fresh` drops what came unasked before; not while a job's answer may be among it.
        """
        if fresh:
            self._opened().discard_input()
            self._buffer.clear()
        answers: dict[int, int] = {}
        for number in _QUESTIONS:
            self._opened().write(bytes((0x10, 0x04, number)), deadline)
            message = self._receive(_REAL_TIME, deadline.sooner(_ANSWER_SECONDS))
            if message is None:
                break
            answers[number] = message.data[0]
        return PrinterState(answers)

    def ask_text(self, number: int, deadline: Deadline) -> str | None:
        """Ask GS I `number`; None when the printer has no answer to it."""
        self._opened().write(bytes((0x1D, 0x49, number)), deadline)
        message = self._receive(_TEXT, deadline.sooner(_ANSWER_SECONDS))
        return message.data.decode("ascii", errors="backslashreplace") if message is not None else None

    def send(self, batches: Iterable[bytes], deadline: Deadline, *, mute: bool) -> None:
        """Send the batches of one job, each when the one before was worked off, and see how the printer is after.

        Args:
            batches: the job's bytes in order.
            deadline: for all of it.
            mute: the printer answered nothing before the job, so it is not waited for as one that does.

        Raises:
            DeviceError: it named a fault, was silent for too long, or the line broke; what was sent may be printed.
        """
        for batch in batches:
            self._owed += 1
            self._opened().write(batch + ASK_WHEN_DONE, deadline)
            self._await_the_end(deadline, mute=mute)
        after = self.ask_all(deadline)
        error = after.error()
        if error is not None:
            raise error
        if not after.known:
            raise DeviceTimeout("the printer fell silent after the job")

    def settle(self, form: PaperForm, deadline: Deadline) -> None:
        """Let an earlier, unconfirmed job run out, so that no piece or answer of it meets the next.

        Raises:
            DeviceError: DEVICE_NOT_READY: it is still in the printer.
        """
        self._opened().write(clear_up(form) + ASK_WHEN_DONE, deadline)
        if self._receive(_SINGLE, deadline.sooner(_SETTLE_SECONDS)) is None:
            detail = "an earlier job is still in the printer"
            raise DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.NO_ANSWER, ErrorAction.CLEAR, detail)
        while not deadline.expired and self._receive(_SINGLE, deadline.sooner(_QUIET_SECONDS)) is not None:
            pass
        self._owed = 0

    def recover(self, deadline: Deadline) -> None:
        """Have it forget what is in its buffers and recover from an error whose cause is gone (DLE ENQ 2)."""
        self._opened().write(_RECOVER, deadline)

    def _await_the_end(self, deadline: Deadline, *, mute: bool) -> None:
        """Wait until every question in the printer's queue is answered; a fault it names meanwhile ends the wait."""
        confirm = deadline.sooner(self._confirm_seconds)
        patience = confirm.sooner(_MUTE_SECONDS) if mute else confirm
        while self._owed:
            message = self._receive(_WHILE_PRINTING, patience.sooner(_LOOK_SECONDS))
            if message is not None and message.kind is Kind.SINGLE:
                continue
            state = self.ask_all(deadline, fresh=False)
            if message is not None and not state.answers:
                state = PrinterState.of_automatic(message.data)
            error = state.error()
            if self._owed and error is not None:
                raise error
            if state.answers:
                patience = confirm
            if patience.expired:
                raise DeviceTimeout("the printer did not say that the job ended")

    def _opened(self) -> Transport:
        if self._transport is None:
            detail = f"{self._name} is not open"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        return self._transport

    def _receive(self, kinds: frozenset[Kind], deadline: Deadline) -> Message | None:
        """Return the next message of `kinds`, None if none came in time; other kinds are taken note of and dropped."""
        looked = False
        while True:
            used, message = decode(bytes(self._buffer))
            del self._buffer[:used]
            if message is not None and not _is_noise(message):
                if message.kind is Kind.SINGLE and self._owed:
                    self._owed -= 1
                if message.kind in kinds:
                    return message
            if used:
                continue
            if looked and deadline.expired:  # a device that talks without pause must not hold this for ever
                return None
            looked = True
            try:
                self._buffer += self._opened().read(_CHUNK, deadline)
            except DeviceTimeout:
                return None


def _is_noise(message: Message) -> bool:
    """Whether it only looks like an answer to GS r: a byte of noise must not end a job that nobody printed."""
    return message.kind is Kind.SINGLE and bool(message.data[0] & ~_PAPER_BITS)
