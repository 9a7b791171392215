"""What a self-test found, in the technician's language: the drivers give keys and values, the words the sentences.

One decision: a value that has a word of its own stands below ``selftest.value.<parameter>``; one that has none (a
number, a model's name) is shown as the device gave it. A report without keys, or with one that no words have (a driver
from elsewhere), is told by its own English detail rather than by half.
"""

from drivers.model import DeviceClass, HealthReport, Told
from kiosk.words import Words

_STOPS = "。."
_QUESTIONS = ("？", "?")


def outcome(words: Words, device: DeviceClass, report: HealthReport) -> str:
    """Return what the self-test of a device of that class has to say."""
    if not report.told or any(f"selftest.{each.key}" not in words for each in report.told):
        return report.detail
    parts = (_sentence(words, device, each) for each in report.told)
    said = words.say("selftest.between").join(part.rstrip(_STOPS) for part in parts)
    return said if said.endswith(_QUESTIONS) else words.say("selftest.whole", said=said)


def _sentence(words: Words, device: DeviceClass, told: Told) -> str:
    error = f"devices.{device}.{told.values.get('reason')}.staff"
    if told.key == "error" and error in words:
        return words.say(error)
    values = {name: _value(words, name, value) for name, value in told.values.items()}
    return words.say(f"selftest.{told.key}", **values)


def _value(words: Words, name: str, value: str | int) -> str:
    """Return a value's word; of a supply that has a name of its own (``toner.black``) that stands behind it."""
    kind, _, own = str(value).partition(".")
    key = f"selftest.value.{name}.{kind}"
    if key not in words:
        return str(value)
    return f"{words.say(key)} ({own})" if own else words.say(key)
