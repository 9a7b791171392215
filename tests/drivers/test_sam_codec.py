"""The SAM's frames, as bytes."""

from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.sam import Answer, decode
from drivers.sam_codec import checksum, encode
from drivers.sim.specimens import SPECIMENS

PREAMBLE = bytes.fromhex("AAAAAA9669")
FOUND = PREAMBLE + bytes.fromhex("0008 00009F 00000000 97")
SELECTED = PREAMBLE + bytes.fromhex("000C 000090 0000000000000000 9C")
READY = PREAMBLE + bytes.fromhex("0004 000090 94")
NO_CARD = PREAMBLE + bytes.fromhex("0004 000080 84")
CARD_FAILED = PREAMBLE + bytes.fromhex("0004 000041 45")


def frame(sw3: int, data: bytes = b"", sw1: int = 0, sw2: int = 0) -> bytes:
    body = (len(data) + 4).to_bytes(2, "big") + bytes([sw1, sw2, sw3]) + data
    return PREAMBLE + body + bytes([checksum(body)])


CARD = frame(0x90, SPECIMENS["wang"].payload())

answers = st.builds(
    Answer,
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.one_of(st.binary(max_size=80), st.just(SPECIMENS["li"].payload())),
)


def encoded(answer: Answer) -> bytes:
    return frame(answer.sw3, answer.data, answer.sw1, answer.sw2)


def feed(*chunks: bytes) -> list[Answer]:
    """Decode as a reader does: buffer what is not done with, take every answer."""
    buffer, found = b"", list[Answer]()
    for chunk in chunks:
        buffer += chunk
        while True:
            used, answer = decode(buffer)
            assert 0 <= used <= len(buffer)
            buffer = buffer[used:]
            if answer is None:
                break
            found.append(answer)
        assert len(buffer) <= 2321, "a decoder that keeps more than the longest frame keeps too much"
    return found


@pytest.mark.parametrize(
    ("request_", "published"),
    [
        ((0x10, 0xFF), "AAAAAA96690003 10FF EC"),
        ((0x11, 0xFF), "AAAAAA96690003 11FF ED"),
        ((0x12, 0xFF), "AAAAAA96690003 12FF EE"),
        ((0x20, 0x01), "AAAAAA96690003 2001 22"),
        ((0x20, 0x02), "AAAAAA96690003 2002 21"),
        ((0x30, 0x01), "AAAAAA96690003 3001 32"),
        ((0x30, 0x03), "AAAAAA96690003 3003 30"),
        ((0x61, 0xFF, b"\x50"), "AAAAAA96690004 61FF50 CA"),
    ],
)
def test_every_command_is_the_published_frame(request_: tuple[int, int, bytes], published: str) -> None:
    """Promise 3: the reader is spoken to in the bytes it knows."""
    assert encode(*request_) == bytes.fromhex(published)


@pytest.mark.parametrize(
    ("published", "answer"),
    [
        (FOUND, Answer(0, 0, 0x9F, bytes(4))),
        (SELECTED, Answer(0, 0, 0x90, bytes(8))),
        (READY, Answer(0, 0, 0x90)),
        (NO_CARD, Answer(0, 0, 0x80)),
        (CARD_FAILED, Answer(0, 0, 0x41)),
        (CARD, Answer(0, 0, 0x90, SPECIMENS["wang"].payload())),
    ],
)
def test_every_published_answer_is_understood(published: bytes, answer: Answer) -> None:
    """Promise 3: so are its answers."""
    assert decode(published) == (len(published), answer)


def test_a_read_answer_is_1295_bytes_with_the_published_header() -> None:
    """Promise 3: the longest thing a reader says has the length the standard gives it."""
    assert len(CARD) == 1295
    assert CARD.startswith(bytes.fromhex("AAAAAA9669 0508 000090 01000400"))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_of_bytes_gives_the_same(kind: Callable[[bytes], bytes | bytearray | memoryview]) -> None:
    """Promise 4: an answer's data are bytes of its own, whatever buffer they were read into."""
    used, answer = decode(kind(CARD))
    assert (used, answer) == decode(CARD)
    assert answer is not None
    assert type(answer.data) is bytes


@pytest.mark.parametrize("wrong", ["AA", 5, None])
def test_what_holds_no_bytes_is_refused(wrong: object) -> None:
    """Promise 4: a number is not that many zero bytes."""
    with pytest.raises(TypeError):
        decode(cast("bytes", wrong))


@pytest.mark.parametrize("request_", [(0x20, 0x01), (0x20, 0x02), (0x30, 0x01), (0x11, 0xFF)])
def test_the_echo_of_a_request_is_no_answer(request_: tuple[int, int]) -> None:
    """Promise 4: a line that sends back what was sent is heard past, alone and before the answer."""
    echo = encode(*request_)
    assert decode(echo) == (len(echo), None)
    assert feed(*(bytes([byte]) for byte in echo + FOUND)) == [Answer(0, 0, 0x9F, bytes(4))]


@pytest.mark.parametrize("envelope", ["AA0512A010", "EAEBECED050500B4", "55555569960003"])
def test_a_vendors_envelope_is_passed_over(envelope: str) -> None:
    """Promise 3: a card in another maker's wrapping is a card."""
    assert feed(bytes.fromhex(envelope) + CARD + READY) == [*feed(CARD), Answer(0, 0, 0x90)]


@pytest.mark.parametrize("fingerprints", [0, 512, 1024])
def test_a_card_with_fingerprints_is_one_answer(fingerprints: int) -> None:
    """Promise 3: up to the longest frame the standard has, 2321 bytes, in pieces of any size."""
    data = SPECIMENS["wang"].payload()[:4] + fingerprints.to_bytes(2, "big") + SPECIMENS["wang"].payload()[4:]
    whole = frame(0x90, data + bytes(fingerprints))
    assert len(whole) == 1297 + fingerprints
    assert feed(*(whole[i : i + 61] for i in range(0, len(whole), 61)), READY) == [
        Answer(0, 0, 0x90, data + bytes(fingerprints)),
        Answer(0, 0, 0x90),
    ]


