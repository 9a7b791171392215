"""What a card says, in all four layouts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.identity import LAYOUTS, check_digit_is_right, parse_additional_address
from drivers.sam import CardLayout, IdentityDocument, parse_identity
from drivers.sim.specimens import SPECIMENS, Specimen, citizen_number

_DATES = ("birth", "valid_from", "valid_until")


def changed(key: str, **fields: str) -> Specimen:
    """Return a specimen with other fields on its card."""
    specimen = SPECIMENS[key]
    return replace(specimen, document=specimen.document | fields)


def read(key: str, **fields: str) -> IdentityDocument:
    return parse_identity(changed(key, **fields).payload())


@pytest.mark.parametrize("key", SPECIMENS)
def test_every_field_is_exactly_as_on_the_card(key: str) -> None:
    """Promise 5: rare, plane-2 and private-use characters come through as they are, in every layout."""
    specimen = SPECIMENS[key]
    document = parse_identity(specimen.payload())
    for field, text in specimen.document.items():
        if field not in _DATES and field != "card_version":
            assert getattr(document, field) == text, field
    assert document.birth.strftime("%Y%m%d") == specimen.document["birth"]
    assert document.photo == specimen.photo()


def test_the_flag_decides_the_layout() -> None:
    """Promise 5: no card is read with another card's table."""
    seen = {key: parse_identity(specimen.payload()).layout for key, specimen in SPECIMENS.items()}
    assert seen["wang"] is CardLayout.RESIDENT
    assert seen["hong_kong"] is CardLayout.HK_MACAU_TAIWAN
    assert seen["foreigner_2017"] is CardLayout.FOREIGNER_2017
    assert seen["foreigner_2023"] is CardLayout.FOREIGNER_2023


@pytest.mark.parametrize("flag", [" ", "\0", "A", "1"])
def test_any_other_flag_is_a_resident_card(flag: str) -> None:
    """Promise 5: the resident card writes a space there, and some write something else."""
    payload = bytearray(SPECIMENS["wang"].payload())
    payload[252:254] = flag.encode("utf-16-le")
    assert parse_identity(bytes(payload)).layout is CardLayout.RESIDENT


def test_a_field_the_card_does_not_have_is_none() -> None:
    """Promise 4: what a card cannot say is not made up."""
    resident, permit = read("wang"), read("hong_kong")
    foreigner_2017, foreigner_2023 = read("foreigner_2017"), read("foreigner_2023")
    assert (resident.name_en, resident.nationality, resident.permit_number, resident.issue_count) == (None,) * 4
    assert (permit.nation, permit.name_en) == (None, None)
    assert (foreigner_2017.address, foreigner_2017.nation, foreigner_2017.issue_count) == (None,) * 3
    assert (foreigner_2023.address, foreigner_2023.authority, foreigner_2023.permit_number) == (None,) * 3


def test_a_card_without_end_says_so() -> None:
    """Promise 4: 长期 is a word, not a date."""
    document = read("li")
    assert (document.valid_until, document.long_term) == (None, True)
    assert (read("wang").valid_until, read("wang").long_term) == (date(2038, 6, 1), False)


def test_a_name_of_46_letters_is_joined_from_its_two_places() -> None:
    """Promise 5: the card of 2023 splits a long Latin name; the space at the seam is part of it."""
    name = "A" * 34 + " " + "B" * 11
    assert read("foreigner_2023", name_en=name).name_en == name


def test_a_character_across_the_seam_of_the_two_places_is_whole() -> None:
    """Promise 5: the two halves of a character meet again, wherever the card put them."""
    name = "A" * 34 + "𬭎" + "B" * 10
    raw = name.encode("utf-16-le")
    payload = bytearray(SPECIMENS["foreigner_2023"].payload())
    payload[4 + 52 : 4 + 122], payload[4 + 220 : 4 + 242] = raw[:70], raw[70:]
    assert parse_identity(bytes(payload)).name_en == name


@pytest.mark.parametrize(
    "name", ["王\udc00", "\ud842", "王 小明", " 王", "王\u3000", "\ue000\uf8ff", "㛃𬭎𠅤\U000323af"]
)
def test_a_strange_name_is_neither_lost_nor_fatal(name: str) -> None:
    """Promise 5: lone halves, inner and leading spaces and the newest planes stay; only padding at the end goes."""
    assert read("wang", name=name).name == name


def test_padding_with_zeros_is_padding() -> None:
    """Promise 5: some cards pad with NUL instead of spaces."""
    assert read("wang", name="王小明\0\0\0").name == "王小明"


