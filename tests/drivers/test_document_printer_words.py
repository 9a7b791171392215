"""IPP bytes to attributes, attributes to the kiosk's words: published bytes, the standards' tables, any nonsense."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from drivers.document_printer_codec import Answer, Attributes, GarbledIppError, Value, decode
from drivers.document_printer_page import test_page as made_page
from drivers.document_printer_status import (
    JOB_ATTRIBUTES,
    PRINTER_ATTRIBUTES,
    JobState,
    hindrance_of,
    information_of,
    job_error,
    job_of,
    refusal_of,
    report_of,
)
from drivers.errors import CompletionCode, ErrorAction, Fact, Reason
from drivers.model import DeviceInformation, DeviceStatus, SupplyStatus

UNKNOWN, FULL, LOW, OUT = SupplyStatus.UNKNOWN, SupplyStatus.FULL, SupplyStatus.LOW, SupplyStatus.OUT


def attribute(tag: int, name: str, value: bytes) -> bytes:
    return bytes([tag]) + struct.pack(">H", len(name)) + name.encode() + struct.pack(">H", len(value)) + value


# RFC 8010, appendix A.2: "Print-Job Response (Successful)".
PRINTED = (
    bytes.fromhex("0101 0000 00000001 01")
    + attribute(0x47, "attributes-charset", b"utf-8")
    + attribute(0x48, "attributes-natural-language", b"en-us")
    + attribute(0x41, "status-message", b"successful-ok")
    + b"\x02"
    + attribute(0x21, "job-id", bytes.fromhex("00000093"))
    + attribute(0x45, "job-uri", b"ipp://printer.example.com/ipp/print/pinetree/147")
    + attribute(0x23, "job-state", bytes.fromhex("00000003"))
    + b"\x03"
)


def test_the_published_answer_is_read() -> None:
    """Promise 4: RFC 8010, A.2, byte for byte."""
    answer = decode(PRINTED)
    assert (answer.status, answer.request) == (0, 1)
    assert answer.group("operation")["status-message"] == ["successful-ok"]
    assert answer.group("job") == {
        "job-id": [147],
        "job-uri": ["ipp://printer.example.com/ipp/print/pinetree/147"],
        "job-state": [3],
    }
    assert answer.group("printer") == {}


def test_every_kind_of_value_is_read() -> None:
    """Promise 4: sets, ranges, texts with a language, no-value; a collection does not swallow what follows it."""
    body = (
        b"\x05\x04"
        + attribute(0x44, "sides-supported", b"one-sided")
        + attribute(0x44, "", b"two-sided-long-edge")
        + attribute(0x33, "copies-supported", struct.pack(">ii", 1, 99))
        + attribute(0x22, "printer-is-accepting-jobs", b"\x00")
        + attribute(0x35, "printer-info", b"\x00\x05zh-cn\x00\x06" + "文档".encode())
        + attribute(0x34, "media-col-default", b"")
        + attribute(0x4A, "", b"media-size")
        + attribute(0x34, "", b"")
        + attribute(0x4A, "", b"x-dimension")
        + attribute(0x21, "", struct.pack(">i", 21000))
        + attribute(0x37, "", b"")
        + attribute(0x37, "", b"")
        + attribute(0x13, "date-time-at-completed", b"")
        + attribute(0x31, "printer-current-time", bytes(11))
        + attribute(0x23, "printer-state", struct.pack(">i", 77))
        + b"\x03"
    )
    printer = decode(bytes.fromhex("0200 0001 00000007") + body).group("printer")
    assert printer["sides-supported"] == ["one-sided", "two-sided-long-edge"]
    assert printer["copies-supported"] == [(1, 99)]
    assert printer["printer-is-accepting-jobs"] == [False]
    assert printer["printer-info"] == ["文档"]
    assert printer["date-time-at-completed"] == []
    assert printer["printer-state"] == [77]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK",
        PRINTED[:-1],
        PRINTED[:40],
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x02\x21\xff\xfd",  # a length that pyipp takes for -3
        b"\x02\x00\x00\x00\x00\x00\x00\x01\x04" + attribute(0x35, "printer-info", b"\xff\xf0"),
    ],
)
def test_what_is_no_answer_is_garbled(data: bytes) -> None:
    """Promise 6: it ends, and says where the bytes stop making sense."""
    with pytest.raises(GarbledIppError):
        decode(data)


def test_an_answer_cut_off_at_any_byte_is_none() -> None:
    """Promise 4: half an answer is never believed by halves."""
    for size in range(len(PRINTED)):
        with pytest.raises(GarbledIppError):
            decode(PRINTED[:size])
    assert decode(PRINTED * 2) == decode(PRINTED), "and one that comes doubled says what it says"


@given(some.binary(max_size=300), some.integers(0, len(PRINTED)))
def test_no_bytes_break_the_decoder(noise: bytes, place: int) -> None:
    """Promises 3 and 6: an answer or GarbledIppError, always, for noise alone and noise within an answer."""
    for data in (noise, PRINTED[:8] + noise, PRINTED[:place] + noise + PRINTED[place:]):
        try:
            answer = decode(data)
        except GarbledIppError:
            continue
        assert isinstance(answer, Answer)


def printer(*reasons: str, state: int = 3, **more: list[Value]) -> Attributes:
    named = {name.replace("_", "-"): values for name, values in more.items()}
    return {"printer-state": [state], "printer-state-reasons": list(reasons), **named}


@pytest.mark.parametrize(
    ("reasons", "reason", "action", "device"),
    [
        (["media-empty-report"], Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["media-needed-error"], Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["media-jam-warning"], Reason.PAPER_JAMMED, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["door-open-error"], Reason.COVER_OPEN, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["toner-empty"], Reason.TONER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["marker-waste-full-error"], Reason.TONER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["output-area-full-warning"], Reason.OUTPUT_FULL, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["fuser-over-temp-error"], Reason.OVERHEATED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE),
        (["offline-report"], Reason.GONE, ErrorAction.MAINTENANCE, DeviceStatus.POWER_OFF),
        (["timed-out-error"], Reason.NO_ANSWER, ErrorAction.MAINTENANCE, DeviceStatus.POWER_OFF),
        (["paused"], Reason.STOPPED, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        (["media-jam-error", "cover-open-error"], Reason.COVER_OPEN, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
    ],
)
def test_state_reasons_say_who_must_act(
    reasons: list[str], reason: Reason, action: ErrorAction, device: DeviceStatus
) -> None:
    """Promise 8: RFC 8011, 5.4.12, with every suffix."""
    report = report_of(printer(*reasons))
    assert report.error is not None
    assert (report.error.reason, report.error.action, report.device) == (reason, action, device)
    hindrance = hindrance_of(printer(*reasons))
    assert hindrance is not None
    assert hindrance.reason is reason


@pytest.mark.parametrize(
    "reasons",
    [["none"], ["toner-low-warning"], ["connecting-to-device-report"], ["marker-supply-empty-warning"],
     ["input-tray-missing-warning"], ["identify-printer-requested"]],
)  # fmt: skip
def test_what_does_not_keep_a_printer_from_printing_forbids_nothing(reasons: list[str]) -> None:
    """Promise 4: a warning is shown with the supplies, and is no fault."""
    report = report_of(printer(*reasons))
    assert (report.device, report.error) == (DeviceStatus.ONLINE, None)


def test_an_empty_tray_beside_a_full_one_forbids_nothing() -> None:
    """Promise 4: "at least one tray is empty" is not "no paper"."""
    trays: list[Value] = [
        "type=sheetFeedAutoRemovableTray;maxcapacity=250;level=0;name=Tray 1",
        "type=sheetFeedAutoRemovableTray;maxcapacity=500;level=400;name=Tray 2;",
    ]
    report = report_of(printer("media-empty-report", printer_input_tray=trays))
    assert (report.error, report.supplies) == (None, {"paper.tray_1": OUT, "paper.tray_2": FULL})


@pytest.mark.parametrize(
    ("state", "reasons", "accepting", "device", "reason"),
    [
        (4, [], True, DeviceStatus.DEVICE_BUSY, None),
        (5, [], True, DeviceStatus.HARDWARE_ERROR, Reason.DEFECT),
        (5, ["com.example.strange-error"], True, DeviceStatus.HARDWARE_ERROR, Reason.DEFECT),
        (3, [], False, DeviceStatus.OFFLINE, Reason.STOPPED),
        (0, [], True, DeviceStatus.HARDWARE_ERROR, Reason.GARBLED),
    ],
)
def test_a_state_without_a_known_reason_is_told_as_what_it_is(
    state: int, reasons: list[str], accepting: bool, device: DeviceStatus, reason: Reason | None
) -> None:
    """Promise 4: stopped is stopped, and a state nobody knows is never ONLINE."""
    report = report_of(printer(*reasons, state=state, printer_is_accepting_jobs=[accepting]))
    assert (report.device, report.error and report.error.reason) == (device, reason)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (-3, UNKNOWN),
        (-2, UNKNOWN),
        (-1, UNKNOWN),
        (0, OUT),
        (1, LOW),
        (10, LOW),
        (11, FULL),
        (100, FULL),
        (101, UNKNOWN),
    ],
)
def test_levels_are_percent_and_what_is_unknown_stays_so(level: int, expected: SupplyStatus) -> None:
    """Promise 4: -1, -2 and -3 of the standard tell no level."""
    told = printer(marker_names=["Black"], marker_types=["toner"], marker_levels=[level])
    assert report_of(told).supplies["toner.black"] is expected


def test_supplies_have_names_by_kind() -> None:
    """Promise 8: what to bring stands in the name; a waste box's level is not guessed at."""
    told = printer(
        "toner-low-warning",
        marker_names=["Black Toner", "青色", "Waste", "Fuser", "", "Nobody's"],
        marker_types=["toner", "ink-cartridge", "waste-toner", "fuser"],
        marker_levels=[80, 3, 50, 60],
        marker_low_levels=[85],
    )
    assert report_of(told).supplies == {
        "toner.black_toner": LOW,
        "toner.青色": LOW,
        "waste.waste": UNKNOWN,
        "part.fuser": FULL,
        "part.5": UNKNOWN,
        "part.nobody_s": UNKNOWN,
        "paper": UNKNOWN,
    }


