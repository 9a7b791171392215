"""What a self-test found is said in the technician's language, and nothing of it is lost on the way."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from drivers.auxiliaries_model import DoorStatus, Headphones, KeySwitch, Part, PowerSource, Presence
from drivers.camera_measure import SheetFault
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Reason
from drivers.identity import CardLayout
from drivers.model import DeviceClass, DeviceStatus, HealthLevel, HealthReport, SupplyStatus, Told, told_error
from kiosk.health_told import error_told, facts_told, outcome
from kiosk.trouble import OCCURS
from kiosk.words import LANGUAGES, Language, Words

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = ROOT / "drivers"
WORDS = {language: Words(language) for language in LANGUAGES}
ENUMS = {
    "level": SupplyStatus,
    "layout": CardLayout,
    "door": DoorStatus,
    "presence": Presence,
    "power": PowerSource,
    "service_key": KeySwitch,
    "headphones": Headphones,
    "fault": SheetFault,
}


def facts_in_drivers() -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of every fact in the drivers' sources."""
    for file in sorted(DRIVERS.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "Fact":
                        yield key.attr, value


def told_in_drivers() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield key and parameters of every `Told` in the drivers' sources; None where a dictionary is taken apart."""
    for file in sorted(DRIVERS.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Told":
                [key, *values] = node.args
                assert isinstance(key, ast.Constant), f"{file.name}: the words' test cannot read this key"
                names = values[0].keys if values and isinstance(values[0], ast.Dict) else []
                whole = all(isinstance(each, ast.Constant) for each in names)
                known = frozenset(str(each.value) for each in names if isinstance(each, ast.Constant))
                yield str(key.value), known if whole else None


def said(told: tuple[Told, ...], language: Language, device: DeviceClass) -> str:
    """Return a report's sentence."""
    report = HealthReport(HealthLevel.EXTERNAL, DeviceStatus.ONLINE, "detail", told=told)
    return outcome(WORDS[language], device, report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_every_driver_has_its_sentence_with_the_same_parameters(language: Language) -> None:
    """Promise 4: no outcome of a driver falls back to English for a word that was forgotten."""
    keys = dict(told_in_drivers())
    assert len(keys) > 30
    for key, names in keys.items():
        assert f"selftest.{key}" in WORDS[language], key
        if names is not None:
            values = dict.fromkeys(names, "1")
            assert WORDS[language].say(f"selftest.{key}", **values), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("parameter", ENUMS)
def test_every_word_of_a_device_has_one_in_both_languages(parameter: str, language: Language) -> None:
    """Promise 4: "FULL" and "NOT_PRESENT" are ours, not the technician's."""
    for value in ENUMS[parameter]:
        assert f"selftest.value.{parameter}.{value}" in WORDS[language]


def test_the_screen_speaks_chinese() -> None:
    """Promise 4: parts in order, our words for the device's, its own names behind."""
    paper = Told("supply", {"supply": "paper", "level": SupplyStatus.FULL})
    toner = Told("supply", {"supply": "toner.black_toner", "level": SupplyStatus.LOW})
    assert said((paper, toner), "zh", DeviceClass.DOCUMENT_PRINTER) == "纸：够用；碳粉 (black_toner)：快用完了。"
    assert said((paper,), "en", DeviceClass.RECEIPT_PRINTER) == "paper: enough."
    assert said((Told("look_at_reader"),), "zh", DeviceClass.ID_CARD_READER).endswith("还有反应吗？")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_told_by_the_sentence_staff_knows(language: Language) -> None:
    """Promise 8: the same sentence as on the board; a reason without one is named."""
    error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.PAPER_OUT, ErrorAction.CLEAR)
    known = WORDS[language].say("devices.receipt_printer.PAPER_OUT.staff")
    assert said((told_error(error),), language, DeviceClass.RECEIPT_PRINTER) == known
    assert "PAPER_OUT" in said((told_error(error),), language, DeviceClass.CODE_SCANNER)


def test_a_driver_from_elsewhere_is_told_by_its_own_words() -> None:
    """Promise 7: without keys, or with one that nobody knows, its detail is shown whole, and is said to be its own."""
    own = "驱动程序的原话：detail"
    assert said((), "zh", DeviceClass.AUXILIARIES) == own
    assert said((Told("lights_lit"), Told("of_another_maker")), "zh", DeviceClass.AUXILIARIES) == own


def test_no_driver_reports_a_self_test_without_telling_it() -> None:
    """Promise 4: each report is made with its keys."""
    made = [
        (file.name, node)
        for file in sorted(DRIVERS.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "HealthReport"
    ]
    assert len({name for name, _ in made}) >= len(DeviceClass)
    for name, call in made:
        assert len(call.args) == len(fields(HealthReport)) or "told" in {each.arg for each in call.keywords}, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_an_error_is_named_in_the_technicians_language(language: Language) -> None:
    """Promise 7: a code stands beside what it is the code of."""
    words = WORDS[language]
    for fact in Fact:
        assert f"selftest.fact.{fact}" in words, fact
        assert "7F" in facts_told(words, DeviceClass.AUXILIARIES, {fact: "7F"}), fact
    for part in Part:
        assert words.say(f"selftest.value.parts.{part.name}") in facts_told(
            words, DeviceClass.AUXILIARIES, {Fact.PARTS: str(part.name)}
        )


def test_the_drivers_facts_are_codes_and_numbers_and_no_sentences() -> None:
    """Promise 7: nothing English comes in by a fact; and each name is some driver's."""
    found = list(facts_in_drivers())
    assert {name for name, _ in found} == {fact.name for fact in Fact}
    for name, value in found:
        literals = [str(each.value) for each in ast.walk(value) if isinstance(each, ast.Constant)]
        assert not any(re.search("[A-Za-z]{3}", text) for text in literals), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_of_every_class_is_told_without_its_english_detail(language: Language) -> None:
    """Promises 7 and 8: staff's sentence in the language, the facts behind it, the detail for logs alone."""
    for device, reasons in OCCURS.items():
        for reason in reasons:
            error = DeviceError(
                CompletionCode.HARDWARE_ERROR, reason, ErrorAction.CLEAR, "a detail", {Fact.STATUS_WORDS: "6A82"}
            )
            shown = error_told(WORDS[language], device, error)
            sentence = WORDS[language].say(f"devices.{device}.{reason}.staff")
            assert sentence.rstrip("。.") in shown
            assert "6A82" in shown
            assert "a detail" not in shown


def test_what_came_before_is_told_by_its_own_sentence() -> None:
    """Promise 8: a receipt that may be out, because the paper ran out."""
    error = DeviceError(
        CompletionCode.DEVICE_NOT_READY, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR, "", {Fact.BEFORE: Reason.PAPER_OUT}
    )
    cause = WORDS["zh"].say("devices.receipt_printer.PAPER_OUT.staff").rstrip("。")
    assert f"起因：{cause}" in error_told(WORDS["zh"], DeviceClass.RECEIPT_PRINTER, error)


def test_no_screen_reads_the_english_detail() -> None:
    """Promise 7: what the technician's pages show comes from the words; `health_told` alone shows another's."""
    shown = [*(ROOT / "screens").rglob("*.py"), *(ROOT / "kiosk").glob("staff_*.py")]
    assert len(shown) > 50
    readers = {
        file.name
        for file in shown
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "detail"
    }
    assert readers == set()
