"""Codes on the resident's phone: one may be shown while the kiosk asks who the resident is, and goes with the case.

One decision: a code never says who the resident is, since only its issuer can tell; card or number are asked for as
before. One that cannot be read, and a scanner that fails, cost nobody a step.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING

from drivers.errors import DeviceError, Reason
from drivers.model import DeviceClass
from kiosk.purpose import Purpose
from kiosk.trouble import device_trouble
from kiosk.visit_core import VisitCore
from kiosk.visit_states import event

if TYPE_CHECKING:
    from drivers.code_scanner import Code

NOT_THIS_ONE = "identity.code_is_ours"
SHOW_AGAIN = frozenset({Reason.GARBLED, Reason.CHARSET_DATA})


class Presenting(VisitCore):
    """What a code does to a visit, at IDENTIFY."""

    @event
    def code_shown(self, code: "Code") -> None:
        """A code was read: a token is kept as it is; one of our own receipts is not what is asked for here."""
        from kiosk.codes import OwnCode, read_code  # noqa: PLC0415 - only a kiosk with a scanner needs it

        self.touch()
        read = read_code(code)
        if isinstance(read, OwnCode):
            if self.purpose is Purpose.PROGRESS and read.receipt_number and read.verification_code:
                self.ask_by_receipt(read.receipt_number, read.verification_code)
                return
            self.code_fault = NOT_THIS_ONE
            self.await_code()
            return
        self.code_fault, self.awaits_code = None, False
        self.presented = read

    @event
    def code_failed(self, error: DeviceError) -> None:
        """Show it again if that may help; with a scanner that fails the offer goes, and the other ways stay."""
        self.awaits_code = False
        if error.reason in SHOW_AGAIN:
            self.touch()
            self.code_fault = device_trouble(DeviceClass.CODE_SCANNER, error).key
            self.await_code()

    def await_code(self) -> None:
        """Look out for a code, if this kiosk can and none was shown yet."""
        if self.presented is None:
            self.awaits_code = self.ports.start_code_reading()

    @abstractmethod
    def ask_by_receipt(self, receipt_number: str, verification_code: str) -> None:
        """Ask the office how the case of a receipt stands."""

    def stop_awaiting_code(self) -> None:
        """Look out for none any more."""
        self.awaits_code = False
        self.ports.stop_code_reading()
