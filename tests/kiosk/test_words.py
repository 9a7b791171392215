"""What the kiosk says: two languages that say the same things, in the style of the house."""

import re
from pathlib import Path

import pytest

from kiosk.words import ASSETS, LANGUAGES, Words, WordsError, load_words, parameters

FOLDER = ASSETS / "words"
ROOMS = sorted(file.name for file in (FOLDER / "zh").glob("*.toml"))
HAN = "[\u3400-\u9fff]"


def room(language: str, name: str) -> dict[str, str]:
    stem = name.removesuffix(".toml")
    return {key: text for key, text in load_words(FOLDER / language).items() if key.startswith(f"{stem}.")}


def test_a_sentence_is_said_with_its_parameters() -> None:
    """Promise 7: the same key speaks both languages."""
    assert Words("zh").say("forms.phone_length", count=10) == "手机号是 11 位数字，您输了 10 位。"
    assert Words("en").say("forms.phone_length", count=10) == "A mobile number has 11 digits; you entered 10."


@pytest.mark.parametrize(
    ("key", "values", "named"),
    [
        ("forms.no_such_word", {}, "forms.no_such_word"),
        ("forms.phone_length", {}, "count"),
        ("forms.phone_length", {"count": 1, "size": 2}, "size"),
        ("forms.digits_only", {"count": 1}, "count"),
    ],
)
def test_an_unknown_key_or_parameter_is_an_error_that_names_it(key: str, values: dict[str, object], named: str) -> None:
    """Promise 4: no half sentence reaches a resident."""
    with pytest.raises(WordsError, match=named):
        Words("zh").say(key, **values)


def test_both_languages_have_the_same_rooms() -> None:
    """Promise 7: nothing is said in one language alone."""
    assert sorted(file.name for file in (FOLDER / "en").glob("*.toml")) == ROOMS


@pytest.mark.parametrize("name", ROOMS)
def test_both_languages_have_the_same_keys_and_parameters(name: str) -> None:
    """Promise 7: what is said in Chinese is said in English."""
    zh, en = (room(language, name) for language in LANGUAGES)
    assert zh.keys() == en.keys()
    assert {key: parameters(text) for key, text in zh.items()} == {key: parameters(text) for key, text in en.items()}


@pytest.mark.parametrize("name", ROOMS)
def test_chinese_is_written_with_full_width_marks(name: str) -> None:
    """Promise 7: punctuation as people know it from print."""
    wrong = [k for k, text in room("zh", name).items() if re.search(f"{HAN}[,;:?!.]|[,;:?!]{HAN}", text)]
    assert not wrong


@pytest.mark.parametrize("name", ROOMS)
def test_nobody_is_shouted_at(name: str) -> None:
    """Promise 7: no exclamation marks, no "系统错误" (the look's words)."""
    said = [*room("zh", name).items(), *room("en", name).items()]
    assert not [key for key, text in said if "!" in text or "！" in text or "系统错误" in text]


def test_a_file_of_words_that_is_torn_is_refused_by_name(tmp_path: Path) -> None:
    """Promise 8: the sentence names the file."""
    (tmp_path / "visit.toml").write_text('a = "b', "utf-8")
    with pytest.raises(WordsError, match=r"visit\.toml"):
        load_words(tmp_path)


def test_a_word_that_is_no_sentence_is_refused_by_key(tmp_path: Path) -> None:
    """Promise 8: the sentence names the key."""
    (tmp_path / "visit.toml").write_text("[a]\nb = 3", "utf-8")
    with pytest.raises(WordsError, match=r"visit\.a\.b"):
        load_words(tmp_path)
