"""Pinyin and strokes, with the real library and its real data."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.writing import composing, rime_api
from kiosk.writing.composing import PINYIN, STROKE, Composed, Composer, open_rime
from kiosk.writing.rime_api import Rime, RimeMissingError


@pytest.fixture(scope="module")
def rime() -> Rime:
    """The library; it can be set up once a process."""
    return open_rime()


@pytest.fixture
def pinyin(rime: Rime) -> Iterator[Composer]:
    composer = Composer(rime, PINYIN)
    yield composer
    composer.clear()


@pytest.fixture
def stroke(rime: Rime) -> Iterator[Composer]:
    composer = Composer(rime, STROKE)
    yield composer
    composer.clear()


def typed(composer: Composer, letters: str) -> Composed:
    """Type letters, and return what the last has done."""
    done = Composed()
    for letter in letters:
        done = composer.key(letter)
    return done


@pytest.mark.parametrize(
    ("letters", "wanted", "within"),
    [
        ("wodeshenfenzhengdiule", "我的身份证丢了", 1),
        ("shuiguanloushuile", "水管漏水了", 1),
        ("laopodeyibaozenmezhuan", "老婆的医保怎么转", 1),
        ("changshushizhitangzhen", "常熟市支塘镇", 1),
        ("jiangsushengchangshushizhitangzhenjiangxiangcun", "江苏省常熟市支塘镇蒋巷村", 1),
        ("zhitang", "支塘", 1),
        ("jxc", "蒋巷村", 1),
        ("xiangou", "限购", 1),
        ("xi'an", "西安", 1),
        ("xian", "西安", 8),
        ("css", "常熟市", 12),
        ("shf", "身份", 12),
        ("nv", "女", 1),
        ("lvshi", "律师", 3),
        ("zhagn", "张", 12),  # two letters the wrong way round
    ],
)
def test_a_resident_finds_the_words(pinyin: Composer, letters: str, wanted: str, within: int) -> None:
    """Promise 7: sentences, places, half syllables, ü as v, an apostrophe, letters in the wrong order."""
    assert wanted in typed(pinyin, letters).candidates[:within]


@pytest.mark.parametrize(
    ("letters", "name"), [("yan", "䶮"), ("yi", "燚"), ("xin", "鑫"), ("zhe", "喆"), ("miao", "淼")]
)
def test_the_characters_of_names_are_there(pinyin: Composer, letters: str, name: str) -> None:
    """Promise 5: by their reading, after the common ones."""
    assert name in typed(pinyin, letters).candidates


def test_a_sentence_is_made_of_several_choices(pinyin: Composer) -> None:
    """Promise 7: what was chosen stands, the rest goes on being composed, and the last choice finishes it."""
    before = typed(pinyin, "wanglanlan")
    first = pinyin.choose(before.candidates.index("王"))
    assert (first.text, first.composing[0]) == ("", "王")
    second = pinyin.choose(first.candidates.index("兰"))
    third = pinyin.choose(second.candidates.index("兰"))
    assert third == Composed("王兰兰")


def test_a_place_takes_all_the_letters(pinyin: Composer) -> None:
    """Promise 7: and the next word begins from nothing."""
    before = typed(pinyin, "zhitangzhen")
    assert pinyin.choose(before.candidates.index("支塘镇")) == Composed("支塘镇")
    assert typed(pinyin, "wo").candidates[0] == "我"


def test_no_candidate_is_offered_twice(pinyin: Composer) -> None:
    """Promise 7: a place the dictionary knows too stands once, and the ones behind it are what they say."""
    before = typed(pinyin, "changshu")
    assert len(set(before.candidates)) == len(before.candidates)
    assert pinyin.choose(before.candidates.index("常数")) == Composed("常数")


def test_erasing_goes_back_letter_by_letter(pinyin: Composer) -> None:
    """Promise 7: to the very beginning, and one more does nothing."""
    typed(pinyin, "ni")
    assert pinyin.erase().composing == "n"
    assert pinyin.erase() == Composed()
    assert pinyin.erase() == Composed()


def test_a_choice_that_is_not_there_changes_nothing(pinyin: Composer) -> None:
    """Promise 4: a finger that comes late chooses nothing."""
    before = typed(pinyin, "ni")
    assert pinyin.choose(10_000) == before
    pinyin.clear()
    assert pinyin.choose(0) == Composed()


def test_what_one_chose_is_not_offered_first_to_the_next(rime: Rime) -> None:
    """Promise 2: nothing is learnt from a resident."""
    composer = Composer(rime, PINYIN)
    before = typed(composer, "wanglan").candidates
    for _ in range(20):
        composer.clear()
        typed(composer, "wanglan")
        rest = composer.choose(before.index("忘"))
        composer.choose(rest.candidates.index("兰"))
    assert typed(Composer(rime, PINYIN), "wanglan").candidates == before


@pytest.mark.parametrize(
    ("strokes", "wanted", "within"),
    [("hsh", "工", 3), ("hhsh", "王", 3), ("nphhhs", "羊", 9), ("hhhszpzph", "㛃", 160), ("hpznphhpn", "䶮", 160)],
)
def test_strokes_find_characters(stroke: Composer, strokes: str, wanted: str, within: int) -> None:
    """Promise 5: one who does not know how a character is read writes its strokes; rare ones of names too."""
    assert wanted in typed(stroke, strokes).candidates[:within]


def test_what_is_shown_of_strokes_are_strokes(stroke: Composer) -> None:
    """Promise 7: not the letters that stand for them."""
    assert typed(stroke, "hspnz").composing == "一丨丿丶乛"


def test_a_thousand_random_keys_do_no_harm(pinyin: Composer, stroke: Composer) -> None:
    """Promise 3: letters, choices, erasing in any order; capitals, signs and emoji too."""
    chance = random.Random(1)
    for composer in (pinyin, stroke):
        for _ in range(1000):
            deed = chance.random()
            if deed < 0.75:
                composer.key(chance.choice("abcdefghijklmnopqrstuvwxyz''hspnz AZ0,\U0001f600\x00\u202e"))
            elif deed < 0.85:
                composer.choose(chance.randrange(200))
            elif deed < 0.98:
                composer.erase()
            else:
                composer.clear()


def test_a_composition_has_an_end(pinyin: Composer) -> None:
    """Promise 6: ten thousand letters are answered as a sentence is, and no slower."""
    assert len(typed(pinyin, "zhongguo" * 200).composing.replace(" ", "")) <= 60


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8: and the package that brings it."""
    monkeypatch.setattr(rime_api, "LIBRARY", "librime.so.absent")
    with pytest.raises(RimeMissingError, match="librime1"):
        open_rime()


def test_a_dictionary_that_is_not_installed_is_named(
    rime: Rime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise 8: and the package that brings it."""
    monkeypatch.setattr(composing, "SHARED", tmp_path)
    with pytest.raises(RimeMissingError, match="rime-data-stroke"):
        Composer(rime, STROKE)


def test_a_schema_that_gives_nothing_is_told(rime: Rime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 4: a keyboard that would stay silent is not offered."""
    monkeypatch.setitem(composing._DATA, "budayang_absent", ())
    with pytest.raises(RimeMissingError, match="budayang_absent"):
        Composer(rime, "budayang_absent")


def test_what_is_written_is_in_no_repr() -> None:
    """Promise 2: a composition in an exception's text would be in the log."""
    assert "王" not in repr(Composed("王", "wang", ("王",)))
