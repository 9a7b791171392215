"""For how long the receipt paper lasts: what is left on the roll by what is used a day. Unknown stays unknown."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.print_ledger import PrintLedger, PrintLedgerError

USE_OVER_DAYS = 7.0  # a week has every day of the week in it


@dataclass(frozen=True, slots=True)
class PaperUse:
    """The receipt paper by the ledger: mm a day, and mm left on the roll; None where nobody knows."""

    per_day: float | None
    left_mm: float | None


def unknown_use() -> PaperUse:
    """Return the use of a kiosk that keeps no ledger of it."""
    return PaperUse(None, None)


def ledger_use(ledger: Callable[[], PrintLedger]) -> PaperUse:
    """Return the use by the ledger that `ledger` gives; a ledger that cannot be read knows nothing."""
    try:
        opened = ledger()
        return PaperUse(opened.use_per_day(USE_OVER_DAYS), opened.paper_left_mm())
    except PrintLedgerError:
        return unknown_use()


def days_left(use: PaperUse) -> float | None:
    """Return for how many days the roll lasts; None where either number is unknown or nothing is used."""
    if use.per_day is None or use.left_mm is None or use.per_day <= 0:
        return None
    return max(0.0, use.left_mm) / use.per_day
