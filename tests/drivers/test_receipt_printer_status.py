"""The printer's answers, told apart by their bit patterns, and what they say."""

from hypothesis import example, given
from hypothesis import strategies as st

from drivers.errors import ErrorAction, Reason
from drivers.escpos_status import Kind, Message, PrinterState, decode
from drivers.model import DeviceStatus, SupplyStatus

ALL_CLEAR = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


def decode_all(data: bytes) -> list[Message]:
    found, buffer = [], data
    while buffer:
        used, message = decode(buffer)
        if message is None:
            break
        found.append(message)
        buffer = buffer[used:]
    return found


def test_a_real_time_answer_is_found_between_flow_control_and_automatic_status() -> None:
    """Promise 4: what a DIP switch makes the printer say unasked is not taken for an answer."""
    data = bytes.fromhex("11 18 00 13 03 00 13 1a 02") + b"_TM-88\x00" + b"\xff\x12"
    assert [(message.kind, message.data) for message in decode_all(data)] == [
        (Kind.FLOW, b"\x11"),
        (Kind.AUTOMATIC, bytes.fromhex("18 00 03 00")),
        (Kind.FLOW, b"\x13"),
        (Kind.REAL_TIME, b"\x1a"),
        (Kind.SINGLE, b"\x02"),
        (Kind.TEXT, b"TM-88"),
        (Kind.STRAY, b"\xff"),
        (Kind.REAL_TIME, b"\x12"),
    ]


def test_a_cut_off_automatic_status_does_not_swallow_the_answer_behind_it() -> None:
    """Promise 4: after a garbled head the next true answer is still read."""
    assert decode_all(bytes.fromhex("18 00 12"))[-1] == Message(Kind.REAL_TIME, b"\x12")


def test_a_text_without_an_end_is_given_up() -> None:
    """Promise 6: a stray 5F does not hold up every later answer for ever."""
    assert decode(b"_" + b"A" * 40) == (0, None)
    assert decode(b"_" + b"A" * 90) == (1, Message(Kind.STRAY, b"_"))


@given(st.binary(max_size=64), st.integers(0, 64))
def test_any_bytes_in_any_pieces_give_the_same_messages(data: bytes, place: int) -> None:
    """Promise 4: a line that dribbles says the same as one that does not."""
    whole = decode_all(data)
    assert sum(len(message.data) for message in whole) <= len(data)
    used = 0
    buffer, found = b"", []
    for piece in (data[:place], data[place:]):
        buffer += piece
        while buffer:
            used, message = decode(buffer)
            if message is None:
                break
            found.append(message)
            buffer = buffer[used:]
    assert found == whole


@given(st.binary(max_size=200))
def test_a_good_answer_behind_any_noise_is_read(noise: bytes) -> None:
    """Promise 4: what noise may have begun, a text or an automatic status, is over with three zero bytes."""
    assert decode_all(noise + bytes(3) + b"\x1a")[-1] == Message(Kind.REAL_TIME, b"\x1a")


@given(st.binary(min_size=100, max_size=200))
@example(b"\x10" + b"\x11" * 200)
@example(b"_" + b"A" * 200)
def test_no_bytes_are_waited_on_for_ever(noise: bytes) -> None:
    """Promise 6: of a hundred bytes one at least is used up, whatever they are, so that no buffer grows."""
    assert decode(noise)[0] > 0


def test_nothing_answered_is_unknown_and_never_plenty() -> None:
    """Promise 4: no answer is UNKNOWN paper, and no answer names no fault."""
    state = PrinterState({})
    assert state.paper is SupplyStatus.UNKNOWN
    assert state.error() is None
    assert state.device is DeviceStatus.OFFLINE
    assert not state.known


def test_the_manuals_values_mean_what_the_manual_says() -> None:
    """Promise 8: each status byte of the Epson manual names its cause and who must act."""
    table = [
        ({1: 0x1A, 2: 0x16}, Reason.COVER_OPEN, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        ({1: 0x1A, 2: 0x32}, Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        ({4: 0x72}, Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        ({4: 0x7E}, Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR),
        ({1: 0x1A, 2: 0x52, 3: 0x1A}, Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR),
        ({1: 0x1A, 2: 0x52, 3: 0x32}, Reason.DEFECT, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR),
        ({1: 0x1A, 2: 0x52, 3: 0x52}, Reason.OVERHEATED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE),
        ({1: 0x1A, 2: 0x52}, Reason.DEFECT, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR),
        ({1: 0x1A}, Reason.REFUSED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE),
    ]
    for answers, reason, action, device in table:
        state = PrinterState({**ALL_CLEAR, **answers})
        error = state.error()
        assert error is not None
        assert (error.reason, error.action, state.device) == (reason, action, device)


def test_paper_is_full_low_or_out_by_the_roll_sensors() -> None:
    """Promise 4: the supply is what the sensor says."""
    papers = {0x12: SupplyStatus.FULL, 0x1E: SupplyStatus.LOW, 0x72: SupplyStatus.OUT, 0x7E: SupplyStatus.OUT}
    assert {byte: PrinterState({**ALL_CLEAR, 4: byte}).paper for byte in papers} == papers
    assert PrinterState({1: 0x1A, 2: 0x32}).paper is SupplyStatus.OUT
    assert PrinterState(ALL_CLEAR).device is DeviceStatus.ONLINE


def test_automatic_status_says_the_same_as_the_questions() -> None:
    """Promise 4: the four bytes of GS a, bit by bit, name what DLE EOT 1 to 4 would name."""
    table = {
        "10 00 00 00": "12 12 12 12",
        "38 00 00 00": "1a 16 12 12",
        "10 00 03 00": "12 12 12 1e",
        "18 00 0f 00": "1a 32 12 7e",
        "18 08 00 00": "1a 52 1a 12",
        "18 20 00 00": "1a 52 32 12",
        "18 40 00 00": "1a 52 52 12",
        "18 04 00 00": "1a 52 16 12",
    }
    for automatic, real_time in table.items():
        state = PrinterState.of_automatic(bytes.fromhex(automatic))
        assert bytes(state.answers[number] for number in (1, 2, 3, 4)).hex(" ") == real_time


def test_a_recoverable_error_counts_only_while_an_error_is_told() -> None:
    """Promise 4: DLE EOT 3 b2 is undefined on some models, and means nothing there."""
    assert PrinterState({**ALL_CLEAR, 3: 0x16}).error() is None
    state = PrinterState({1: 0x1A, 2: 0x52, 3: 0x16, 4: 0x12})
    error = state.error()
    assert error is not None
    assert (error.reason, error.action, state.recoverable) == (Reason.DEFECT, ErrorAction.MAINTENANCE, True)
    assert PrinterState({1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}).recoverable
    for other in ({1: 0x1A, 2: 0x52, 3: 0x32}, {1: 0x1A, 2: 0x52, 3: 0x52}, {1: 0x1A, 2: 0x16}):
        assert not PrinterState({**ALL_CLEAR, **other}).recoverable