def test_a_reason_speaks_where_no_level_does() -> None:
    """Promise 4: of the one toner there is, or of toner at large when nobody knows which."""
    assert report_of(printer("toner-low-report", "media-low-report")).supplies == {"toner": LOW, "paper": LOW}
    one = printer("toner-low", marker_names=["Black"], marker_types=["toner"], marker_levels=[50])
    assert report_of(one).supplies["toner.black"] is LOW
    two = printer("toner-low", marker_names=["K", "C"], marker_types=["toner", "toner"], marker_levels=[50, 50])
    assert report_of(two).supplies == {"toner.k": FULL, "toner.c": FULL, "toner": LOW, "paper": UNKNOWN}


def test_a_printer_says_who_it_is() -> None:
    """Promise 8: the serial number of its device id, or else its uuid; None for what it keeps to itself."""
    told: Attributes = {
        "printer-make-and-model": ["Example Laser 4"],
        "printer-device-id": ["MFG:Example;MDL:Laser 4;SN:X123;CMD:PDF;"],
        "printer-uuid": ["urn:uuid:12345678-9abc-def0-1234-56789abcdef0"],
        "printer-firmware-string-version": ["1.2", "3"],
    }
    assert information_of(told) == DeviceInformation("Example Laser 4", "X123", "1.2, 3")
    assert (
        information_of({"printer-uuid": told["printer-uuid"]}).serial_number == "12345678-9abc-def0-1234-56789abcdef0"
    )
    assert information_of({}) == DeviceInformation()


