"""The sensors of the simulated receipt printer, and the status bytes they make (Epson ESC/POS manual)."""

from dataclasses import dataclass

_FIXED_REAL_TIME = 0x12
_FIXED_AUTOMATIC = 0x10


@dataclass
class Sensors:
    """What is wrong with the printer at this moment.

    `blade_freed`: nothing holds the cutter any more, but its error stands until DLE ENQ 2, or the power is cycled.
    """

    near_end: bool = False
    paper_out: bool = False
    cover_open: bool = False
    cutter_jam: bool = False
    overheated: bool = False
    unrecoverable: bool = False
    recoverable: bool = False
    blade_freed: bool = False

    @property
    def offline(self) -> bool:
        """Whether the printer has stopped; it still answers real-time questions."""
        return self.paper_out or self.cover_open or self._error

    @property
    def _error(self) -> bool:
        return self.cutter_jam or self.overheated or self.unrecoverable or self.recoverable

    def recover(self) -> None:
        """Do what DLE ENQ does: end the errors that can be ended so, where their cause is gone."""
        self.recoverable = False
        if self.blade_freed:
            self.cutter_jam = self.blade_freed = False

    def real_time(self, number: int) -> bytes:
        """Return the answer to DLE EOT `number` (1-4)."""
        bits = {
            1: ((self.offline, 0x08),),
            2: ((self.cover_open, 0x04), (self.paper_out, 0x20), (self._error, 0x40)),
            3: (
                (self.recoverable, 0x04),
                (self.cutter_jam, 0x08),
                (self.unrecoverable, 0x20),
                (self.overheated, 0x40),
            ),
            4: ((self.near_end or self.paper_out, 0x0C), (self.paper_out, 0x60)),
        }
        return bytes((_FIXED_REAL_TIME | _bits(*bits[number]),))

    def automatic(self) -> bytes:
        """Return the four bytes of automatic status back."""
        first = _FIXED_AUTOMATIC | _bits((self.offline, 0x08), (self.cover_open, 0x20))
        second = _bits(
            (self.recoverable, 0x04), (self.cutter_jam, 0x08), (self.unrecoverable, 0x20), (self.overheated, 0x40)
        )
        return bytes((first, second, self.paper(), 0))

    def paper(self) -> int:
        """Return the paper bits as GS r 1 and the third automatic byte have them."""
        return _bits((self.near_end or self.paper_out, 0x03), (self.paper_out, 0x0C))


def _bits(*pairs: tuple[bool, int]) -> int:
    return sum(mask for is_set, mask in pairs if is_set)
