"""Looks at each page that was taken: what paper it is, and what it says where it was read. Beside the visit's thread.

One decision: it is a help and never in the way. A page can be submitted before it was looked at, and a look that fails
is logged and otherwise as if there had been none.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kiosk.papers.expected import wanted_kinds
from kiosk.papers.kinds import PaperKind
from kiosk.visit_core import Suggestion

if TYPE_CHECKING:
    from kiosk.reading.results import Reading
    from kiosk.scan.page import PageImage
    from kiosk.visit import Visit

Post = Callable[[Callable[[], None]], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """What a look at one page brought: its kind, whether that may be what is asked for, and what it says."""

    kind: PaperKind
    expected: bool
    suggestions: tuple[Suggestion, ...]


class PaperDesk:
    """Looks at pages one after another; what it finds comes as events of the visit, on the thread `post` leads to."""

    def __init__(self, post: Post, visit: "Callable[[], Visit]") -> None:
        self._post = post
        self._visit = visit
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="papers")
        self._waiting: list[Future[None]] = []

    def examine(self, material_id: str, page: "PageImage", reading: "Reading | None" = None) -> None:
        """Look at a page, by its words too if there is a reading of it; called on the visit's thread."""
        visit = self._visit()
        generation = visit.generation

        def told(found: Look) -> None:
            visit.paper_type_seen(page, found.kind, expected=found.expected)
            if reading is not None:
                visit.fields_read(page, found.suggestions)

        def looked() -> None:
            found = look_at(material_id, page, reading)
            self._post(lambda: visit.deliver(generation, partial(told, found)))

        self._waiting = [future for future in self._waiting if not future.done()]
        self._waiting.append(self._pool.submit(looked))
        self._waiting[-1].add_done_callback(_log_defect)

    def wipe(self) -> None:
        """Forget the pages that wait; the look under way is a moment, and what it brings is nobody's."""
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()

    def close(self) -> None:
        """Finish the look under way, and look no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def look_at(material_id: str, page: "PageImage", reading: "Reading | None") -> Look:
    """Return what a page taken for that material is and says."""
    # These bring OpenCV, which the first screen must not wait for.
    from kiosk.papers.classify import what_paper  # noqa: PLC0415 - see above
    from kiosk.papers.cutting import cut_out, decoded  # noqa: PLC0415 - see above
    from kiosk.papers.looks import looks_of  # noqa: PLC0415 - see above
    from kiosk.papers.suggest import fields_of  # noqa: PLC0415 - see above
    from kiosk.papers.text import rows_of  # noqa: PLC0415 - see above

    image = decoded(page.jpeg, small=reading is None)
    rows = None if reading is None else rows_of(reading)
    seen = what_paper(looks_of(image, page.mm_size, measured=page.measured), rows)
    expected = seen.may_be(wanted_kinds(material_id))
    if reading is None or rows is None:
        return Look(seen.kind, expected, ())
    said = fields_of(seen.kind, rows)
    turns = reading.turns or 0
    return Look(
        seen.kind,
        expected,
        tuple(Suggestion(page, each.kind.value, each.value, cut_out(image, each.box, turns)) for each in said),
    )


def _log_defect(looked: Future[None]) -> None:
    """Tell of a defect by its name alone: its text may quote what it choked on (promise 2)."""
    if not looked.cancelled() and (error := looked.exception()) is not None:
        _log.error("a page could not be looked at: %s", type(error).__name__)
