"""The receipt, composed and printed: by the production driver, on a printer at the wire, read back from the paper."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
import zxingcpp

from drivers.deadline import Deadline
from drivers.print_job import PrintJob, Raster, Text
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.sim.printer import PrintedReceipt, PrinterSimulator
from kiosk.receipt import COLUMNS, Receipt, receipt_parts
from kiosk.text.fonts import REGULAR, font_folder
from kiosk.text.raster import rasterise
from kiosk.text.wrap import width
from kiosk.words import Words

CHINESE = Receipt(
    receipt_number="K01-261124-00042-R",
    verification_code="7Q4M9XKD",
    service="设置大型户外广告及在城市建筑物、设施上悬挂、张贴宣传品审批",
    applicant="王**",
    submitted_at=datetime(2026, 11, 24, 3, 12, tzinfo=timezone(timedelta(hours=8))),
    steps=(
        ("今天 03:12", "已收到，材料已加密保存，等待送达中心"),
        ("11月24日周二 早上8:30", "综合窗口开始审核；缺什么会打电话告诉您"),
        ("12月1日周二之前", "办好后短信通知，凭身份证到窗口领取"),
    ),
    missing=("居民户口簿", "法定代表人、董事、监事和经理的任职文件"),
    site="支塘镇为民服务中心",
    kiosk_id="ZT-K01",
    language="zh",
)
ENGLISH = replace(
    CHINESE,
    service="Change of contribution base or stop of insurance for flexibly employed persons",
    applicant="S**** J***",
    steps=(
        ("Today 03:12", "We have it. It is sealed and waits for the centre."),
        ("Tuesday 24 November 8:30", "The window begins to check it; somebody calls you when a paper is missing."),
        ("By Tuesday 1 December", "Done: a text message, then collect it at the window with your ID card."),
    ),
    missing=("Appointment documents of legal representative, directors, supervisors and manager",),
    site="Zhitang Town Citizens' Service Centre",
    language="en",
)


@pytest.fixture
def simulator() -> Iterator[PrinterSimulator]:
    simulator = PrinterSimulator(font_folder() / REGULAR)
    simulator.start()
    yield simulator
    simulator.stop()


def on_paper(
    receipt: Receipt, simulator: PrinterSimulator, options: ReceiptPrinterOptions | None = None
) -> PrintedReceipt:
    printer = ReceiptPrinter(simulator.url, options or ReceiptPrinterOptions(), FlightRecorder(), rasterise)
    printer.open(Deadline.after(5))
    try:
        job = receipt_parts(receipt, Words(receipt.language))
        printer.execute(PrintReceipt(job), Deadline.after(20), lambda: False)
    finally:
        printer.close()
    return simulator.receipts[-1]


def texts(job: PrintJob) -> list[str]:
    return [line for part in job.parts if isinstance(part, Text) for line in part.text.split("\n")]


@pytest.mark.parametrize("receipt", [CHINESE, ENGLISH])
@pytest.mark.parametrize("options", [ReceiptPrinterOptions(), ReceiptPrinterOptions(native_qr=False)])
def test_the_printed_code_is_the_case(
    simulator: PrinterSimulator, receipt: Receipt, options: ReceiptPrinterOptions
) -> None:
    """Promise 1: the code on the paper leads to the case, in both languages, drawn by the printer or by us."""
    printed = on_paper(receipt, simulator, options)
    assert [code.text for code in zxingcpp.read_barcodes(printed.image.convert("L"))] == [
        "BDY1:K01-261124-00042-R:7Q4M9XKD"
    ]
    assert simulator.unknown == []


def test_everything_a_resident_needs_is_on_it(simulator: PrinterSimulator) -> None:
    """Promise 6: number, item, masked name, time, what comes when, what is missing, and how to ask."""
    said = on_paper(CHINESE, simulator).text.replace("\n", "")
    for part in (
        *(CHINESE.receipt_number, CHINESE.service, "王**", "2026年11月24日 03:12", "7Q4M 9XKD", "ZT-K01"),
        *("凭此回执可随时查询", "居民户口簿"),
        *(text for step in CHINESE.steps for text in step if len(text) <= 20),
    ):
        assert part in said
    assert "?" not in said


@pytest.mark.parametrize(
    "name", ["龴*", "䶮*", "㛃*", "𠅤*", "𬭎*", "𫖯*", "\U00030000*", "\U00031350*", "\U0002ebf0*", "\ue863*"]
)
def test_a_rare_name_is_drawn_and_never_a_question_mark(simulator: PrinterSimulator, name: str) -> None:
    """Promise 5: the line with a rare name is dots, the lines around it stay text."""
    plain, rare = on_paper(CHINESE, simulator), on_paper(replace(CHINESE, applicant=name), simulator)
    assert "?" not in rare.text
    assert "申请人" not in rare.text
    assert rare.text.count("\n") == plain.text.count("\n") - 1
    assert rare.image.size == plain.image.size, "a drawn line is as high as a printed one"


@pytest.mark.parametrize("receipt", [CHINESE, ENGLISH])
def test_no_line_is_wider_than_the_paper(receipt: Receipt) -> None:
    """Promise 5: the longest names of the catalogue fit, at every size."""
    for part in receipt_parts(receipt, Words(receipt.language)).parts:
        if isinstance(part, Text):
            assert all(width(line) * part.size <= COLUMNS for line in part.text.split("\n"))
        elif isinstance(part, Raster):
            assert part.bits.shape[1] <= COLUMNS * 12


def test_the_number_is_as_large_as_fits() -> None:
    """Promise 7: the case number is the largest thing, however long the kiosk's name is."""
    for number, size in (("K1-261124-00042", 3), ("K01-261124-00042-R", 2), ("ZHITANG-KIOSK-01-261124-00042-R", 1)):
        job = receipt_parts(replace(CHINESE, receipt_number=number), Words("zh"))
        assert [part.size for part in job.parts if isinstance(part, Text) and part.text == number] == [size]


def test_without_a_name_or_missing_papers_nothing_is_said_of_them() -> None:
    """Promise 4: an unknown name is left out, not invented; nothing missing is not a heading over nothing."""
    lines = texts(receipt_parts(replace(CHINESE, applicant=None, missing=()), Words("zh")))
    assert not any("申请人" in line or "还差" in line for line in lines)


def test_a_receipt_does_not_show_itself_in_a_log() -> None:
    """Promise 2: neither the masked name nor the code is in its repr, nor in the job's."""
    assert "王" not in repr(CHINESE)
    assert "7Q4M" not in repr(CHINESE)
    assert "7Q4M" not in repr(receipt_parts(CHINESE, Words("zh")))


def test_words_of_another_language_are_refused() -> None:
    """Promise 7: a receipt is in one language."""
    with pytest.raises(ValueError, match="zh"):
        receipt_parts(CHINESE, Words("en"))


def test_the_head_is_a_band_with_the_centres_name_and_the_moon() -> None:
    """Promise 7: whose receipt it is can be seen from afar, in both languages."""
    for receipt in (CHINESE, ENGLISH):
        head = receipt_parts(receipt, Words(receipt.language)).parts[0]
        assert isinstance(head, Raster)
        assert head.bits.shape == (116, 576)
        moon, name = head.bits[:, 20:104], head.bits[20:60, 116:]
        for region in (moon, name):
            assert 0.3 < float(np.mean(region)) < 0.95