def test_a_foreigner_may_have_no_chinese_name() -> None:
    """Promise 5: an empty place on the card is an empty text, not an error."""
    assert read("foreigner_2017", name="").name == ""
    assert read("foreigner_2023", name="").name == ""


def test_a_lower_case_x_is_accepted_and_kept() -> None:
    """Promise 5: cards with a small x are in people's pockets."""
    number = next(n for i in range(1000) if (n := citizen_number(f"32059919850712{i:03}")).endswith("X"))
    assert read("wang", number=number).number == number
    assert read("wang", number=number.lower()).number == number.lower()


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "999999", "000000"])
def test_no_region_is_refused(region: str) -> None:
    """Promise 7: people from Hong Kong, Macau and Taiwan have right numbers too."""
    number = citizen_number(region + "19900808002")
    assert read("hong_kong", number=number).number == number
    assert check_digit_is_right(number)


@given(st.integers(0, 10**17 - 1), st.integers(0, 9))
def test_one_wrong_digit_is_always_noticed(seventeen: int, change: int) -> None:
    """Promise 4: a number with one digit wrong is nobody's number."""
    number = citizen_number(f"{seventeen:017}")
    assert check_digit_is_right(number)
    wrong = f"{(int(number[5]) + 1 + change % 9) % 10}"
    assert check_digit_is_right(number[:5] + wrong + number[6:]) is (wrong == number[5])


@pytest.mark.parametrize(
    ("key", "field", "text"),
    [
        ("wang", "number", "320599198507120011"),
        ("wang", "number", "32059919850712001"),
        ("wang", "number", "３" + "2059919850712001X"),
        ("wang", "number", ""),
        ("hong_kong", "number", "810000199008080029"),
        ("foreigner_2017", "number", "US1320000000019"),
        ("foreigner_2017", "number", "USA32000000001"),
        ("foreigner_2023", "number", "910000197505200014"),
        ("wang", "birth", "19850230"),
        ("wang", "birth", "1985W071"),
        ("wang", "birth", "１９８５０７１２"),
        ("wang", "birth", ""),
        ("wang", "valid_from", "长期"),
        ("wang", "valid_until", "长"),
        ("wang", "valid_until", "长期的"),
        ("wang", "valid_until", "20170601"),
        ("wang", "valid_until", "00000000"),
        ("foreigner_2017", "birth", "19829999"),
        ("wang", "sex", "3"),
        ("wang", "sex", ""),
        ("foreigner_2023", "sex", "男"),
        ("wang", "nation", "57"),
        ("wang", "nation", "00"),
        ("foreigner_2017", "nationality", "US"),
        ("wang", "name", ""),
    ],
)
def test_a_field_that_breaks_its_rule_is_refused_by_name(key: str, field: str, text: str) -> None:
    """Promise 4 and 2: a wrong card gets a reason, and the reason quotes nothing from the card."""
    with pytest.raises(DeviceError) as caught:
        read(key, **{field: text})
    error = caught.value
    assert (error.code, error.reason) == (CompletionCode.INVALID_DATA, Reason.INVALID_MEDIA)
    assert error.action is ErrorAction.SUSPEND
    assert field in error.detail
    assert error.__cause__ is None
    assert error.__context__ is None
    assert len(text) < 4 or text not in str(error)


CARD = SPECIMENS["wang"].text_block() + SPECIMENS["wang"].photo()
TEXT_PHOTO = bytes.fromhex("0100 0400")
BITMAP = b"BM" + (38862).to_bytes(4, "little") + bytes(38856)


