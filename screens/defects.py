"""What happens when the screens or an intent have a defect: it is told without its words, and the window goes on.

One decision: an exception's text may quote a resident, so only its type and the places in our own files are logged
(promise 2), whatever thread it comes from. A third defect within a minute is one that does not pass: the process ends
with 1, so that the service manager starts it anew.
"""

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from kivy.base import ExceptionHandler, ExceptionManager, stopTouchApp
from kivy.clock import Clock

_log = logging.getLogger(__name__)
_HOUSE = Path(__file__).resolve().parents[1]
_ROOMS = frozenset({"screens", "kiosk", "drivers", "sync", "roles"})
_MOST = 3
_WITHIN_SECONDS = 60.0
_DEPTH = 12  # places told, the innermost first
_UNKNOWN = "a place outside of this house"


def place(traceback: TracebackType | None) -> str:
    """Return where it happened, as ``file:line`` of our own files, the innermost first."""
    found: list[str] = []
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)  # relative in the packed program
        if file.is_relative_to(_HOUSE):
            file = file.relative_to(_HOUSE)
        if file.parts and file.parts[0] in _ROOMS:
            found.append(f"{file.as_posix()}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " < ".join(found[::-1][:_DEPTH]) or _UNKNOWN


def _uncaught(kind: type[BaseException], traceback: TracebackType | None) -> None:
    _log.critical("uncaught: %s at %s", kind.__name__, place(traceback))


def tell_without_words() -> None:
    """Have exceptions that nobody catches, on any thread, told by type and place; Python would print their text."""
    sys.excepthook = lambda kind, _, traceback: _uncaught(kind, traceback)
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_traceback)


class Defects(ExceptionHandler):
    """Stands in Kivy's loop and takes every exception that reaches it.

    Args:
        mend: ends the visit and shows what to do next. It runs before the next frame, inside the loop, so that a defect
            in it is taken like any other.
        clock: monotonic seconds.
    """

    def __init__(self, mend: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.given_up = False
        self._mend = Clock.create_trigger(lambda _seconds: mend(), -1)
        self._clock = clock
        self._times: deque[float] = deque(maxlen=_MOST)

    def __enter__(self) -> Self:
        ExceptionManager.add_handler(self)
        return self

    def __exit__(self, kind: object, value: object, traceback: object) -> None:
        ExceptionManager.remove_handler(self)

    def handle_exception(self, exception: BaseException) -> int:
        """Tell it, and go on; a wish to end (KeyboardInterrupt, SystemExit) is none of ours."""
        if not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)
        now = self._clock()
        self._times.append(now)
        _log.error("a defect: %s at %s", type(exception).__name__, place(exception.__traceback__))
        if len(self._times) == _MOST and now - self._times[0] <= _WITHIN_SECONDS:
            _log.critical("%d defects within a minute: this process ends, to be started anew", _MOST)
            self.given_up = True
            stopTouchApp()
        else:
            self._mend()
        return int(ExceptionManager.PASS)
