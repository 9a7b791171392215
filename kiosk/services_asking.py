"""Asks the office for the visit: each question on a thread of its own, with a line of its own.

One decision: the kiosk's process asks, the delivery's process delivers: an answer that is waited for never stands
behind a scan. The line is made for each question, so that a new identity or a mended network needs no restart.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from kiosk.config import KioskConfig
from kiosk.ports import ASK_SECONDS
from sync.asking import Question
from sync.client import NotAnsweredError, OfficeClient
from sync.contract import Record
from sync.enrol import IdentityError, load_identity
from sync.line import LineError, UnsafeLine

_NOT_KNOWN = 401  # what the office says to a kiosk that is not enrolled
_log = logging.getLogger(__name__)


class Asker:
    """The asking of one kiosk; called on the thread `post` leads to, and heard there."""

    def __init__(self, config: KioskConfig, post: Callable[[Callable[[], None]], None]) -> None:
        self._config = config
        self._post = post
        self._ticket: object | None = None

    def ask(self, question: Question, answered: Callable[[Record], None], failed: Callable[[int | None], None]) -> None:
        """Ask; an earlier question that is still under way is answered to nobody.

        What has not come after `ASK_SECONDS`, from a line that trickles, is no answer. The thread ends with its line,
        and never holds up the end of the process.
        """
        ticket = self._ticket = object()

        def ended(result: Record | int | None) -> None:
            late.cancel()
            if ticket is not self._ticket:
                return
            self._ticket = None
            if isinstance(result, Record):
                answered(result)
            else:
                failed(result)

        def run() -> None:
            self._post(partial(ended, self._answer_to(question)))

        late = threading.Timer(ASK_SECONDS, lambda: self._post(partial(ended, None)))
        late.daemon = True
        late.start()
        threading.Thread(target=run, name="asking the office", daemon=True).start()

    def wipe(self) -> None:
        """Forget what was asked: what still comes is dropped."""
        self._ticket = None

    def _answer_to(self, question: Question) -> Record | int | None:
        """Return the answer, or the status that was none, or None where no answer came."""
        office = self._config.office
        try:
            client = OfficeClient(office.url, load_identity(self._config.kiosk.identity), ca_file=office.ca)
        except (IdentityError, UnsafeLine) as fault:
            _log.error("nothing can be asked of the office: %s", fault)
            return _NOT_KNOWN
        try:
            return client.ask(question)
        except LineError as fault:
            _log.warning("the office does not answer: %s", fault)
            return None
        except NotAnsweredError as fault:
            _log.warning("%s", fault)
            return fault.status
        finally:
            client.close()
