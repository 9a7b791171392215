"""What paper a page is: by its words where they were read, else only what size and colour rule out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.papers.classify import what_paper
from kiosk.papers.kinds import PaperKind
from kiosk.papers.looks import Looks, looks_of
from kiosk.papers.text import has, plain, rows_of
from kiosk.reading.results import Reading
from tests.kiosk.papers.lookalikes import PAINTERS, TUNING, lookalike
from tests.kiosk.papers.readings import reading, rows

CARD, LEAF, A4 = (85.6, 53.98), (105.0, 143.0), (210.0, 297.0)
FRONT = ("姓名 王小明", "性别 男 民族 汉", "出生 1990年1月1日", "住址 示例路1号", "公民身份号码 990000199001010012")
BACK = ("中华人民共和国", "居民身份证", "签发机关 示例市公安局", "有效期限 2030.01.05-2050.01.05")
LEAF_WORDS = ("常住人口登记卡", "姓名 王小明", "与户主关系 户主", "性别 男", "民族 汉族", "籍贯 江苏常熟")
LICENCE = ("营 业 执 照", "统一社会信用代码", "名称 示例超市", "类型 个体工商户", "经营者 王小明", "经营场所 示例路1号")
LETTER = ("情况说明", "随附营业执照、居民身份证和结婚证各一份。", "一", "二", "三", "四", "五", "六")


def looks(size: tuple[float, float], *, measured: bool = True, ground: str = "light", framed: bool = False) -> Looks:
    return Looks(size, measured, "light" if ground == "light" else "coloured", framed)


def kind_of(size: tuple[float, float], read: Reading) -> PaperKind:
    return what_paper(looks(size), rows_of(read)).kind


@pytest.mark.parametrize(
    ("size", "words", "kind"),
    [
        (CARD, FRONT, PaperKind.ID_FRONT),
        (CARD, BACK, PaperKind.ID_BACK),
        (A4, (*FRONT, *BACK), PaperKind.ID_COPY),
        (LEAF, LEAF_WORDS, PaperKind.REGISTER_PAGE),
        (A4, LETTER, PaperKind.SHEET),
        (CARD, ("示例银行", "6200 0000 0000 0005", "银联"), PaperKind.BANK_CARD),
        (CARD, ("社会保障卡", "姓名 王小明", "示例银行"), PaperKind.UNKNOWN),
        (CARD, ("示例超市会员卡", "王小明"), PaperKind.UNKNOWN),
        (A4, ("荣誉证书", "王小明", "一", "二", "三", "四", "五"), PaperKind.UNKNOWN),
        (A4, ("一",), PaperKind.UNKNOWN),
    ],
)
def test_a_paper_is_known_by_its_words(size: tuple[float, float], words: tuple[str, ...], kind: PaperKind) -> None:
    """Promise 4: a kind is said where its rule holds, and "unknown" everywhere else."""
    assert kind_of(size, rows(words)) is kind


def test_a_title_counts_where_a_title_stands() -> None:
    """Promise 4: a letter that speaks of a licence is none."""
    title = [(0.42, 0.1, LICENCE[0])]
    body = [(0.1, 0.3 + 0.08 * n, text) for n, text in enumerate(LICENCE[1:])]
    assert kind_of(A4, reading(*title, *body)) is PaperKind.BUSINESS_LICENCE
    assert kind_of(A4, reading((0.42, 0.9, LICENCE[0]), *body)) is not PaperKind.BUSINESS_LICENCE


def test_a_title_set_wide_is_read_in_one_row() -> None:
    """Promise 4: the reading gives its characters one by one."""
    said = [(0.2 * n, 0.1, ch) for n, ch in enumerate("结婚证", 1)]
    assert kind_of((88.0, 125.0), reading(*said, (0.3, 0.5, "中华人民共和国"))) is PaperKind.MARRIAGE_CERTIFICATE


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_is_known_whichever_way_it_lies(turns: int) -> None:
    """Promise 7: nobody has to lay it the right way round."""
    title = (0.42, 0.1, LICENCE[0])
    body = [(0.1, 0.3 + 0.08 * n, text) for n, text in enumerate(LICENCE[1:])]
    assert kind_of(A4, reading(title, *body, turns=turns)) is PaperKind.BUSINESS_LICENCE


def test_the_same_words_on_another_size_are_not_that_paper() -> None:
    """Promise 4: a picture of a card is not a card."""
    assert kind_of(LEAF, rows(FRONT)) is PaperKind.UNKNOWN


def test_what_was_hardly_read_counts_for_nothing() -> None:
    """Promise 4: no guess is taken for a word."""
    said = reading(*((0.1, 0.06 * n, text) for n, text in enumerate(FRONT)), confidence=0.4)
    assert kind_of(CARD, said) is PaperKind.UNKNOWN


def test_without_words_no_kind_is_claimed() -> None:
    """Promise 4: a card of that size may be any card."""
    for size in (CARD, LEAF, A4):
        seen = what_paper(looks(size), None)
        assert (seen.kind, seen.read) == (PaperKind.UNKNOWN, False)
        assert PaperKind.UNKNOWN in seen.possible


def test_size_and_colour_rule_out_what_cannot_be() -> None:
    """Promise 6: a bank card for a register is noticed where nothing is read."""
    card = what_paper(looks(CARD), None)
    assert not card.may_be(frozenset({PaperKind.REGISTER_PAGE, PaperKind.REGISTER_COVER}))
    assert card.may_be(frozenset({PaperKind.ID_FRONT}))
    dark = what_paper(looks(CARD, ground="coloured"), None)
    assert not dark.may_be(frozenset({PaperKind.ID_FRONT, PaperKind.ID_BACK}))
    assert dark.may_be(frozenset({PaperKind.BANK_CARD}))


def test_a_camera_that_does_not_measure_rules_out_by_shape_alone() -> None:
    """Promise 4: a size that was guessed proves nothing."""
    register = frozenset({PaperKind.REGISTER_PAGE})
    assert what_paper(looks((210.0, 297.0), measured=False), None).may_be(register)  # the shapes are too alike
    assert not what_paper(looks((297.0, 187.0), measured=False), None).may_be(register)
    assert what_paper(looks((297.0, 187.0), measured=False), None).may_be(frozenset({PaperKind.ID_FRONT}))


def test_a_paper_that_was_half_read_is_not_asked_about() -> None:
    """Promise 3: the right paper read badly is no wrong paper."""
    seen = what_paper(looks(CARD), rows_of(rows(("公民身份号码",))))
    assert seen.kind is PaperKind.UNKNOWN
    assert seen.may_be(frozenset({PaperKind.ID_FRONT}))


@pytest.mark.parametrize("name", PAINTERS)
def test_size_and_colour_never_rule_out_the_right_paper(name: str) -> None:
    """Promise 3: where nothing is read, no right paper is asked about."""
    page = lookalike(name, TUNING)
    seen = what_paper(looks_of(page.image, page.size_mm, measured=True), None)
    assert page.kind in seen.possible


def test_a_page_of_any_shape_has_looks() -> None:
    """Promise 3: a strip or a speck is a page as well."""
    for shape in ((1, 1, 3), (2000, 7, 3), (3, 900, 3)):
        assert looks_of(np.full(shape, 255, np.uint8), (10.0, 10.0), measured=False).ground == "light"


def test_one_character_in_five_may_be_misread() -> None:
    """Promise 4: forgiving, and not more."""
    assert has(plain("公民身份号玛 9900"), "公民身份号码")
    assert not has("公氏身份号玛", "公民身份号码")
    assert not has("姓各", "姓名")


@given(texts=st.lists(st.text(max_size=30), max_size=12), size=st.sampled_from((CARD, LEAF, A4, (1.0, 900.0))))
def test_no_text_makes_it_fail(texts: list[str], size: tuple[float, float]) -> None:
    """Promise 3: whatever is read, there is an answer."""
    seen = what_paper(looks(size), rows_of(rows(texts)))
    assert seen.kind in seen.possible
