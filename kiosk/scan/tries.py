"""How often the same fault came again: a refusal that never ends is no judgement, so the resident may go on at last.

One decision: a try is a page laid anew, or a touch of the button; the time counts only while something lies there.
"""

from kiosk.scan.fault import Fault, Verdict

MOST_TRIES = 3  # of the same fault
MOST_SECONDS = 20.0  # of refusals, of whatever fault
_GAP = 1.0  # seconds; a camera that paused did not refuse anything meanwhile
_NOT_TRIED = frozenset({Fault.MOVING, Fault.MOVED, Fault.NO_PAGE})  # nothing was laid down to be judged yet


class Tries:
    """Feed it the verdict on every frame."""

    def __init__(self) -> None:
        self._family: str | None = None
        self._count = 0
        self._seconds = 0.0
        self._last: float | None = None
        self._was_tried = False

    @property
    def used_up(self) -> bool:
        """Whether the resident may go on as it is."""
        return self._count >= MOST_TRIES or self._seconds >= MOST_SECONDS

    def feed(self, now: float, verdict: Verdict, *, still: bool, something: bool) -> None:
        """Count a frame taken at `now`; `something` lies on the tray."""
        last, self._last = self._last, now
        if verdict.fault is None:
            self.renew()
            return
        if something and last is not None:
            self._seconds += min(now - last, _GAP)
        tried = still and verdict.fault not in _NOT_TRIED
        if tried and not self._was_tried:
            self.add(verdict.fault)
        self._was_tried = tried

    def add(self, fault: Fault) -> None:
        """Count one more try that ended with `fault`."""
        if fault.family != self._family:
            self._family, self._count = fault.family, 0
        self._count += 1

    def renew(self) -> None:
        """Begin to count anew: a page was good, or it was taken."""
        self._family, self._count, self._seconds, self._was_tried = None, 0, 0.0, False
