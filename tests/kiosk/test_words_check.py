"""The words files are held to plain language, and the check can fail."""

from pathlib import Path

import pytest

from kiosk.words import Language
from kiosk.words_check import faults, sentence_faults


def test_every_sentence_of_the_house_is_plain() -> None:
    """Promise 7: no resident reads jargon, or a sentence that does not fit into one glance."""
    assert not list(faults())


@pytest.mark.parametrize(
    ("language", "key", "text", "said"),
    [
        ("zh", "visit.lost", "系统异常，请稍后。", "系统异常"),
        ("zh", "visit.long", "一" * 41 + "。", "41"),
        ("en", "visit.lost", "An Invalid answer.", "'invalid'"),
        ("en", "visit.long", "word " * 26, "26"),
        ("en", "staff.lost", "Something went wrong.", "'something went wrong'"),
    ],
)
def test_what_is_not_plain_is_named(language: Language, key: str, text: str, said: str) -> None:
    """Promise 7: the message says which word, or how long."""
    assert said in " ".join(sentence_faults(language, key, text))


@pytest.mark.parametrize(
    ("language", "key", "text"),
    [
        ("zh", "visit.two", "一" * 40 + "。" + "一" * 40 + "。"),
        ("zh", "visit.count", "第 {page} 页" + "一" * 36),
        ("en", "visit.two", "word " * 24 + "word. " + "word " * 25),
        ("en", "devices.x.staff", "The reader failed its self-test."),
    ],
)
def test_what_is_plain_passes(language: Language, key: str, text: str) -> None:
    """Promise 7: two short sentences are not one long one, and staff may read what staff must know."""
    assert not list(sentence_faults(language, key, text))


def test_a_fault_names_file_and_key(tmp_path: Path) -> None:
    """Promise 8: who mends the words finds the place."""
    for language in ("zh", "en"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "visit.toml").write_text('[a]\nb = "API"\n', "utf-8")
    assert list(faults(tmp_path)) == [
        "assets/words/zh/visit.toml: a.b: says 'API'",
        "assets/words/en/visit.toml: a.b: says 'API'",
    ]
