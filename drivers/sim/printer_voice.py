"""What the simulated printer says, and how badly: whole, one byte at a time, with noise between, or not at all."""

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator

_DRIBBLE_SECONDS = 0.005
_NOISE = bytes(range(0x80, 0x100))  # no message of a printer has bit 7 (outside a text), so a driver can drop these
_XOFF_XON = b"\x13\x11"


class Voice:
    """Speaks to whoever spoke last. `way` is one of `WAYS`."""

    def __init__(self) -> None:
        self.speaker: Callable[[bytes], object] = len  # nobody yet
        self.way = "speak"
        self._dice = random.Random(0)  # noqa: S311 - reproducible noise is the point

    def say(self, data: bytes) -> None:
        """Send one message."""
        with contextlib.suppress(OSError):  # nobody listens any more
            for piece in WAYS[self.way](self, data):
                self.speaker(piece)

    def _dribbled(self, data: bytes) -> Iterator[bytes]:
        for place in range(len(data)):
            time.sleep(_DRIBBLE_SECONDS)
            yield data[place : place + 1]

    def _noisy(self, data: bytes) -> list[bytes]:
        noise = bytes(self._dice.choices(_NOISE, k=self._dice.randint(1, 4)))
        return [noise, _XOFF_XON, data, noise]


WAYS: dict[str, Callable[[Voice, bytes], Iterable[bytes]]] = {
    "speak": lambda _voice, data: [data],
    "silent": lambda _voice, _data: [],
    "dribble": Voice._dribbled,  # noqa: SLF001 - a table of its own methods
    "garbage": Voice._noisy,  # noqa: SLF001 - as above
}
"""Actions of `do` that change how it speaks."""
