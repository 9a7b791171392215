"""The rows of the two printers: receipts and A4 proofs."""

from itertools import count
from typing import Any, ClassVar

from drivers.device import Driver
from drivers.document_printer import DocumentPrinter, DocumentPrinterOptions, PrintDocument
from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus, Sensitive, SupplyStatus
from drivers.print_job import PrintJob
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.sim import ipp_line, printer
from drivers.sim.ipp_printer import LEVELS, IppPrinterSimulator
from drivers.sim.ipp_process import CONDITIONS
from drivers.sim.printer import PrinterSimulator
from tests.drivers.documents import PDF
from tests.drivers.matrix import (
    GARBLED,
    GONE,
    HEALTH,
    NO_ANSWER,
    WELL,
    Row,
    Stand,
    Verdict,
    either,
    harmless,
    row,
    same,
)
from tests.drivers.printing import FONT, HELLO, draw

ONLINE, BROKEN, OFF = DeviceStatus.ONLINE, DeviceStatus.HARDWARE_ERROR, DeviceStatus.POWER_OFF
NOT_READY, HARDWARE = CompletionCode.DEVICE_NOT_READY, CompletionCode.HARDWARE_ERROR
UNSURE: Verdict = (CompletionCode.TIME_OUT, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR)
DEFECT: Verdict = (HARDWARE, Reason.DEFECT, ErrorAction.MAINTENANCE)
JOBS = count(1)


def told(fault: str, status: DeviceStatus, verdict: Verdict, **supplies: SupplyStatus) -> Row:
    """Return the row of what a printer names itself: nothing is sent, and the silent self-test says it too."""
    return row(fault, status, verdict, ends={"*": verdict, "INTERNAL": (status, verdict[2])}, supplies=supplies)


def by_staff(reason: Reason) -> Verdict:
    return NOT_READY, reason, ErrorAction.CLEAR


class ReceiptStand(Stand):
    """The receipt printer."""

    device_class = DeviceClass.RECEIPT_PRINTER
    home = "drivers.receipt_printer"
    commands: ClassVar = {"PrintReceipt": lambda: PrintReceipt(PrintJob(f"job {next(JOBS)}", HELLO)), **HEALTH}
    proof = "PrintReceipt"
    faults = tuple(printer.FAULTS)
    others = frozenset({*printer.FAULTS.values(), "cutter_freed", "take", "state"})
    shortened: ClassVar = {"drivers.escpos_line._ANSWER_SECONDS": 0.2, "drivers.escpos_line._QUIET_SECONDS": 0.05}
    rows: ClassVar[tuple[Row, ...]] = (
        told("paper_out", DeviceStatus.USER_ERROR, by_staff(Reason.PAPER_OUT), paper=SupplyStatus.OUT),
        told("cover_open", DeviceStatus.USER_ERROR, by_staff(Reason.COVER_OPEN), paper=SupplyStatus.FULL),
        told("overheated", DeviceStatus.OFFLINE, (NOT_READY, Reason.OVERHEATED, ErrorAction.SUSPEND)),
        told("cutter_jam", BROKEN, (HARDWARE, Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE)),
        told("unrecoverable", BROKEN, DEFECT),
        row(
            "recoverable", BROKEN, DEFECT,
            # The technician's test ends it (DLE ENQ 2): somebody stands there, and the blade is free.
            ends={"PrintReceipt": DEFECT, "INTERNAL": (BROKEN, ErrorAction.MAINTENANCE), "*": WELL},
            unseen=("EXTERNAL", "INTERACTIVE"),
        ),
        harmless("paper_near_end", supplies={"paper": SupplyStatus.LOW}),
        harmless("dribble"),
        harmless("garbage"),
        row("busy", ONLINE, ends={"*": UNSURE, "INTERNAL": WELL}),
        row("silent", OFF, NO_ANSWER, ends={"*": UNSURE, "INTERNAL": NO_ANSWER}),
        row("stop_reading", OFF, NO_ANSWER, ends={"*": UNSURE, "INTERNAL": NO_ANSWER}),
        # Over before anybody sees it: a poll may have met it first, and the command a printer that is well again.
        row("power_cycle", ONLINE, ends={"*": either(GONE, WELL)}),
        same("vanish", OFF, GONE),
    )  # fmt: skip

    def make_simulator(self) -> PrinterSimulator:
        self.printer = PrinterSimulator(FONT)
        return self.printer

    def make_driver(self) -> Driver:
        options = ReceiptPrinterOptions(confirm_seconds=1.0)
        return ReceiptPrinter(self.printer.url, options, self.recorder, draw)

    def fault(self, name: str, **_more: Any) -> None:
        self._cure = printer.FAULTS[name]
        self.printer.do(name)

    def heal(self) -> None:
        self.printer.do(self._cure)

    def papers(self) -> int:
        """Return the papers with something on them: what was broken off is cut off, and may be bare."""
        return sum(1 for receipt in self.printer.receipts if receipt.text)


