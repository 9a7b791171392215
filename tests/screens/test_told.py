"""What is told of a case: on paper and on the screen, in the same words, and all of it."""

from pathlib import Path

import pytest

from drivers.print_job import Text
from kiosk.config import load
from kiosk.guide import guide
from kiosk.identity import Person
from kiosk.receipt import receipt_parts
from kiosk.visit import Visit
from kiosk.visit_receipt import receipt_of
from kiosk.visit_setting import setting_of
from kiosk.words import ASSETS, LANGUAGES, Language, Words, load_words
from tests.screens.world import NUMBERING, World, card

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_names_every_part_that_needs_a_window(language: Language) -> None:
    """Promise 4: of a package, what was not handed in here is never passed over in silence."""
    setting = setting_of(load(ROOT / "kiosk.toml"))
    catalogue = setting.catalogue
    split = {
        package: told.elsewhere
        for package in catalogue.packages.values()
        if catalogue.declared_items(package)
        and (told := guide(package, catalogue, NUMBERING.created_at, language)).elsewhere
    }
    assert split
    for package, parts in split.items():
        visit = Visit(World(), setting)
        visit.language = language
        visit.service, visit.person = package, Person.from_card(card("wang"))
        job = receipt_parts(receipt_of(visit, NUMBERING), Words(language))
        printed = "".join(part.text for part in job.parts if isinstance(part, Text)).replace(" ", "").replace("\n", "")
        assert all(item.title(language).replace(" ", "") in printed for item in parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_number_and_code_are_called_the_same_on_screen_and_paper(language: Language) -> None:
    """Promise 7: one word for one thing: what the window asks for is what stands on the receipt."""
    words = Words(language)
    assert words.say("screens.receipt.number") == words.say("receipt.number")
    assert words.say("screens.receipt.code", code="X") == words.say("receipt.code", code="X")
    number, code = words.say("receipt.number").lower(), words.say("receipt.code", code="").strip().lower()
    assert number in words.say("screens.receipt.sentence").lower()
    assert code in words.say("screens.receipt.sentence").lower()


def test_english_is_set_in_latin_marks() -> None:
    """Promise 7: marks that the Chinese font draws a full em wide would tear an English line."""
    torn = [key for key, text in load_words(ASSETS / "words" / "en").items() if set(text) & set("“”‘’…—")]
    assert not torn
