"""The guided fixes: for everything a person can mend, in both languages, short enough to follow with a screwdriver."""

import re

import pytest

from drivers.errors import Reason
from drivers.model import DeviceClass
from kiosk.health_guides import MOST_STEPS, NOBODY_MENDS, PICTURES, guide, has_guide
from kiosk.health_rules import guide_of
from kiosk.trouble import OCCURS
from kiosk.words import ASSETS, LANGUAGES, Language, Words, WordsError, load_words

MENDED = [(kind, reason) for kind, reasons in OCCURS.items() for reason in sorted(reasons - NOBODY_MENDS)]
GUIDES = sorted(
    key.removesuffix(".title")
    for key in load_words(ASSETS / "words" / "zh")
    if re.fullmatch(r"guides\.\w+\.\w+\.title", key)
)


@pytest.mark.parametrize(("kind", "reason"), MENDED, ids=str)
def test_whatever_a_person_mends_has_a_guided_fix(kind: DeviceClass, reason: Reason) -> None:
    """Promise 8: who must act is told how."""
    assert has_guide(f"guides.{kind}.{reason}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", GUIDES)
def test_a_guide_has_a_few_short_steps_with_pictures_that_exist(key: str, language: Language) -> None:
    """Promise 7: two to five steps, each read at a glance."""
    told = guide(key, Words(language))
    assert 2 <= len(told.steps) <= MOST_STEPS
    assert all(len(step.text) <= (40 if language == "zh" else 95) for step in told.steps)
    assert {step.picture for step in told.steps} <= PICTURES | {None}


@pytest.mark.parametrize("key", GUIDES)
def test_both_languages_show_the_same_pictures_at_the_same_steps(key: str) -> None:
    """Promise 7: the same guide in another language."""
    zh, en = (guide(key, Words(language)) for language in LANGUAGES)
    assert [step.picture for step in zh.steps] == [step.picture for step in en.steps]


@pytest.mark.parametrize("key", GUIDES)
def test_a_guide_is_for_a_device_and_a_reason_that_exist(key: str) -> None:
    """Promise 8: no guide that nobody ever reaches."""
    _, kind, reason = key.split(".")
    assert DeviceClass(kind)
    assert Reason(reason)


def test_a_supply_is_guided_by_its_reason_and_what_nobody_mends_has_no_guide() -> None:
    """Promise 4: no steps are offered that would not help."""
    assert guide_of(DeviceClass.RECEIPT_PRINTER, Reason.SUPPLY_LOW, "paper") == "guides.receipt_printer.SUPPLY_LOW"
    assert guide_of(DeviceClass.ID_CARD_READER, Reason.QUEUE_FULL, None) is None


def test_a_guide_that_is_not_there_is_an_error() -> None:
    """Promise 4: half a guide reaches nobody."""
    with pytest.raises(WordsError, match="NO_MEDIA"):
        guide("guides.id_card_reader.NO_MEDIA", Words("en"))
