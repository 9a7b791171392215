"""Opens the outbox beside the screen, and keeps trying: a kiosk that cannot keep a case takes none, and says why.

One decision: opening may verify a long database and make the reserve, so it has a thread of its own; the first screen
does not wait for it.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from kiosk.config import KioskConfig
from kiosk.trouble import OTHER_IDENTITY, Trouble, identity_trouble, outbox_trouble
from sync.enrol import IdentityError, load_identity
from sync.outbox import Outbox, OutboxError

AGAIN_SECONDS = 5.0  # a technician enrols the kiosk, or frees the disk: it opens without being started again
_log = logging.getLogger(__name__)


class Opener:
    """Tries until the outbox is open; tells `closed` each new reason why it is not."""

    def __init__(
        self,
        config: KioskConfig,
        post: Callable[[Callable[[], None]], None],
        opened: Callable[[Outbox], None],
        closed: Callable[[Trouble], None],
    ) -> None:
        self._config = config
        self._post = post
        self._opened = opened
        self._closed = closed
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; and again for an outbox that broke and was closed."""
        if not self._stopping.is_set():
            self._thread = threading.Thread(target=self._run, name="outbox opener", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Give up, if it is not open yet."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        told: Trouble | None = None
        while not self._stopping.is_set():
            found = self._open()
            if isinstance(found, Outbox):
                self._post(partial(self._opened, found))
                return
            trouble, why = found
            if trouble != told:
                told = trouble
                _log.error("out of service: %s", why)
                self._post(partial(self._closed, trouble))
            self._stopping.wait(AGAIN_SECONDS)

    def _open(self) -> Outbox | tuple[Trouble, str]:
        """Return the open outbox, or how it is told that it is not, and the sentence for the log."""
        kiosk = self._config.kiosk
        try:
            identity = load_identity(kiosk.identity)
            office = identity.office
            if (office.region, office.kiosk_id, office.site_id) != (kiosk.region, kiosk.id, kiosk.site):
                return OTHER_IDENTITY, f"enrolled as {office.region}/{office.kiosk_id}/{office.site_id}"
            return Outbox(kiosk.outbox, identity.sealer, identity, now=lambda: datetime.now(kiosk.zone))
        except IdentityError as error:
            return identity_trouble(error), str(error)
        except OutboxError as error:
            return outbox_trouble(error), str(error)
