"""The command interpreter of the simulated receipt printer: ESC/POS bytes in, dots on the paper and answers out.

A table names each command's length and meaning; bytes may come in any pieces. What is in no table is kept in `unknown`,
so that a test can say that nothing was sent that a printer would have printed as garbage.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from drivers.sim.printer_models import Model
from drivers.sim.printer_paper import DEFAULT_PITCH, Paper, Style
from drivers.sim.printer_sensors import Sensors

_CUTS_WITH_FEED = frozenset({65, 66, 97, 98})  # GS V m n
_FEED_TO_CUTTER = 96  # dots from the head to the blade, 12 mm
_QR_CORRECTION = {48: "L", 49: "M", 50: "Q", 51: "H"}
_DOUBLE_BYTE = 0x81
_REPORT_BITS = (0x02, 0x04, 0x08)  # GS a: online and cover, errors, roll paper: bytes 1 to 3 of automatic status
_KNOWN_IDENTITY = frozenset({1, 2, 3, 65 % 48, 66 % 48, 67 % 48, 68 % 48, 69 % 48})  # asked in vain is still asked well
_LONGEST_WAIT = 1 << 20  # more than any picture; a longer "command" is garbage

Handler = Callable[[bytes], None]


class Interpreter:
    """Interprets what a printer was sent. `answer` takes bytes that go back, `on_receipt` what each cut ends."""

    def __init__(
        self,
        font: Path,
        model: Model,
        sensors: Sensors,
        answer: Callable[[bytes], None],
        on_receipt: Callable[[bytes, str, Image.Image], None],
    ) -> None:
        self.paper = Paper(font, model.width)
        self.unknown: list[bytes] = []
        self._model = model
        self._reported, self._report_of = b"", 0  # automatic status: what was told last, and of what (GS a n)
        self._sensors, self._answer, self._on_receipt = sensors, answer, on_receipt
        self._buffer = bytearray()
        self._raw = bytearray()
        self._chinese = True  # models for China wake up in Chinese mode
        self._qr: dict[int, bytes] = {}
        self._fixed = self._commands()

    def clear(self) -> None:
        """Drop a command that is not all here."""
        self._buffer.clear()

    def power_cycle(self) -> None:
        """Forget everything that is not on the paper."""
        self.clear()
        self._initialise(b"")

    def report(self) -> None:
        """Send automatic status if it is other than it was, in what GS a asked for."""
        now = self._sensors.automatic()
        changed = sum(bit for bit, old, new in zip(_REPORT_BITS, self._reported, now, strict=False) if old != new)
        if changed & self._report_of:
            self._reported = now
            self._answer(now)

    def feed(self, data: bytes) -> None:
        """Take bytes; whatever is a whole command by now is done."""
        self._buffer += data
        while self._buffer and (used := self._step(bytes(self._buffer[:_LONGEST_WAIT]))):
            del self._buffer[:used]

    def _commands(self) -> dict[bytes, tuple[int, Handler]]:
        """Return command -> (bytes of parameters, what it does)."""
        paper = self.paper

        def skip(_parameters: bytes) -> None:
            """Do nothing: without effect on what this printer prints."""

        return {
            b"\n": (0, lambda _: paper.end_line()),
            b"\r": (0, skip),
            b"\0": (0, skip),
            b"\x1b@": (0, self._initialise),
            b"\x1ba": (1, lambda p: setattr(paper.style, "align", p[0] % 48 % 3)),
            b"\x1bE": (1, lambda p: setattr(paper.style, "bold", bool(p[0] & 1))),
            b"\x1bG": (1, lambda p: setattr(paper.style, "bold", bool(p[0] & 1))),
            b"\x1b-": (1, lambda p: setattr(paper.style, "underline", bool(p[0] % 48))),
            b"\x1b!": (1, self._print_mode),
            b"\x1d!": (1, lambda p: self._size((p[0] >> 4) + 1, (p[0] & 0x0F) + 1)),
            b"\x1bd": (1, self._feed_lines),
            b"\x1bJ": (1, self._feed_dots),
            b"\x1b2": (0, lambda _: setattr(paper, "pitch", DEFAULT_PITCH)),
            b"\x1b3": (1, lambda p: setattr(paper, "pitch", p[0])),
            b"\x1c&": (0, lambda _: setattr(self, "_chinese", True)),
            b"\x1c.": (0, lambda _: setattr(self, "_chinese", False)),
            b"\x1c!": (1, lambda p: self._size(2 if p[0] & 4 else 1, 2 if p[0] & 8 else 1)),
            b"\x1cW": (1, lambda p: self._size(*((2, 2) if p[0] & 1 else (1, 1)))),
            b"\x1dr": (1, lambda _: self._answer(bytes((self._sensors.paper(),)))),
            b"\x1dI": (1, self._identify),
            b"\x1da": (1, self._set_automatic_status),
            b"\x10\x04": (1, skip),  # answered when it passed
            b"\x10\x05": (1, skip),
            b"\x10\x14": (3, skip),
            b"\x1bt": (1, skip),
            b"\x1bR": (1, skip),
            b"\x1bM": (1, skip),
            b"\x1bc5": (1, skip),
            b"\x1bp": (3, skip),
            b"\x1cS": (2, skip),
            b"\x1cC": (1, skip),
        }

    def _step(self, buffer: bytes) -> int:
        """Do the command at the front of `buffer`; return the bytes it took, 0 for "not all here yet"."""
        for prefix, (count, handler) in self._fixed.items():
            if buffer.startswith(prefix):
                end = len(prefix) + count
                return self._do(buffer, end, lambda: handler(buffer[len(prefix) : end]))  # noqa: B023 - run at once
        if buffer.startswith(b"\x1dV"):
            return self._step_cut(buffer)
        if buffer.startswith(b"\x1dv0"):
            return self._step_picture(buffer)
        if buffer.startswith(b"\x1d("):
            return self._step_function(buffer)
        if buffer in (b"\x1b", b"\x1c", b"\x1d", b"\x10", b"\x1dv", b"\x1bc"):
            return 0
        return self._step_text(buffer)

    def _do(self, buffer: bytes, length: int, act: Callable[[], None]) -> int:
        """Act on a command of `length` bytes, if all of it is here, and keep its bytes with the receipt's."""
        if len(buffer) < length:
            return 0
        if buffer[:2] not in (b"\x10\x04", b"\x1dr", b"\x1dI", b"\x1da"):  # questions are no part of a receipt
            self._raw += buffer[:length]
        act()
        return length

    def _step_cut(self, buffer: bytes) -> int:
        if len(buffer) <= 2:  # noqa: PLR2004 - GS V, the mode is still to come
            return 0
        return self._do(buffer, 4 if buffer[2] in _CUTS_WITH_FEED else 3, self._cut)

    def _step_picture(self, buffer: bytes) -> int:
        head = 8
        if len(buffer) < head:
            return 0
        across, rows = buffer[4] + 256 * buffer[5], buffer[6] + 256 * buffer[7]
        end = head + across * rows

        def burn() -> None:
            packed = np.frombuffer(buffer, dtype=np.uint8, count=across * rows, offset=head).reshape(rows, across)
            dots = np.unpackbits(packed, axis=1).astype(bool)
            self.paper.picture(np.kron(dots, np.ones((1 + (buffer[3] >> 1 & 1), 1 + (buffer[3] & 1)), dtype=bool)))

        if rows > self._model.band_rows:
            return self._do(buffer, end, lambda: self.unknown.append(buffer[:head]))
        return self._do(buffer, end, burn)

    def _step_function(self, buffer: bytes) -> int:
        """GS ( x pL pH ...: QR codes are done, others are well-formed and unknown."""
        head = 5
        if len(buffer) < head:
            return 0
        end = head + buffer[3] + 256 * buffer[4]
        body = buffer[head:end]
        is_qr = buffer[2:3] == b"k" and body[:1] == b"1" and self._model.qr
        return self._do(buffer, end, lambda: self._qr_function(body) if is_qr else self.unknown.append(buffer[:head]))

    def _step_text(self, buffer: bytes) -> int:
        """One character: ASCII, or in Chinese mode two bytes; any other byte prints as ``?`` or is unknown."""
        first = buffer[0]
        if first >= _DOUBLE_BYTE and self._chinese and self._model.font:
            return self._do(buffer, 2, lambda: self.paper.put(self._model.character(buffer[:2])))
        if first >= _DOUBLE_BYTE - 1 or chr(first).isprintable():
            return self._do(buffer, 1, lambda: self.paper.put(chr(first) if chr(first).isascii() else "?"))
        return self._do(buffer, 1, lambda: self.unknown.append(buffer[:1]))

    def _initialise(self, _parameters: bytes) -> None:
        self.paper.reset()
        self._chinese = True
        self._qr.clear()
        self._report_of = 0

    def _size(self, width: int, height: int) -> None:
        self.paper.style.width, self.paper.style.height = width, height

    def _print_mode(self, parameters: bytes) -> None:
        mode = parameters[0]
        self.paper.style = Style(bool(mode & 8), bool(mode & 0x80), align=self.paper.style.align)
        self._size(2 if mode & 0x20 else 1, 2 if mode & 0x10 else 1)

    def _feed_lines(self, parameters: bytes) -> None:
        if self.paper.line_open:
            self.paper.end_line()
        self.paper.feed(parameters[0] * self.paper.pitch)

    def _feed_dots(self, parameters: bytes) -> None:
        if self.paper.line_open:
            self.paper.end_line()
        self.paper.feed(parameters[0])

    def _identify(self, parameters: bytes) -> None:
        number = parameters[0]
        text = self._model.text(number)
        answer = b"_" + text.encode() + b"\0" if text is not None else self._model.single(number % 48)
        if answer is not None:
            self._answer(answer)
        elif number % 48 not in _KNOWN_IDENTITY:
            self.unknown.append(b"\x1dI" + parameters)

    def _set_automatic_status(self, parameters: bytes) -> None:
        self._report_of = parameters[0]
        self._reported = self._sensors.automatic()
        if self._report_of:
            self._answer(self._reported)

    def _qr_function(self, body: bytes) -> None:
        function, parameters = body[1], body[2:]
        self._qr[function] = parameters
        if function == 81:  # noqa: PLR2004 - print what function 80 stored
            correction = _QR_CORRECTION[self._qr.get(69, b"0")[0]]
            self.paper.qr(self._qr[80][1:], self._qr.get(67, b"\x03")[0], correction)

    def _cut(self) -> None:
        if self.paper.line_open:
            self.paper.end_line()
        self.paper.feed(_FEED_TO_CUTTER)
        raw = bytes(self._raw)
        self._raw.clear()
        self._on_receipt(raw, *self.paper.cut())
