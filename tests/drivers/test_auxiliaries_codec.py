"""The frames and messages of the auxiliaries' line, as bytes; the vectors are those of docs/auxiliaries.md."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.auxiliaries_codec import LONGEST_PAYLOAD, LONGEST_RUN, Frame, crc16, decode, encode
from drivers.auxiliaries_messages import (
    EventMessage,
    Hello,
    MessageError,
    acknowledgement,
    hello_request,
    parse_event,
    parse_failed,
    parse_hello,
    parse_report,
    reader_lights_request,
    status_light_request,
)
from drivers.auxiliaries_model import (
    UNKNOWN,
    AuxiliaryState,
    Colour,
    DoorStatus,
    Headphones,
    KeyPressed,
    KeySwitch,
    Part,
    PowerSource,
    Presence,
    Proximity,
    ReaderLight,
    StatusLight,
    Ups,
    unknown_state,
)
from drivers.sim.auxiliaries_wire import frame as boards_frame
from tests.drivers.auxiliaries_page import Vector, vector, vectors

EVERYTHING = Part(0xFF)
frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=LONGEST_PAYLOAD))


def feed(*chunks: bytes) -> list[Frame]:
    """Decode as a driver does: buffer what is not done with, take every frame."""
    buffer, found = b"", list[Frame]()
    for chunk in chunks:
        buffer += chunk
        while True:
            used, frame = decode(buffer)
            assert 0 <= used <= len(buffer)
            buffer = buffer[used:]
            if frame is None:
                break
            found.append(frame)
        assert len(buffer) <= LONGEST_RUN, "a decoder that keeps more than the longest frame keeps too much"
    return found


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return `data` cut at these places."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def test_the_page_has_its_table() -> None:
    """Promise 4: what is tested below is what a board is built from."""
    assert len(vectors()) == 17


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row.what[:30])
def test_every_row_of_the_page_is_written_and_read(row: Vector) -> None:
    """Promise 3: the board is spoken to in the bytes it knows, and understood."""
    frame = Frame(row.type, row.sequence, row.payload)
    assert encode(frame) == row.wire
    assert decode(row.wire) == (len(row.wire), frame)


def test_the_checksum_is_the_published_one() -> None:
    """Promise 3: CRC-16/CCITT-FALSE, check value 29B1."""
    assert crc16(b"123456789") == 0x29B1


@given(frames)
def test_a_frame_is_what_the_boards_own_hand_makes_of_it(frame: Frame) -> None:
    """Promise 3: two encoders that know nothing of each other agree."""
    assert encode(frame) == boards_frame(frame.type, frame.sequence, frame.payload)


@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 500), max_size=9))
def test_frames_may_come_in_any_pieces(several: list[Frame], cuts: list[int]) -> None:
    """Promise 6: a line that dribbles needs patience, not luck; glued frames come apart."""
    assert feed(*pieces(b"".join(map(encode, several)), cuts)) == several


@given(st.lists(frames, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_doubled_and_reordered_frames_are_all_heard(several: list[Frame], dice: object) -> None:
    """Promise 4: the codec adds nothing and hides nothing; what is new the conversation knows by its numbers."""
    shuffled = several + several
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own kind of random.Random
    assert feed(b"".join(map(encode, shuffled))) == shuffled


@given(frames, frames, st.binary(max_size=100))
def test_noise_between_frames_costs_no_frame(first: Frame, second: Frame, noise: bytes) -> None:
    """Promise 3: the 00 before each frame ends whatever came before it."""
    found = feed(encode(first), noise, encode(second))
    assert found[0] == first
    assert found[-1] == second


@given(frames, frames, st.data())
def test_a_truncated_frame_costs_itself_and_not_the_next(victim: Frame, good: Frame, data: st.DataObject) -> None:
    """Promise 3: half a frame and then silence is no frame."""
    whole = encode(victim)
    cut = data.draw(st.integers(0, len(whole) - 2))
    assert feed(whole[:cut]) == []
    assert feed(whole[:cut], encode(good)) == [good]


@given(frames, frames, st.data())
def test_one_wrong_byte_costs_one_frame_and_not_the_next(victim: Frame, good: Frame, data: st.DataObject) -> None:
    """Promise 4: a garbled frame is never believed."""
    garbled = bytearray(encode(victim))
    garbled[data.draw(st.integers(1, len(garbled) - 2))] ^= data.draw(st.integers(1, 255))
    assert feed(bytes(garbled), encode(good)) == [good]


@given(frames, frames, st.data())
def test_a_lost_byte_costs_one_frame_and_not_the_next(victim: Frame, good: Frame, data: st.DataObject) -> None:
    """Promise 4: a byte the line swallowed is noticed, wherever it was (two frames it may glue are both lost)."""
    whole = encode(victim)
    lost = data.draw(st.integers(1, len(whole) - 2))
    assert feed(whole[:lost] + whole[lost + 1 :], encode(good)) == [good]


@example(b"\x01" * 3000)
@example(b"\xff" * 3000)
@given(st.binary(max_size=3000))
def test_any_noise_is_survived_and_forgotten(noise: bytes) -> None:
    """Promise 3: nothing a line can carry brings the decoder down or fills the memory."""
    feed(*(noise[i : i + 100] for i in range(0, len(noise), 100)))


def test_a_payload_that_is_too_long_is_not_written() -> None:
    """Promise 8: a developer's slip is told as one."""
    assert decode(encode(Frame(1, 1, bytes(64))))[1] == Frame(1, 1, bytes(64))
    with pytest.raises(ValueError, match="64 bytes at most, not 65"):
        encode(Frame(1, 1, bytes(65)))


