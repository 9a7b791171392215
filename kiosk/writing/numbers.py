"""Numbers as they are typed and shown: how many digits, an amount's one point, groups that an eye can check."""

from collections.abc import Mapping

from kiosk.form_records import Widget

PHONE_DIGITS, CITIZEN_DIGITS, CARD_DIGITS, DATE_DIGITS = 11, 18, 19, 8
_YUAN_DIGITS, _CENTS = 9, 2  # as the check of amounts has it
_OTHER = 20

LIMITS: Mapping[Widget, int] = {
    Widget.PHONE: PHONE_DIGITS,
    Widget.CITIZEN_NUMBER: CITIZEN_DIGITS,
    Widget.BANK_CARD: CARD_DIGITS,
    Widget.DIGITS: _OTHER,
}
"""How many characters of a number can be typed; a longer one is wrong at once."""

_GROUPS: Mapping[Widget, tuple[int, ...]] = {
    Widget.PHONE: (3, 4, 4),
    Widget.CITIZEN_NUMBER: (6, 8, 4),
    Widget.BANK_CARD: (4, 4, 4, 4, 3),
}


def grouped(widget: Widget, text: str) -> str:
    """Return a number in the groups it is read in: 138 0000 5678, 12,000.50; what is no number stays as it is."""
    if widget is Widget.MONEY:
        return _thousands(text)
    parts, rest = list[str](), text
    for size in _GROUPS.get(widget, ()):
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(part for part in (*parts, rest) if part)


def _thousands(text: str) -> str:
    whole, point, cents = text.partition(".")
    return f"{int(whole):,}{point}{cents}" if whole.isascii() and whole.isdecimal() else text


def amount(text: str, key: str) -> str:
    """Return an amount after one more digit or point; a key that would make none changes nothing."""
    longer = "0." if not text and key == "." else key if text == "0" and key != "." else text + key
    whole, point, cents = longer.partition(".")
    good = len(whole) <= _YUAN_DIGITS and len(cents) <= _CENTS and cents.isdecimal() == bool(cents)
    return longer if good and (point or not cents) else text


def dashed(digits: str) -> str:
    """Return up to eight digits as a date, as far as it goes: ``1990-01``."""
    return "-".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)
