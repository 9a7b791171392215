"""A citizen card's records and APDUs, as bytes."""

import contextlib
import random
import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.apdu import Apdu, exchange, select_name
from drivers.citizen_card_codec import LENGTHS, CitizenCard, parse_citizen_card, parse_record
from drivers.citizen_card_files import SSSE, read_citizen_card
from drivers.errors import DeviceError, Reason
from drivers.sim.citizen_card_program import CONTACT_ATR
from drivers.sim.citizen_card_specimens import SPECIMENS

NUMBER = "320599198507120010"
RECORDS = {
    0x01: bytes.fromhex("320599D15600000599110145FFFFFFFF"),
    0x03: b"3.00",
    0x05: bytes.fromhex("20230517"),
    0x06: bytes.fromhex("20330517"),
    0x07: b"A00000017",
    0x08: NUMBER.encode(),
    0x09: "王小明".encode("gb18030").ljust(30, b"\0"),
    0x4E: bytes(20),
    0x0A: b"1",
    0x0B: b"\x01",
    0x0D: bytes.fromhex("19850712"),
}


def test_the_records_of_a_card_become_its_fields() -> None:
    """Promise 5: each as it stands there."""
    assert parse_citizen_card(RECORDS) == CitizenCard(
        name="王小明",
        number=NUMBER,
        card_number="A00000017",
        region="320599",
        version="3.00",
        valid_from=date(2023, 5, 17),
        valid_until=date(2033, 5, 17),
        sex="1",
        nation="01",
        birth=date(1985, 7, 12),
    )


def test_published_records_are_taken_apart() -> None:
    """Promise 5: bytes that public readers print."""
    assert parse_record(bytes.fromhex("0110330300D15600000599110145FFFFFFFF"))[0] == 0x01
    assert parse_record(bytes.fromhex("0304332E3030")) == (0x03, b"3.00")


@pytest.mark.parametrize(
    ("first", "rest", "name"),
    [
        ("刘𬭎".encode("gb18030"), b"", "刘𬭎"),
        ("陈㛃".encode("gb18030") + b"  ", b"\xff" * 20, "陈㛃"),
        (("阿" * 14 + "𬭎").encode("gb18030")[:30], ("阿" * 14 + "𬭎").encode("gb18030")[30:], "阿" * 14 + "𬭎"),
        (b"ANNA MARIE EXAMPLE MUSTERMANN ", b"SMITH", "ANNA MARIE EXAMPLE MUSTERMANN SMITH"),
        (bytes.fromhex("CDF5FE59"), b"", "王\u9fb4"),
        (bytes.fromhex("D5C5AAA1"), b"", "张\ue000"),
    ],
)
def test_a_name_is_joined_and_read_in_gb_18030(first: bytes, rest: bytes, name: str) -> None:
    """Promise 5: characters of four bytes, cut in two by the record's end, of the edition of 2022, and private ones."""
    records = RECORDS | {0x09: first.ljust(30, b"\0"), 0x4E: rest.ljust(20, b"\0")}
    assert parse_citizen_card(records).name == name


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x01, bytes(16)),
        (0x01, bytes.fromhex("32059AD15600000599110145FFFFFFFF")),
        (0x05, bytes.fromhex("20230230")),
        (0x06, bytes.fromhex("20200101")),
        (0x06, bytes.fromhex("2033AA17")),
        (0x07, b"\xff" * 9),
        (0x08, b"320599198507120011"),
        (0x08, bytes(18)),
        (0x09, bytes(30)),
        (0x09, ("阿" * 14 + "𬭎").encode("gb18030")[:30]),
        (0x0A, b"X"),
        (0x03, b"3,00"),
    ],
)
def test_a_record_that_breaks_its_rule_is_refused_without_quoting_it(tag: int, value: bytes) -> None:
    """Promises 2 and 4: half a name or a wrong number is never believed, and never repeated."""
    with pytest.raises(DeviceError) as caught:
        parse_citizen_card(RECORDS | {tag: value})
    assert caught.value.reason is Reason.INVALID_MEDIA
    assert not re.search(r"阿|32059|2023", str(caught.value))


@pytest.mark.parametrize("tag", [0x01, 0x07, 0x08, 0x09])
def test_a_card_without_what_it_must_have_is_refused(tag: int) -> None:
    """Promise 4: what is not there is not made up."""
    with pytest.raises(DeviceError, match=f"record {tag:02X} is not on the card"):
        parse_citizen_card({key: value for key, value in RECORDS.items() if key != tag})


