"""Receipt numbers: made without the office, unique, and safe against a slip of the pen."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sync.numbering import (
    CROCKFORD,
    new_submission_id,
    new_verification_code,
    receipt_number,
    receipt_number_ok,
)

DAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
numbers = st.builds(
    receipt_number,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True),
    st.just(DAY),
    st.integers(1, 10**7),
)
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_a_receipt_number_reads_as_kiosk_date_count_and_check() -> None:
    """Promise 1: people can read it, write it down and say it."""
    assert re.fullmatch(r"K01-261124-00042-[0-9A-Z]", receipt_number("K01", DAY, 42))


def test_the_check_is_that_of_iso_7064() -> None:
    """Promise 4: no check of our own making; A1-2425G-ABC1234002-M is a published example of MOD 37,36 (GRid)."""
    assert receipt_number_ok("A1-2425G-ABC1234002-M")


@given(numbers)
def test_every_number_made_here_is_accepted_however_it_is_typed(number: str) -> None:
    """Promise 7: small letters and blanks around it do no harm."""
    assert receipt_number_ok(number)
    assert receipt_number_ok(f" {number.lower()} ")


@given(numbers, st.data())
def test_every_single_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    """Promise 4: a mistyped number is never shown as somebody else's case."""
    places = [place for place, character in enumerate(number) if character.upper() in ALNUM]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([c for c in ALNUM if c != number[place].upper()]))
    assert not receipt_number_ok(number[:place] + wrong + number[place + 1 :])


def test_two_neighbours_that_changed_places_are_nearly_always_found() -> None:
    """Promise 4: the other common slip."""
    swapped = found = 0
    for number in (receipt_number("K01", DAY, seq) for seq in range(1, 2000)):
        for place in range(len(number) - 1):
            left, right = number[place], number[place + 1]
            if left != right and "-" not in (left, right):
                swapped += 1
                found += not receipt_number_ok(number[:place] + right + left + number[place + 2 :])
    assert found / swapped > 0.995


def test_what_is_no_receipt_number_is_not_ok() -> None:
    """Promise 4: no answer for nonsense."""
    for text in ("", "-", "---", "K01", "7", "K01-261124-00042", "王-小-明-吗"):
        assert not receipt_number_ok(text)


def test_submission_ids_are_uuid7_in_the_order_of_time() -> None:
    """Promise 1: one id for one submission, everywhere."""
    ids = [new_submission_id() for _ in range(500)]
    assert len(set(ids)) == 500
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", i) for i in ids)
    assert [i[:13] for i in ids] == sorted(i[:13] for i in ids)


def test_verification_codes_are_eight_readable_characters() -> None:
    """Promise 7: no I, L, O or U to be confused."""
    codes = {new_verification_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and set(code) <= set(CROCKFORD) for code in codes)
