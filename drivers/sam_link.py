"""The line to a SAM: one request, one answer, at a speed that is told or found.

One decision: every request first drops what arrived unasked. The protocol's answers do not say which command they
answer, and a late one must not be taken for the next one's.
"""

from drivers.deadline import Deadline
from drivers.errors import DeviceError, DeviceGone, DeviceTimeout, Fact, Reason
from drivers.recorder import FlightRecorder
from drivers.sam_codec import Answer, decode, encode
from drivers.sam_status import BAD_LINE
from drivers.transport import Recording, Transport, open_transport

STATUS = encode(0x11, 0xFF)
SPEEDS = (115200, 57600, 38400, 19200, 9600)
"""The speeds a module can be set to, in bits a second, the usual one first."""

# Readers in the field answer find and select within 100 ms, the SAM id within 300 ms.
SHORT_SILENCE = 0.5
_TRIAL_SILENCE = 0.2  # a status is 21 bytes there and back: 22 ms at the slowest speed
_TRIALS = 2  # what a module heard at the wrong speed may spoil the first request at the right one
_CHUNK = 4096


class SamLink:
    """The line. `baud` 0: the speed is found at `open`, by asking at each; a TCP connection has none.

    Attributes:
        found: the speed that was found; None while none was looked for.
    """

    def __init__(self, url: str, baud: int, recorder: FlightRecorder) -> None:
        self._url = url
        self._baud = baud
        self._recorder = recorder
        self._transport: Transport | None = None
        self.found: int | None = None

    def __str__(self) -> str:
        return f"SAM at {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Take the port.

        Raises:
            DeviceGone: there is no such port.
            DeviceTimeout: nothing that speaks as a SAM answers at any speed.
        """
        self.close()
        if self._baud or "://" in self._url:
            self._plug(self._baud or SPEEDS[0], deadline)
        else:
            self._search(deadline)

    def close(self) -> None:
        """Let go of the port."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def ask(self, request: bytes, silence: float, deadline: Deadline) -> Answer:
        """Send `request` and return its answer; `silence` is how many seconds may pass without a byte.

        Raises:
            DeviceTimeout: no byte came. DeviceError: GARBLED, bytes came and no answer. DeviceGone: the port went.
        """
        if self._transport is None:
            raise DeviceGone(f"{self}: closed")
        self._transport.discard_input()
        self._transport.write(request, deadline.sooner(SHORT_SILENCE))
        buffer = b""
        heard = False
        while True:
            try:
                buffer += self._transport.read(_CHUNK, deadline.sooner(silence))
            except DeviceTimeout as error:
                if not heard:
                    raise
                raise DeviceError(*BAD_LINE, f"{self}: bytes came, but no whole answer") from error
            heard = True
            used, answer = decode(buffer)
            if answer is not None:
                return answer  # what comes behind it, such as a maker's bitmap of the photo, is passed over next time
            buffer = buffer[used:]

    def _plug(self, baud: int, deadline: Deadline) -> None:
        self._transport = Recording(open_transport(self._url, baud=baud, deadline=deadline), self._recorder.add)

    def _search(self, deadline: Deadline) -> None:
        """Ask for the status at each speed, first at the one that was right before."""
        for baud in sorted(SPEEDS, key=lambda speed: speed != self.found):
            self._plug(baud, deadline)
            if any(self._answers(deadline) for _ in range(_TRIALS)):
                self.found = baud
                return
            self.close()
        tried = ", ".join(map(str, SPEEDS))
        raise DeviceTimeout(f"{self}: no answer at {tried} baud", {Fact.BAUD_TRIED: tried})

    def _answers(self, deadline: Deadline) -> bool:
        """Whether anything that speaks as a SAM is there, well or not."""
        try:
            self.ask(STATUS, _TRIAL_SILENCE, deadline.sooner(2 * _TRIAL_SILENCE))
        except DeviceError as error:
            if error.reason in (Reason.NO_ANSWER, Reason.GARBLED):
                return False
            raise
        return True
