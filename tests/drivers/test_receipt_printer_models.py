"""Models of receipt printers: what each says of itself decides what it is sent."""

import pytest
import zxingcpp

from drivers.deadline import Deadline
from drivers.model import CheckHealth, DeviceInformation, HealthLevel
from drivers.print_job import Cut, PrintJob, Qr, Text
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.sim.printer_models import MODELS
from tests.drivers.printing import HELLO, bench, draw


@pytest.mark.parametrize("model", list(MODELS))
@pytest.mark.usefixtures("nothing_left")
def test_every_model_gets_what_it_can_print_and_nothing_else(model: str) -> None:
    """Promise 3 and 5: one that says nothing of itself prints too: Chinese, rare names, a code that can be scanned."""
    with bench(model=model) as found:
        found.print(Text("您好，鱻𬭎"), Text("中" * 24), Text("Hello", 3), Qr("BDY1:K01-261124-00042-R"), Cut())
        found.printer.execute(CheckHealth(HealthLevel.EXTERNAL), Deadline.after(10), lambda: False)
        assert found.simulator.unknown == []
        for receipt in found.simulator.receipts:
            assert "?" not in receipt.text
            (code,) = zxingcpp.read_barcodes(receipt.image.convert("L"))
            assert code.text.startswith("BDY")


@pytest.mark.usefixtures("nothing_left")
def test_a_printer_that_was_offline_at_the_start_is_asked_who_it_is_when_it_can_answer() -> None:
    """Promise 4: until it has said so, nothing is taken for granted of it."""
    with bench() as found:
        found.printer.close()
        found.simulator.do("cover_open")
        printer = ReceiptPrinter(found.simulator.url, ReceiptPrinterOptions(), FlightRecorder(), draw)
        printer.open(Deadline.after(5))
        assert printer.information == DeviceInformation()
        found.simulator.do("cover_close")
        printer.execute(PrintReceipt(PrintJob("job", HELLO)), Deadline.after(5), lambda: False)
        printer.close()
        assert printer.information.model_name == "BDY-80 SIM"
        assert found.simulator.receipts[0].text == "您好\n", "by its own font: it has said that it has one"