def staff_sees(fault: str, reason: Reason, **supplies: SupplyStatus) -> Row:
    """Return the row of what centre staff mends at the document printer."""
    return told(fault, DeviceStatus.USER_ERROR, by_staff(reason), **supplies)


class DocumentStand(Stand):
    """The document printer: what is wrong with it, and with the line to it."""

    device_class = DeviceClass.DOCUMENT_PRINTER
    home = "drivers.document_printer"
    commands: ClassVar = {
        "PrintDocument": lambda: PrintDocument(f"job {next(JOBS)}", Sensitive(PDF), "proof"),
        **HEALTH,
    }
    proof = "PrintDocument"
    faults = (*ipp_line.FAULTS, *CONDITIONS, *LEVELS)
    unplugging = "gone"
    others = frozenset(
        {"toner", "paper", "set", "lift", "jam", "cover_open", "well", "fault", "heal", "faults", "state"}
    )
    shortened: ClassVar = {"drivers.sim.ipp_line._SLOW_SECONDS": 0.001, "drivers.document_printer_job._PAUSE": 0.03}
    rows: ClassVar[tuple[Row, ...]] = (
        same("gone", OFF, GONE),
        same("reset", OFF, GONE),
        same("lost_answer", OFF, GONE),
        same("silent", OFF, NO_ANSWER, seconds=0.4),
        same("garbage", BROKEN, GARBLED),
        same("half_answer", BROKEN, GARBLED),
        harmless("slow"),
        staff_sees("media-jam", Reason.PAPER_JAMMED),
        staff_sees("cover-open", Reason.COVER_OPEN),
        staff_sees("paused", Reason.STOPPED),
        harmless("input-tray-missing"),  # it says so by the way only, and has another tray
        told("spool-area-full", DeviceStatus.OFFLINE, (NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND)),
        staff_sees("paper_out", Reason.PAPER_OUT, **{"paper.main": SupplyStatus.OUT}),
        staff_sees("toner_out", Reason.TONER_OUT, **{"toner.black_toner": SupplyStatus.OUT}),
        harmless("paper_low", supplies={"paper.main": SupplyStatus.LOW}),
        harmless("toner_low", supplies={"toner.black_toner": SupplyStatus.LOW}),
    )

    def make_simulator(self) -> IppPrinterSimulator:
        self.printer = IppPrinterSimulator(self.folder)
        return self.printer

    def make_driver(self) -> Driver:
        assert not self.printer.trouble
        return DocumentPrinter(self.printer.url, DocumentPrinterOptions(), self.recorder)

    def fault(self, name: str, **more: Any) -> None:
        self._is_line = name in ipp_line.FAULTS
        if self._is_line:
            super().fault(name, **more)
        elif name in LEVELS:
            self.printer.do(name)
        else:
            self.printer.do("set", condition=name)

    def in_force(self, name: str) -> bool:
        return name != "gone" or vars(vars(self.printer)["_line"])["_listener"] is None

    def heal(self) -> None:
        self.printer.do("heal" if self._is_line else "well")

    def papers(self) -> int:
        return len(self.printer.documents())
