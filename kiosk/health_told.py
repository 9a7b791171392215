"""What a self-test found, in the technician's language: the drivers give keys and values, the words the sentences.

One decision: a value that has a word of its own stands below ``selftest.value.<parameter>``; one that has none (a
number, a model's name) is shown as the device gave it. A report without keys, or with one that no words have (a driver
from elsewhere), is told by its own words, which are called so, rather than by half. An error's `detail` is never shown:
it is English; what of it matters stands in the error's `facts`, which are of no language.
"""

from collections.abc import Mapping
from typing import TypeVar

from drivers.errors import DeviceError, Fact
from drivers.model import DeviceClass, HealthReport, Told
from kiosk.words import Words

Name = TypeVar("Name", bound=str)
_STOPS = "。."
_QUESTIONS = ("？", "?")


def outcome(words: Words, device: DeviceClass, report: HealthReport) -> str:
    """Return what the self-test of a device of that class has to say."""
    if not report.told or any(f"selftest.{each.key}" not in words for each in report.told):
        return words.say("selftest.own_words", said=report.detail)
    parts = (_sentence(words, device, each) for each in report.told)
    said = words.say("selftest.between").join(part.rstrip(_STOPS) for part in parts)
    return said if said.endswith(_QUESTIONS) else words.say("selftest.whole", said=said)


def _sentence(words: Words, device: DeviceClass, told: Told) -> str:
    if told.key == "error":
        facts = {name: value for name, value in told.values.items() if name != "reason"}
        return _with_facts(words, device, _because(words, device, str(told.values.get("reason"))), facts)
    values = {name: _value(words, name, value) for name, value in told.values.items()}
    return words.say(f"selftest.{told.key}", **values)


def error_told(words: Words, device: DeviceClass, error: DeviceError) -> str:
    """Return staff's sentence for the error of a device of that class, with its facts; without one, its reason."""
    return _with_facts(words, device, _because(words, device, error.reason), error.facts)


def facts_told(words: Words, device: DeviceClass, facts: Mapping[Name, str | int]) -> str:
    """Return an error's facts, each with what it is; "" when there are none. One that no words have keeps its name."""
    return words.say("selftest.between_facts").join(_fact(words, device, str(name), facts[name]) for name in facts)


def _with_facts(words: Words, device: DeviceClass, said: str, facts: Mapping[Name, str | int]) -> str:
    if not facts:
        return said
    return words.say("selftest.with_facts", said=said.rstrip(_STOPS), facts=facts_told(words, device, facts))


def _because(words: Words, device: DeviceClass, reason: str) -> str:
    key = f"devices.{device}.{reason}.staff"
    return words.say(key) if key in words else words.say("selftest.error", reason=reason)


def _fact(words: Words, device: DeviceClass, name: str, value: str | int) -> str:
    if name == Fact.BEFORE:
        told = _because(words, device, str(value)).rstrip(_STOPS)
    else:
        told = ", ".join(_value(words, name, each) for each in str(value).split(", "))
    key = f"selftest.fact.{name}"
    return words.say(key, value=told) if key in words else f"{name} {told}"


def _value(words: Words, name: str, value: str | int) -> str:
    """Return a value's word; of a supply that has a name of its own (``toner.black``) that stands behind it."""
    kind, _, own = str(value).partition(".")
    key = f"selftest.value.{name}.{kind}"
    if key not in words:
        return str(value)
    return f"{words.say(key)} ({own})" if own else words.say(key)