@pytest.mark.parametrize(
    ("status", "code", "reason", "action"),
    [
        (0x0406, CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION),
        (0x040A, CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION),
        (0x0410, CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR),
        (0x0504, CompletionCode.HARDWARE_ERROR, Reason.DEFECT, ErrorAction.MAINTENANCE),
        (0x0506, CompletionCode.DEVICE_NOT_READY, Reason.STOPPED, ErrorAction.CLEAR),
        (0x0507, CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND),
        (0x04FF, CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE),
    ],
)
def test_a_refusal_says_who_must_act(status: int, code: CompletionCode, reason: Reason, action: ErrorAction) -> None:
    """Promise 8: RFC 8011, appendix B; a code nobody has described is a refusal all the same."""
    error = refusal_of(status)
    assert error is not None
    assert (error.code, error.reason, error.action) == (code, reason, action)
    assert f"{status:04x}" in error.detail
    assert error.facts == {Fact.IPP_STATUS: f"{status:04x}"}
    assert refusal_of(0x0001) is None


@pytest.mark.parametrize(
    ("state", "reasons", "counts", "succeeded", "printed"),
    [
        (9, ["job-completed-successfully"], [], True, None),
        (9, ["job-completed-with-warnings"], [1], True, True),
        (9, ["job-completed-with-errors"], [1], False, True),
        (8, ["document-format-error"], [0], False, False),
        (7, ["job-canceled-by-user"], [2], False, True),
        (5, ["job-printing"], [0], False, False),
        (42, [], [], False, None),
    ],
)
def test_only_a_completed_job_is_printed(
    state: int, reasons: list[Value], counts: list[Value], succeeded: bool, printed: bool | None
) -> None:
    """Promise 4: and what the printer does not count is not taken for nothing."""
    job = job_of({"job-state": [state], "job-state-reasons": reasons, "job-impressions-completed": counts})
    assert (job.succeeded, job.printed) == (succeeded, printed)
    assert job.ended == (job.state is not None and job.state >= JobState.CANCELED)