def test_a_frame_and_a_key_do_not_show_what_was_pressed() -> None:
    """Promise 2: keys may be a citizen number, so they print without themselves."""
    row = vector("EVENT 13")
    shown = f"{decode(row.wire)[1]!r} {parse_event(row.payload)!r}"
    assert "KeyPressed()" in shown
    assert "5" not in shown.replace("number=13", "")


# ---- what the messages say


def test_a_greeting_is_understood() -> None:
    """Promise 8: a technician learns which board it is."""
    assert parse_hello(vector("its answer: start 3, last").payload) == Hello(
        3, 7, EVERYTHING, "1.4.2", "AUX-8", "SIM-0001"
    )


def test_a_state_is_understood() -> None:
    """Promise 4: as the page says it, byte for byte."""
    report = parse_report(vector("its answer: start 3, up").payload, EVERYTHING)
    assert (report.boot, report.uptime_ms, report.failed) == (3, 65536, Part(0))
    assert report.state == AuxiliaryState(
        DoorStatus.CLOSED,
        Proximity(Presence.NOT_PRESENT),
        StatusLight(Colour.GREEN),
        ReaderLight.TRAY,
        Ups(PowerSource.MAINS, is_low=False, charge_percent=100),
        KeySwitch.OFF,
        Headphones.UNPLUGGED,
        has_keypad=True,
    )


def test_what_a_board_cannot_tell_is_unknown_and_what_it_lacks_is_none() -> None:
    """Promise 4: neither is ever a number or False."""
    payload = vector("the same of a board").payload
    state = parse_report(payload, EVERYTHING).state
    assert (state.door, state.ups) == (DoorStatus.UNKNOWN, Ups(PowerSource.UNKNOWN))
    assert parse_report(payload, Part(0)).state == AuxiliaryState()
    assert parse_report(payload[:-13] + b"\xff" * 13, EVERYTHING).state == unknown_state(EVERYTHING)
    assert unknown_state(Part.STATUS_LIGHT) == AuxiliaryState(status_light=UNKNOWN)


@pytest.mark.parametrize(
    ("beginning", "what"),
    [
        ("EVENT 8", DoorStatus.OPEN),
        ("EVENT 9", Proximity(Presence.PRESENT, 600)),
        ("EVENT 10", Ups(PowerSource.BATTERY, is_low=True, charge_percent=12, minutes_left=3)),
        ("EVENT 11", KeySwitch.ON),
        ("EVENT 12", Headphones.PLUGGED),
        ("EVENT 13", KeyPressed("5")),
        ("EVENT 14", KeyPressed("#")),
    ],
)
def test_every_event_is_understood(beginning: str, what: object) -> None:
    """Promise 4: each kind, as the page says it."""
    row = vector(beginning)
    assert parse_event(row.payload) == EventMessage(3, row.sequence, what)  # type: ignore[arg-type]  # one of them each


def test_every_request_says_what_the_page_says() -> None:
    """Promise 3."""
    assert hello_request(forget=True) == vector("HELLO").payload
    assert status_light_request(StatusLight(Colour.RED, blinking=True)) == vector("STATUS LIGHT").payload
    assert reader_lights_request(ReaderLight.ID_CARD | ReaderLight.CITIZEN_CARD) == vector("READER LIGHTS").payload
    assert acknowledgement(parse_event(vector("EVENT 8").payload)) == vector("its ACKNOWLEDGE").payload
    assert parse_failed(vector("SELF TEST").payload) == Part.HEADPHONES


_STATE = vector("its answer: start 3, up").payload


@pytest.mark.parametrize(
    "payload",
    [
        _STATE[:-1],
        _STATE + b"\0",
        *(
            _STATE[: 8 + place] + bytes([2 if place not in (4, 6, 7) else 0x80]) + _STATE[9 + place :]
            for place in (0, 1, 4, 5, 6, 7, 11, 12)
        ),
        _STATE[:16] + b"\x65" + _STATE[17:],  # 101 %
        _STATE[:6] + b"\x01\x00" + _STATE[8:],  # a part of another version
    ],
)
def test_a_state_outside_its_tables_is_refused_whole(payload: bytes) -> None:
    """Promise 4: nothing is guessed at."""
    with pytest.raises(MessageError):
        parse_report(payload, EVERYTHING)


@pytest.mark.parametrize(
    "tail", ["", "00", "07 01", "01", "01 0101", "01 02", "02 01", "03 01 65 0001", "06 41", "06 3031", "06"]
)
def test_an_event_outside_its_tables_is_refused(tail: str) -> None:
    """Promise 4: a key that is none is not typed."""
    with pytest.raises(MessageError):
        parse_event(bytes.fromhex("0003 0008" + tail))


@given(st.binary(max_size=64))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    """Promise 3: no message brings the driver down, whatever passed its checksum."""
    for parse in (parse_hello, parse_event, parse_failed, lambda data: parse_report(data, EVERYTHING)):
        try:
            parse(payload)
        except MessageError:
            continue
