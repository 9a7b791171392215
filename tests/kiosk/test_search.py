"""Finding a service by what people call it, over all 304 of them."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis.strategies import text

from kiosk.catalogue import Catalogue, Package, load
from kiosk.finding.spelling import spelling_of
from kiosk.search import Search


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def search(catalogue: Catalogue) -> Search:
    return Search(catalogue.at_site("ZT-S00"))


def names(search: Search, text: str, limit: int = 20) -> list[str]:
    return [hit.service.name for hit in search.find(text, limit)]


@pytest.mark.parametrize(
    "typed",
    [
        "ylbx", "YLBX", "yanglaobaoxian", "yanglaobx", "yang lao bao xian", "yang lao bx", "yanglbx", "养老bx",
        "养老保险", "養老保險", "ｙｌｂｘ", "yǎng lǎo bǎo xiǎn", "yang3lao3bao3xian3", "yang lao", "YangLao",
    ],
)  # fmt: skip
def test_pension_insurance_is_found_first_however_it_is_spelt(search: Search, typed: str) -> None:
    """Promise 7: in characters old and new, initials, syllables, tones, or a mixture of them."""
    first, *_ = search.find(typed)
    assert "养老" in first.service.name + first.known_as
    assert "城乡居民基本养老保险参保登记" in names(search, typed, 10)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("报户口", "出生登记（户口申报）"),
        ("bhk", "出生登记（户口申报）"),
        ("新农保", "城乡居民基本养老保险参保登记"),
        ("gongshang", "工伤认定申请"),
        ("birth", "新生儿出生一件事"),
        ("xse", "新生儿出生一件事"),
        ("二手房", "二手房过户及水电气联办一件事"),
        ("residence permit", "江苏省居住证申领"),
    ],
)
def test_nicknames_english_and_packages_are_found(search: Search, typed: str, found: str) -> None:
    """Promise 7: by the word a resident has for it."""
    assert found in names(search, typed, 6)


def test_english_finds_it_too(search: Search) -> None:
    """Promise 7: `pension` gives what has to do with pensions."""
    hits = search.find("pension")
    assert hits
    assert all("pension" in hit.service.name_en.casefold() for hit in hits)


@pytest.mark.parametrize("typed", ["penson", "pensoin", "pensiion", "pwnsion"])
def test_one_slip_in_english_is_forgiven(search: Search, typed: str) -> None:
    """Promise 7: a letter wrong, missing, too many or swapped."""
    assert "城乡居民基本养老保险参保登记" in names(search, typed)


@pytest.mark.parametrize("typed", ["yanlgao", "yanlao", "yanglaoo", "ysnglao"])
def test_one_slip_in_pinyin_is_forgiven(search: Search, typed: str) -> None:
    """Promise 7: fingers miss keys."""
    assert any("养老" in name for name in names(search, typed))


@pytest.mark.parametrize("typed", ["养老保验", "养老参保", "参保 养老"])
def test_chinese_that_is_not_quite_the_name_is_forgiven(search: Search, typed: str) -> None:
    """Promise 7: a wrong character, words left out, words in another order."""
    assert "城乡居民基本养老保险参保登记" in names(search, typed)


@pytest.mark.parametrize(
    ("name", "typed"), [("重庆银行", "cqyh"), ("重庆银行", "zqyx"), ("成长", "chengz"), ("成长", "cc")]
)
def test_any_reading_of_a_character_counts(name: str, typed: str) -> None:
    """Promise 7: 重, 长 and 行 are read in two ways, and nobody is told which one is meant."""
    assert spelling_of(name).spelt(typed, 0)


def test_what_begins_with_it_stands_before_what_holds_it(search: Search) -> None:
    """Promise 7: the likeliest first."""
    found = [hit.known_as or hit.service.name for hit in search.find("残疾", 12)]
    begins = [name.startswith("残疾") for name in found]
    assert begins == sorted(begins, reverse=True)
    assert True in begins


def test_the_very_name_is_first(catalogue: Catalogue, search: Search) -> None:
    """Promise 7: whoever types the whole name finds it at once, all 304 of them."""
    services = [*catalogue.items.values(), *catalogue.packages.values()]
    assert len(services) == 304
    assert [s.name for s in services if search.find(s.name)[0].service.name != s.name] == []


def test_every_service_is_found_by_its_english_name(catalogue: Catalogue, search: Search) -> None:
    """Promise 7: in English as well."""
    services = [*catalogue.items.values(), *catalogue.packages.values()]
    assert [s.id for s in services if s.id not in {hit.service.id for hit in search.find(s.name_en)}] == []


@pytest.mark.parametrize(
    "typed", ["", "  ", "，。", "qqqqqq", "'; drop", "🙂", "a" * 500, "我要吃火锅", "附近哪里有厕所", "hello"]
)
def test_what_means_nothing_finds_nothing_and_breaks_nothing(search: Search, typed: str) -> None:
    """Promise 3: whatever is typed is answered."""
    assert search.find(typed) == []


@pytest.mark.parametrize(
    "dirt",
    ["\u202e", "\u200f", "\u2067", "\x00", "\x1b[", "\ufeff", "🙂", "👨‍👩‍👧", "\ufffd", "\ue000", "……", "%{}<>"],
)
def test_signs_and_marks_among_what_is_typed_change_nothing(search: Search, dirt: str) -> None:
    """Promise 3: emoji, control characters and marks of direction do no harm."""
    found = [hit.service.id for hit in search.find("医保转移")]
    assert [hit.service.id for hit in search.find(f"{dirt}医保{dirt}转移{dirt}")] == found
    assert found[0] == "ZT-YB-016"


@pytest.mark.parametrize("piece", ["重", "a", "🙂", "zhuang", "医保转移", " ", "\n", "e\u0301", "١", "ﷺ", "𠮷"])
def test_ten_thousand_characters_are_answered_as_quickly_as_a_sentence(search: Search, piece: str) -> None:
    """Promise 6: no text, however long, holds the screen up."""
    search.find(piece)
    began = perf_counter()
    search.find(piece * 10_000)
    assert perf_counter() - began < 0.5


@given(text())
def test_whatever_is_typed_is_answered(search: Search, typed: str) -> None:
    """Promise 3: no text breaks it, and what it finds it has."""
    hits = search.find(typed, 5)
    assert len(hits) <= 5
    assert all(hit.score > 0 for hit in hits)


def test_a_village_finds_only_what_it_serves(catalogue: Catalogue) -> None:
    """Promise 4: nothing is offered that is not served there."""
    village = catalogue.at_site("ZT-S01")
    found = [hit.service for hit in Search(village).find("d", 400)]
    assert found
    assert all(s.id in (village.packages if isinstance(s, Package) else village.items) for s in found)


def test_the_limit_is_kept(search: Search) -> None:
    """Promise 6: no endless list."""
    assert len(search.find("d", 5)) == 5
