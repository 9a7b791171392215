"""Room on the disk: a reserve that only delivery may spend, and the answer to "will this visit fit?".

One decision: a full disk must never stop delivery, for delivery is what empties it. So a file of real blocks is held
back, let go when even the acknowledgement of a delivery finds no room, and made again afterwards.
"""

import logging
from pathlib import Path

from sync.durable import Disk
from sync.outbox_schema import outbox_error

RESERVE_BYTES = 64 * 1024 * 1024
PAGE_BYTES = 20 * 1024 * 1024  # the worst a scanned page may become, sealed

_LOG = logging.getLogger(__name__)


class Room:
    """The free space below the outbox's folder."""

    def __init__(
        self, folder: Path, disk: Disk, *, reserve_bytes: int = RESERVE_BYTES, page_bytes: int = PAGE_BYTES
    ) -> None:
        """Look at `folder`; nothing is written yet. Sizes in bytes."""
        self._folder = folder
        self._file = folder / "reserve"
        self._disk = disk
        self._reserve_bytes = reserve_bytes
        self._page_bytes = page_bytes

    def enough(self, pages: int) -> bool:
        """Return whether `pages` pages of the worst size fit, and a whole reserve still fits beside them."""
        try:
            return self._disk.free(self._folder) >= pages * self._page_bytes + self._reserve_bytes
        except OSError as error:
            raise outbox_error(error) from error

    def held(self) -> bool:
        """Return whether the reserve is there, whole."""
        try:
            return self._file.stat().st_size >= self._reserve_bytes
        except FileNotFoundError:
            return False

    def release(self) -> bool:
        """Let the reserve go; return whether there was one."""
        try:
            self._file.unlink()
        except FileNotFoundError:
            return False
        _LOG.warning("disk full: the reserve is released so that delivery can finish")
        return True

    def restore(self) -> bool:
        """Make the reserve again where it fits twice; return whether it is held now."""
        if self.held():
            return True
        try:
            if self._disk.free(self._folder) < 2 * self._reserve_bytes:
                return False
            self._disk.reserve(self._file, self._reserve_bytes)
        except OSError as error:
            _LOG.warning("no room for the reserve: %s", outbox_error(error))
            return False
        return True
