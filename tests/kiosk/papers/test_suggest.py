"""What a page says for a form: only numbers whose check digit is right, each with its place, none in a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.papers.kinds import PaperKind
from kiosk.papers.suggest import FieldKind, fields_of
from kiosk.papers.text import rows_of
from kiosk.reading.results import Reading
from tests.kiosk.papers.readings import reading, rows

NUMBER, CARD, CODE = "990000199001010017", "9901000000000000000", "91990000MA00000008"


def said(kind: PaperKind, read: Reading) -> dict[FieldKind, str]:
    return {each.kind: each.value.reveal() for each in fields_of(kind, rows_of(read))}


def test_an_identity_card_says_name_number_and_address() -> None:
    """Promise 6: what is printed need not be typed."""
    page = rows(("姓名 王小明", "住址 江苏省示例市样本区示例路", "1号", "公民身份号码", NUMBER))
    assert said(PaperKind.ID_FRONT, page) == {
        FieldKind.CITIZEN_NUMBER: NUMBER,
        FieldKind.NAME: "王小明",
        FieldKind.ADDRESS: "江苏省示例市样本区示例路1号",
    }


def test_a_name_below_its_label_is_found() -> None:
    """Promise 6: some cards write the value below."""
    assert said(PaperKind.RESIDENCE_PERMIT, rows(("姓名", "王小明")))[FieldKind.NAME] == "王小明"


def test_a_licence_says_its_code_and_its_name() -> None:
    """Promise 6: eighteen characters need not be typed."""
    page = rows(("统一社会信用代码", CODE, "名称 示例商贸有限公司", "住所 示例路1号楼2室"))
    assert said(PaperKind.BUSINESS_LICENCE, page) == {
        FieldKind.CREDIT_CODE: CODE,
        FieldKind.NAME: "示例商贸有限公司",
        FieldKind.ADDRESS: "示例路1号楼2室",
    }


def test_a_bank_cards_number_is_found_in_its_groups() -> None:
    """Promise 6: the groups are one number, read in one line or in several."""
    grouped = " ".join(CARD[start : start + 4] for start in range(0, len(CARD), 4))
    pieces = [(0.1 + 0.15 * n, 0.5, part) for n, part in enumerate(grouped.split())]
    assert said(PaperKind.BANK_CARD, rows((grouped,))) == {FieldKind.BANK_CARD: CARD}
    assert said(PaperKind.BANK_CARD, reading(*pieces)) == {FieldKind.BANK_CARD: CARD}


def test_the_back_of_a_card_says_until_when_it_is_valid() -> None:
    """Promise 6: as it is printed."""
    page = rows(("签发机关 示例市公安局", "有效期限 2019.11.02-长期"))
    assert said(PaperKind.ID_BACK, page) == {FieldKind.VALID_UNTIL: "2019.11.02-长期"}


def test_a_paper_that_is_not_known_says_nothing() -> None:
    """Promise 4: a number on any paper may be anybody's."""
    assert said(PaperKind.UNKNOWN, rows((NUMBER, CARD, CODE))) == {}
    assert said(PaperKind.SHEET, rows((NUMBER, CARD, CODE))) == {}


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_each_thing_has_its_place_on_the_upright_page(turns: int) -> None:
    """Promise 4: what was read is shown beside where it stands."""
    page = reading((0.1, 0.2, "公民身份号码"), (0.4, 0.8, NUMBER), turns=turns)
    (found,) = fields_of(PaperKind.ID_FRONT, rows_of(page))
    left, top, right, bottom = found.box
    assert (left, top) == pytest.approx((0.4, 0.8), abs=0.01)
    assert right > left + 0.3
    assert bottom == pytest.approx(0.84, abs=0.01)


def test_what_was_read_is_in_no_repr() -> None:
    """Promise 2: not in a log either."""
    page = rows(("姓名 王小明", NUMBER))
    found = fields_of(PaperKind.ID_FRONT, rows_of(page))
    assert NUMBER not in repr((found, rows_of(page), page))
    assert "王" not in repr((found, rows_of(page), page))


@given(
    which=st.sampled_from(
        ((PaperKind.ID_FRONT, NUMBER), (PaperKind.BANK_CARD, CARD), (PaperKind.BUSINESS_LICENCE, CODE))
    ),
    place=st.integers(0, 18),
    digit=st.integers(1, 9),
)
def test_one_digit_misread_is_no_number(which: tuple[PaperKind, str], place: int, digit: int) -> None:
    """Promise 4: refused, never silently wrong."""
    kind, number = which
    at = place % len(number)
    if not number[at].isdecimal():
        at = 0
    wrong = number[:at] + str((int(number[at]) + digit) % 10) + number[at + 1 :]
    assert said(kind, rows((wrong,))) == {}
