"""What the receipt printer's tests share: a simulated printer, the production driver on it, and a rasteriser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drivers.deadline import Deadline
from drivers.print_job import Cut, Dots, Part, PrintJob, Rasteriser, Text
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.sim.printer import PrinterSimulator
from drivers.sim.printer_models import MODELS

FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
HELLO = (Text("您好"), Cut())


def draw(text: str, height: int, bold: bool) -> Dots:
    """Draw a line in dots; the drivers' tests know no kiosk, so they bring a rasteriser of their own."""
    face = ImageFont.truetype(FONT, height)
    image = Image.new("L", (max(1, round(face.getlength(text))), height + 6), 0)
    ImageDraw.Draw(image).text((0, height), text, 255, face, anchor="ls", stroke_width=int(bold))
    return np.asarray(image) > 127


class Bench:
    """A printer and its driver, opened."""

    def __init__(self, simulator: PrinterSimulator, printer: ReceiptPrinter) -> None:
        self.simulator, self.printer = simulator, printer

    def print(self, *parts: Part, id: str = "job", seconds: float = 20.0) -> None:  # noqa: A002 - as PrintJob has it
        self.printer.execute(PrintReceipt(PrintJob(id, parts)), Deadline.after(seconds), lambda: False)

    def reopen(self) -> None:
        self.printer.close()
        self.printer.open(Deadline.after(5))


@contextmanager
def bench(
    link: Path | None = None,
    options: ReceiptPrinterOptions | None = None,
    rasterise: Rasteriser | None = draw,
    folder: Path | None = None,
    baud: int | None = None,
    model: str = "usual",
) -> Iterator[Bench]:
    """Start a simulated printer (on TCP, or on a pty that `link` points to) and open the driver on it."""
    simulator = PrinterSimulator(FONT, link=link, folder=folder, baud=baud, model=MODELS[model])
    simulator.start()
    printer = ReceiptPrinter(simulator.url, options or ReceiptPrinterOptions(), FlightRecorder(), rasterise)
    try:
        printer.open(Deadline.after(5))
        yield Bench(simulator, printer)
    finally:
        printer.close()
        simulator.stop()
