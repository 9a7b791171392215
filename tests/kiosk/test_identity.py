"""Who the resident is: exactly what the card says, or what a typed number holds and no more."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.citizen_card_codec import CitizenCard
from drivers.identity import CardLayout, IdentityDocument
from kiosk.citizen_number import check_digit
from kiosk.identity import Person, citizen_number_fault
from kiosk.nations import NATIONS

# Fictional; the check digit is right. 11010519491231002X stands in GB 11643-1999 itself as the example.
EXAMPLE = "11010519491231002X"
TODAY = date(2026, 11, 24)
CARD = IdentityDocument(
    layout=CardLayout.RESIDENT,
    name="王小明",
    name_en=None,
    sex="1",
    nation="01",
    nationality=None,
    birth=date(1949, 12, 31),
    address="江苏省常熟市支塘镇某村1号",
    number=EXAMPLE,
    authority="常熟市公安局",
    valid_from=date(2015, 3, 1),
    valid_until=None,
    long_term=True,
    permit_number=None,
    issue_count=None,
    photo=b"WLf" + bytes(1021),
)


@pytest.mark.parametrize("typed", [EXAMPLE, EXAMPLE.lower(), "110105 19491231 002x"])
def test_a_right_number_has_no_fault(typed: str) -> None:
    """Promise 3: typing is another way in."""
    assert citizen_number_fault(typed, TODAY) is None


@pytest.mark.parametrize("first17", ["81000019940823002", "83000019940823002", "93011019880101001"])
def test_numbers_of_hong_kong_macau_taiwan_and_foreign_residents_are_right_too(first17: str) -> None:
    """Promise 3: nobody is turned away by a table of places."""
    assert citizen_number_fault(first17 + check_digit(first17), TODAY) is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "identity.number_missing"),
        ("11010519491231002", "identity.number_length"),
        ("11010519491231002X0", "identity.number_characters"),
        ("1101051949123100２X", "identity.number_characters"),
        ("110105194912310O2X", "identity.number_characters"),
        ("110105194902310021", "identity.number_birth"),
        ("110105205012310026", "identity.number_birth"),
        ("110105194912310021", "identity.number_check"),
        ("110105194913310021", "identity.number_birth"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_with_it(typed: str, fault: str) -> None:
    """Promise 4: a number is never half believed."""
    assert citizen_number_fault(typed, TODAY) == fault


@given(st.text(max_size=20))
def test_no_text_at_all_can_break_the_judgement(text: str) -> None:
    """Promise 3: whatever is typed is answered."""
    fault = citizen_number_fault(text, TODAY)
    assert fault is None or fault.startswith("identity.number_")


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, off: int) -> None:
    """Promise 4: MOD 11-2 catches every single slip."""
    digit = (int(EXAMPLE[place]) + off) % 10
    assert citizen_number_fault(EXAMPLE[:place] + str(digit) + EXAMPLE[place + 1 :], TODAY) is not None


@pytest.mark.parametrize("name", ["王小明", "㛃", "𬭎𫖯", "𠅤" * 7, "\ue863\ue000", "古丽·阿依"])
def test_a_name_goes_on_exactly_as_on_the_card(name: str) -> None:
    """Promise 5: rare and private-use characters included."""
    person = Person.from_card(replace(CARD, name=name))
    assert person.name == name
    assert person.applicant().name == name


def test_a_name_cut_off_inside_a_character_still_goes_on() -> None:
    """Promise 5: half a surrogate pair is sent as its code, since UTF-8 has no place for it."""
    assert Person.from_card(replace(CARD, name="王\ud87e")).applicant().name == "王[U+D87E]"


def test_every_layout_of_card_becomes_an_applicant() -> None:
    """Promise 3: all four cards are served."""
    kinds = [Person.from_card(replace(CARD, layout=layout)).applicant().document_type for layout in CardLayout]
    assert sorted(kinds) == ["foreigner_2017", "foreigner_2023", "hk_macau_taiwan", "resident"]


def test_long_term_stays_long_term() -> None:
    """Promise 5: 长期 is no date."""
    applicant = Person.from_card(CARD).applicant()
    assert (applicant.valid_until, applicant.long_term) == (None, True)


def test_a_typed_number_gives_birth_and_sex_and_no_name() -> None:
    """Promise 4: what was not read is not known."""
    person = Person.typed(EXAMPLE.lower())
    assert (person.number, person.birth, person.sex, person.name) == (EXAMPLE, date(1949, 12, 31), "2", None)
    assert person.applicant().source == "typed"
    assert not person.from_id_card


def test_a_wrong_typed_number_is_refused_without_repeating_it() -> None:
    """Promise 2: no personal data in an exception's text."""
    wrong = EXAMPLE[:-1] + "1"
    with pytest.raises(ValueError, match=r"identity\.number_check") as caught:
        Person.typed(wrong)
    assert wrong not in str(caught.value)


def test_a_person_never_shows_in_a_repr() -> None:
    """Promise 2: nothing of a person reaches a log by accident."""
    shown = f"{Person.from_card(CARD)!r} {Person.from_card(CARD)} {[Person.from_card(CARD)]}"
    assert not [each for each in ("王", EXAMPLE, "1949", "支塘") if each in shown]


def test_sex_and_nation_are_said_in_words() -> None:
    """Promise 7: GB/T 2261.1 and GB/T 3304 as people read them."""
    person = Person.from_card(replace(CARD, nation="22"))
    assert (person.sex_name("zh"), person.sex_name("en"), person.nation_name()) == ("男", "Male", "畲")
    assert len(NATIONS) == 58


def test_an_expired_card_is_known_as_such() -> None:
    """Promise 4: a card is valid through its last day."""
    person = Person.from_card(replace(CARD, valid_until=date(2026, 11, 24), long_term=False))
    assert not person.expired(TODAY)
    assert person.expired(date(2026, 11, 25))


def test_a_citizen_card_gives_name_and_number_and_no_address() -> None:
    """Promises 4 and 5: exactly what it says, to the character; what it does not say is not known."""
    card = CitizenCard(
        name="刘𬭎", number=EXAMPLE, card_number="A00000017", region="320599", version="3.00",
        valid_from=None, valid_until=None, sex=None, nation=None, birth=None,
    )  # fmt: skip
    person = Person.from_citizen_card(card)
    applicant = person.applicant()
    assert (applicant.source, applicant.document_type) == ("citizen_card", "citizen_card")
    assert (applicant.name, applicant.number, applicant.address, applicant.birth) == ("刘𬭎", EXAMPLE, None, None)
    assert person.from_card_read
    assert not person.from_id_card
