"""Since when what is to be read first has stood on the glass: a finger on its way there has not read it.

One decision: the time counts from the frame that showed it, not from when its page was built, which on a busy machine
is a while before; a touch that waited meanwhile is still one of somebody who has not seen the page.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

READ_SECONDS = 0.7  # the second touch of a double one has come by then


@dataclass(slots=True, repr=False)
class Standing:
    """What on the page of the moment is to be read first, by names its page gives. No repr: a name may be personal."""

    _since: dict[Hashable, float | None] = field(default_factory=dict)
    _before: dict[Hashable, float | None] = field(default_factory=dict)

    def turn(self) -> None:
        """A page is built anew: what it does not name again has gone."""
        self._before, self._since = self._since, {}

    def name(self, what: Hashable) -> None:
        """Say that it is on the page that is built now; if it was on the page before, it has stood there all along."""
        self._since.setdefault(what, self._before.get(what))

    def unseen(self) -> tuple[Hashable, ...]:
        """Return what no frame has shown yet."""
        return tuple(what for what, since in self._since.items() if since is None)

    def shown(self, what: tuple[Hashable, ...], now: float) -> None:
        """Note that the frame with these is on the glass; what has gone meanwhile is forgotten."""
        for each in what:
            if each in self._since and self._since[each] is None:
                self._since[each] = now

    def read(self, what: Hashable, now: float) -> bool:
        """Tell whether it has been there long enough to be read."""
        since = self._since.get(what)
        return since is not None and now - since >= READ_SECONDS