def test_a_job_that_was_given_up_has_its_cause() -> None:
    """Promise 8: bad data is the developer's, a cancel at the printer is nobody's, the rest is the technician's."""
    causes = {
        "document-format-error": ErrorAction.SOFTWARE_ERROR,
        "unsupported-document-format": ErrorAction.CONFIGURATION,
        "job-canceled-at-device": ErrorAction.SUSPEND,
        "aborted-by-system": ErrorAction.MAINTENANCE,
    }
    for cause, action in causes.items():
        assert job_error(job_of({"job-state": [8], "job-state-reasons": [cause]})).action is action


def test_the_test_page_is_a_whole_pdf() -> None:
    """Promise 8: one A4 page that any reader opens, whatever the printer is called."""
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(made_page("激光 (Laser) \\ 4"))) as page:
        assert [float(side) for side in page.pages[0].MediaBox] == [0, 0, 595, 842]


KEYWORDS = some.sampled_from(
    [
        "none",
        "media-empty",
        "media-low-report",
        "toner-low",
        "toner-empty-warning",
        "marker-supply-low",
        "paused",
        "x-error",
    ]
)
TRAYS = some.builds(
    "type={};maxcapacity={};level={};name={}".format,
    some.sampled_from(["sheetFeedAuto", "sheetFeedManual", ""]),
    some.one_of(some.integers(-5, 600), some.text(max_size=5)),
    some.one_of(some.integers(-5, 600), some.text(max_size=5)),
    some.text(max_size=8),
)
VALUES = some.lists(
    some.one_of(
        some.integers(), some.booleans(), some.text(), KEYWORDS, TRAYS, some.tuples(some.integers(), some.integers())
    ),
    max_size=5,
)
NAMES = some.sampled_from([*PRINTER_ATTRIBUTES, *JOB_ATTRIBUTES])


@given(some.dictionaries(NAMES, VALUES))
def test_no_attributes_break_the_mapping_and_none_is_made_up(told: dict[str, list[Value]]) -> None:
    """Promises 3 and 4: whatever a printer says, a report comes of it, and FULL needs a level that was told."""
    report = report_of(told)
    information_of(told)
    job_error(job_of(told))
    if not any(name in told for name in ("marker-levels", "printer-supply", "printer-input-tray")):
        assert FULL not in report.supplies.values()
    if report.device is DeviceStatus.ONLINE:
        assert 3 in told["printer-state"]
        assert report.error is None


@given(some.sampled_from([-1, -2, -3]), some.integers(-3, 600))
def test_no_unknown_level_is_full(level: int, capacity: int) -> None:
    """Promise 4: whatever the capacity, unknown is unknown."""
    told = printer(
        marker_names=["K"],
        marker_types=["toner"],
        marker_levels=[level],
        printer_input_tray=[f"type=sheetFeedAuto;maxcapacity={capacity};level={level};name=1"],
    )
    assert set(report_of(told).supplies.values()) == {UNKNOWN}