@given(answers, st.data())
def test_an_answer_may_come_in_any_two_pieces(answer: Answer, data: st.DataObject) -> None:
    """Promise 6: a line that dribbles needs patience, not luck."""
    whole = encoded(answer)
    cut = data.draw(st.integers(0, len(whole)))
    assert feed(whole[:cut], whole[cut:]) == [answer]


@pytest.mark.parametrize("whole", [FOUND, SELECTED, NO_CARD, CARD])
def test_an_answer_may_come_byte_by_byte(whole: bytes) -> None:
    """Promise 6: nothing is told before the last byte, and then it is told."""
    assert feed(*(whole[i : i + 1] for i in range(len(whole) - 1))) == []
    assert len(feed(*(whole[i : i + 1] for i in range(len(whole))))) == 1


@given(st.lists(answers, max_size=5))
def test_glued_answers_come_apart(several: list[Answer]) -> None:
    """Promise 4: one answer is one answer, however many arrive together."""
    assert feed(b"".join(map(encoded, several))) == several


@given(st.binary(max_size=60), answers, st.binary(max_size=10))
def test_garbage_around_an_answer_does_not_hide_it(before: bytes, answer: Answer, after: bytes) -> None:
    """Promise 3: noise on the line costs bytes, not the card."""
    found = feed(before.replace(b"\xaa\x96\x69", b"") + encoded(answer), after)
    assert answer in found


@pytest.mark.parametrize(
    "noise",
    [
        bytes.fromhex("AA00AAAA9669000C0000900000000000009C"),  # seen in the field: one byte put in, two lost
        PREAMBLE,
        PREAMBLE[:3] + PREAMBLE[:4],
        PREAMBLE + bytes.fromhex("FFFF"),
        PREAMBLE + bytes.fromhex("0000"),
        PREAMBLE + bytes.fromhex("0003 0000"),
        PREAMBLE + bytes.fromhex("090A"),
        PREAMBLE + bytes.fromhex("090B"),
        FOUND[:-1] + b"\x00",
        FOUND[:9],
        SELECTED[:-4],
        CARD[:7] + CARD[9:100],
    ],
)
def test_what_looks_like_an_answer_and_is_none_is_passed_over(noise: bytes) -> None:
    """Promise 4: false preambles, broken lengths and wrong checksums never become an answer and never hide one."""
    assert feed(noise, NO_CARD) == [Answer(0, 0, 0x80)]


@pytest.mark.parametrize("victim", [FOUND, SELECTED, NO_CARD])
@given(data=st.data())
def test_one_wrong_byte_costs_one_answer_and_not_the_next(victim: bytes, data: st.DataObject) -> None:
    """Promise 4: a garbled frame is never a success, and the good one behind it is heard."""
    place = data.draw(st.integers(0, len(victim) - 1))
    garbled = bytearray(victim)
    garbled[place] ^= data.draw(st.integers(1, 255))
    assert feed(bytes(garbled) + READY)[-1:] == [Answer(0, 0, 0x90)]
    assert feed(bytes(garbled)) == []


@example(6, 46)  # a wrong LEN whose XOR is right by accident
@given(st.integers(0, len(CARD) - 1), st.integers(1, 255))
def test_one_wrong_byte_in_a_card_is_never_a_card(place: int, flip: int) -> None:
    """Promise 4: a card that arrived wrong did not arrive."""
    garbled = bytearray(CARD)
    garbled[place] ^= flip
    assert feed(bytes(garbled), CARD) == [decode(CARD)[1]]


@example(0)
@example(5)
@given(st.integers(0, 900))
def test_an_answer_inside_a_photo_stays_part_of_the_photo(place: int) -> None:
    """Promise 4: a card whose picture holds the bytes of an answer is still one card, even byte by byte."""
    payload = bytearray(SPECIMENS["wang"].payload())
    payload[260 + place : 260 + place + len(NO_CARD)] = NO_CARD
    whole = frame(0x90, bytes(payload))
    assert feed(*(whole[i : i + 7] for i in range(0, len(whole), 7))) == [Answer(0, 0, 0x90, bytes(payload))]


def test_the_status_words_of_the_card_do_not_decide() -> None:
    """Promise 3: SW1 SW2 are the card's own words, passed on; only SW3 is the reader's verdict."""
    assert decode(frame(0x31, sw1=0x69, sw2=0x88)) == (11, Answer(0x69, 0x88, 0x31))


def test_an_answer_does_not_show_its_data() -> None:
    """Promise 2: an answer may be a whole card, so it prints without it."""
    answer = decode(CARD)[1]
    assert repr(answer) == "Answer(sw1=0, sw2=0, sw3=144)"


@given(st.binary(max_size=6000))
def test_any_noise_is_survived_and_forgotten(noise: bytes) -> None:
    """Promise 3: nothing a line can carry brings the decoder down or fills the memory."""
    feed(*(noise[i : i + 100] for i in range(0, len(noise), 100)))


@pytest.mark.parametrize("length", ["FFFF", "090B", "090A", "0A00"])
def test_a_length_that_cannot_be_is_not_waited_for(length: str) -> None:
    """Promise 6: a false length holds neither the reader nor the memory: 3000 bytes later all is as before."""
    start = PREAMBLE + bytes.fromhex(length) + bytes(100)
    if length != "090A":
        assert decode(start) == (len(start), None)
    assert feed(start, *[bytes(100)] * 29, READY) == [Answer(0, 0, 0x90)]
