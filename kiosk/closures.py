"""Why the kiosk takes nobody: several may say so at a time, and it opens when the last of them has taken it back.

One decision: each closes for itself alone. The outbox that opens does not end what a technician closed, and the mains
that came back do not open a kiosk that cannot keep a case. Called on the visit's thread.
"""

from collections.abc import Callable
from enum import StrEnum

from kiosk.trouble import Trouble


class Closer(StrEnum):
    """Who can close the kiosk; of several, residents are told the word of the first in this order."""

    STAFF = "STAFF"
    POWER = "POWER"
    OUTBOX = "OUTBOX"


class Closures:
    """Holds everybody's word, and tells `tell` the one that is shown when it is another (None: the kiosk is open)."""

    def __init__(self, tell: Callable[[Trouble | None], None]) -> None:
        self._tell = tell
        self._words: dict[Closer, Trouble] = {}

    def close(self, closer: Closer, trouble: Trouble) -> None:
        """Take nobody from now on; a visit under way goes on."""
        self._change(closer, trouble)

    def open(self, closer: Closer) -> None:
        """Take that word back."""
        self._change(closer, None)

    def word(self, closer: Closer) -> Trouble | None:
        """Return what `closer` says now; None: nothing."""
        return self._words.get(closer)

    @property
    def shown(self) -> Trouble | None:
        """What residents are told; None: the kiosk is open."""
        return next((self._words[closer] for closer in Closer if closer in self._words), None)

    def _change(self, closer: Closer, trouble: Trouble | None) -> None:
        before = self.shown
        self._words.pop(closer, None)
        if trouble is not None:
            self._words[closer] = trouble
        if self.shown != before:
            self._tell(self.shown)