@pytest.mark.parametrize("behind", [b"", BITMAP])
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize(
    ("header", "fingerprints"),
    [
        (b"", 0),
        (TEXT_PHOTO, 0),
        (TEXT_PHOTO + bytes.fromhex("0000"), 0),
        (TEXT_PHOTO + bytes.fromhex("0200"), 512),
        (TEXT_PHOTO + bytes.fromhex("0400"), 1024),
    ],
)
def test_a_card_is_the_same_in_every_framing(
    header: bytes, fingerprints: int, kind: Callable[[bytes], bytes | bytearray | memoryview], behind: bytes
) -> None:
    """Promise 5: with fingerprints, without lengths, with a vendor's bitmap behind: it is one and the same card."""
    document = parse_identity(kind(header + CARD + b"BM" * (fingerprints // 2) + behind))
    assert document == parse_identity(SPECIMENS["wang"].payload())
    assert type(document.photo) is bytes


@pytest.mark.parametrize(
    "data",
    [
        TEXT_PHOTO + bytes.fromhex("0400") + CARD + bytes(1023),
        TEXT_PHOTO + bytes.fromhex("0200") + CARD + bytes(1024),
        TEXT_PHOTO + bytes.fromhex("0300") + CARD + bytes(768),
        TEXT_PHOTO + CARD[:-4],
        CARD[:-1],
        CARD + b"\0",
        CARD + b"B",
        b"\0" + CARD,
        SPECIMENS["wang"].photo() + SPECIMENS["wang"].text_block()[:-1],
        b"",
        bytes(4),
        SPECIMENS["wang"].payload()[:-1],
        SPECIMENS["wang"].payload() + b"\0",
        b"\x00\x01\x00\x04" + SPECIMENS["wang"].payload()[4:],
        SPECIMENS["wang"].text_block(),
    ],
)
def test_lengths_that_are_no_cards_are_garbled(data: bytes) -> None:
    """Promise 4: half a card is no card."""
    with pytest.raises(DeviceError) as caught:
        parse_identity(data)
    assert (caught.value.code, caught.value.reason) == (CompletionCode.INVALID_DATA, Reason.GARBLED)
    assert caught.value.action is ErrorAction.RESET


@pytest.mark.parametrize("pad", [" ", "\0"])
@pytest.mark.parametrize("address", ["", "江苏省常熟市望潮镇听松路16号2幢302室", "㛃路1号", "一" * 35])
def test_an_additional_address_is_exactly_as_on_the_card(address: str, pad: str) -> None:
    """Promise 5: only the padding at its end goes; blank is blank."""
    assert parse_additional_address(address.ljust(35, pad).encode("utf-16-le")) == address


@pytest.mark.parametrize("size", [0, 1, 68, 69, 71, 72, 280])
def test_an_additional_address_of_another_length_is_garbled(size: int) -> None:
    """Promises 2 and 4: half an address is none, and the reason quotes nothing of it."""
    data = ("江苏省" * 60).encode("utf-16-le")[:size]
    with pytest.raises(DeviceError) as caught:
        parse_additional_address(data)
    assert (caught.value.code, caught.value.reason) == (CompletionCode.INVALID_DATA, Reason.GARBLED)
    assert caught.value.detail == f"{size} bytes are no additional address, which has 70"


def test_an_address_that_was_not_asked_for_is_not_called_blank() -> None:
    """Promise 4: None is "not asked"."""
    assert read("wang").additional_address is None


@given(st.binary(min_size=256, max_size=256))
def test_any_text_block_is_a_document_or_a_reason(block: bytes) -> None:
    """Promise 4: there is no third way out, whatever stands on a card."""
    assert outcome(block) in (*CardLayout, Reason.INVALID_MEDIA)


@given(st.sampled_from(list(SPECIMENS)), st.integers(0, 127), st.characters(exclude_categories=[]).map(ord))
def test_any_unit_of_a_card_may_be_wrong(key: str, place: int, unit: int) -> None:
    """Promise 4: one strange character on a real card is shown as it is or named as a fault."""
    block = bytearray(SPECIMENS[key].text_block())
    block[2 * place : 2 * place + 2] = (unit & 0xFFFF).to_bytes(2, "little")
    assert outcome(bytes(block)) in (*CardLayout, Reason.INVALID_MEDIA)


def outcome(block: bytes) -> CardLayout | Reason:
    """Return the layout the block was read with, or the reason it was refused for."""
    try:
        return parse_identity(bytes.fromhex("01000400") + block + bytes(1024)).layout
    except DeviceError as error:
        return error.reason


@pytest.mark.parametrize("key", SPECIMENS)
def test_a_document_shows_nothing_of_the_person(key: str) -> None:
    """Promise 2: printing a document by mistake prints nobody's data."""
    document = parse_identity(SPECIMENS[key].payload())
    assert f"{document} {document!r}" == "IdentityDocument(<redacted>) IdentityDocument(<redacted>)"


@pytest.mark.parametrize("layout", CardLayout)
def test_no_two_fields_of_a_layout_overlap(layout: CardLayout) -> None:
    """Promise 5: every byte of a card belongs to one field at most, and none to the flag's place."""
    taken = [
        place
        for spans in LAYOUTS[layout].values()
        for offset, length in spans
        for place in range(offset, offset + length)
    ]
    assert len(taken) == len(set(taken))
    assert not {248, 249} & set(taken)
    assert max(taken) < 256
