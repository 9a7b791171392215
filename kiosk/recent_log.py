"""The last lines of this process's log, in memory, for the technician's screen; as they went to the journal."""

import logging
from collections import deque

KEPT = 200
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RecentLog(logging.Handler):
    """Keeps the last lines from `open` to `shut`. Nothing is masked here: no line of this house holds personal data."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=KEPT)
        self.setFormatter(logging.Formatter(FORMAT, datefmt="%m-%d %H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line; a traceback is not kept."""
        record_without = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None})
        self._lines.append(self.format(record_without))

    def lines(self) -> tuple[str, ...]:
        """Return the lines, the newest first."""
        return tuple(reversed(self._lines))

    def open(self) -> None:
        """Begin to listen."""
        logging.getLogger().addHandler(self)

    def shut(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self)