def test_what_the_card_does_not_say_is_none() -> None:
    """Promise 4: an old card has no expiry, and a byte that can be read in two ways says nothing."""
    card = parse_citizen_card({k: RECORDS[k] for k in (0x01, 0x07, 0x08, 0x09)} | {0x06: bytes(4), 0x0B: b"\x10"})
    assert (card.valid_until, card.sex, card.nation, card.birth, card.version) == (None, None, None, None, None)


def test_nothing_of_a_card_shows_in_its_repr() -> None:
    """Promise 2: not by accident either."""
    assert repr(parse_citizen_card(RECORDS)) == "CitizenCard(<redacted>)"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_record_that_agrees_with_itself_or_an_error(raw: bytes) -> None:
    """Promise 4: cut, garbled or too long, a record is never half believed."""
    with contextlib.suppress(DeviceError):
        tag, value = parse_record(raw)
        assert raw == bytes((tag, len(value))) + value
        assert len(value) <= LENGTHS.get(tag, 255)


@given(st.dictionaries(st.sampled_from(sorted(LENGTHS)), st.binary(max_size=32)))
@example({0x08: b"\xb2"})
def test_any_records_are_a_card_or_an_error(changed: dict[int, bytes]) -> None:
    """Promise 4: whatever stands in them, nothing but a DeviceError comes out of a wrong one."""
    with contextlib.suppress(DeviceError):
        card = parse_citizen_card(RECORDS | changed)
        assert card.name
        assert re.fullmatch(r"\d{17}[\dXx]|\d{15}", card.number)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=60), st.booleans())
def test_no_card_can_make_the_reading_do_anything_but_end(answers: list[bytes], looks_well: bool) -> None:
    """Promises 4 and 6: a card of noise is an error, and soon."""
    asked = 0

    def transmit(_command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return answers[asked % len(answers)] + (b"\x90\x00" if looks_well else b"")

    with pytest.raises(DeviceError):
        read_citizen_card(transmit, CONTACT_ATR)
    assert asked < 1000


@given(
    st.sampled_from(["wang", "li", "split_name", "contactless"]), st.integers(0, 60), st.randoms(use_true_random=False)
)
def test_one_wrong_answer_is_the_right_card_or_an_error(key: str, at: int, dice: random.Random) -> None:
    """Promise 4: one answer is cut or has a bit turned: an error, or it did not matter; the name of nobody else."""
    program, asked = SPECIMENS[key].program(), 0

    def transmit(command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        answer = program.answer(command)
        return answer[: dice.randrange(len(answer))] if asked == at else answer

    try:
        card = read_citizen_card(transmit, program.atr)
    except DeviceError:
        return
    assert (card.name, card.number) == (SPECIMENS[key].name, SPECIMENS[key].number)


def test_commands_are_the_published_bytes() -> None:
    """Promise 5: SELECT by name, READ RECORD by tag and by number, as readers in the field send them."""
    assert select_name(SSSE).encode().hex() == "00a404000f7378312e73682ec9e7bbe1b1a3d5cf"
    assert Apdu(0x00, 0xA4, 0x02, 0x00, b"\xef\x05").encode().hex() == "00a4020002ef05"
    assert Apdu(0x00, 0xB2, 0x08, 0x00, le=20).encode().hex() == "00b2080014"
    assert Apdu(0x00, 0xB2, 0x01, 0x04, le=0).encode().hex() == "00b2010400"
    with pytest.raises(ValueError, match="256 bytes"):
        Apdu(0x00, 0xA4, 0x04, 0x00, bytes(256)).encode()


def test_what_waits_is_fetched_and_a_wrong_length_corrected() -> None:
    """Promise 6: 61xx and 6Cxx are the driver's own affair."""
    said = {
        "00a4040001aa": "611e",
        "00c000001e": "6f00" + "610a",
        "00c000000a": "84029000",
        "00b2080000": "6c14",
        "00b2080014": "08129000",
    }
    heard = [bytes.fromhex(answer) for answer in said.values()]
    sent: list[str] = []

    def transmit(command: bytes) -> bytes:
        sent.append(command.hex())
        return heard[len(sent) - 1]

    assert exchange(transmit, select_name(b"\xaa")).data.hex() == "6f008402"
    assert exchange(transmit, Apdu(0x00, 0xB2, 0x08, 0x00, le=0)).data.hex() == "0812"
    assert sent == list(said)


@pytest.mark.parametrize("endless", [b"\x61\x10", b"", b"\x90"])
def test_an_answer_without_end_or_status_is_garbled(endless: bytes) -> None:
    """Promise 6: a card cannot hold the kiosk."""
    with pytest.raises(DeviceError) as caught:
        exchange(lambda _: endless, select_name(SSSE))
    assert caught.value.reason is Reason.GARBLED
