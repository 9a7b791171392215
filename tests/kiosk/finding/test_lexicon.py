"""The words people use, how they sound, and how they are typed."""

from datetime import datetime

import pytest

from kiosk.catalogue import load
from kiosk.dates import CHINA
from kiosk.finding.lexicon import lexicon, nicknames
from kiosk.finding.people import staffed
from kiosk.finding.plain import LONGEST, words_of
from kiosk.finding.slips import one_slip
from kiosk.finding.syllables import blurred, part
from kiosk.search import Search


def test_every_nickname_is_of_a_service_and_finds_it_among_the_first() -> None:
    """Promise 7: a nickname that leads elsewhere would be worse than none."""
    site = load().at_site("ZT-S00")
    search = Search(site)
    assert nicknames().keys() <= {service.id for service in site.services}
    astray = [
        (name, service)
        for service, names in nicknames().items()
        for name in names
        if service not in {hit.service.id for hit in search.find(name, 8)}
    ]
    assert astray == []


def test_no_nickname_stands_twice_with_one_service() -> None:
    """Promise 4: what is written twice is a slip of whoever wrote it."""
    assert [service for service, names in nicknames().items() if len(set(names)) != len(names)] == []


def test_no_word_both_means_something_and_nothing() -> None:
    """Promise 4: a filler that is also an everyday word would hide one of the two."""
    assert all(other for others in lexicon().same.values() for other in others)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ＹＬＢＸ　１２３４５", ["ylbx", "12345"]),
        ("yǎng lǎo", ["yang", "lao"]),
        ("yang3lao3", ["yanglao"]),
        ("nǚ", ["nv"]),
        ("養老保險轉移", ["养老保险转移"]),
        ("\u202e医\u200d保\x00！", ["医保"]),
        ("", []),
    ],
)
def test_text_is_made_plain(typed: str, words: list[str]) -> None:
    """Promise 7: width, tones, old characters and marks make no difference."""
    assert words_of(typed) == words


def test_a_long_text_is_cut() -> None:
    """Promise 6: no more is looked at than a sentence has."""
    assert sum(map(len, words_of("医 " * 10_000))) == LONGEST


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("laopodeyibao", ["lao", "po", "de", "yi", "bao"]),
        ("yanglaob", ["yang", "lao", "b"]),
        ("xian", ["xian"]),
        ("ktv", None),
    ],
)
def test_letters_are_parted_into_syllables(letters: str, syllables: list[str] | None) -> None:
    """Promise 7: pinyin is read as it is typed, without spaces."""
    assert part(letters) == syllables


@pytest.mark.parametrize(("one", "other"), [("zhuan", "zuan"), ("chang", "can"), ("sheng", "sen"), ("nan", "lan")])
def test_sounds_that_are_mixed_up_are_one(one: str, other: str) -> None:
    """Promise 7: nobody must tell zh from z, n from l or ing from in."""
    assert blurred(one) == blurred(other)


@pytest.mark.parametrize("typed", ["yanlao", "yangglao", "yamglao", "yanglaoo", "ynaglao", "yang"])
def test_one_slip_is_told_from_two(typed: str) -> None:
    """Promise 7: one letter wrong, missing, doubled or swapped is forgiven, two are not."""
    assert one_slip(typed, "yanglaobaoxian")
    assert not one_slip("ymagkao", "yanglaobaoxian")


@pytest.mark.parametrize(
    ("now", "at_the_windows", "again"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=CHINA), True, "2026-11-24"),
        (datetime(2026, 11, 24, 3, 7, tzinfo=CHINA), False, "2026-11-24"),
        (datetime(2026, 11, 24, 17, 0, tzinfo=CHINA), False, "2026-11-25"),
        (datetime(2026, 11, 27, 20, 0, tzinfo=CHINA), False, "2026-11-30"),
    ],
)
def test_it_is_known_when_somebody_can_be_asked(now: datetime, at_the_windows: bool, again: str) -> None:
    """Promise 4: nobody is sent to a window that is closed."""
    sites = load().sites
    when = staffed(sites["ZT-S00"], now)
    assert when is not None
    assert (when.now, when.day.isoformat()) == (at_the_windows, again)
    assert staffed(sites["ZT-S01"], now) is None
