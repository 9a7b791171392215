"""The citizen number (GB 11643-1999): its check digit, birth and sex, and what is wrong with a number that was typed.

The digits are weighted and summed modulo 11 (ISO 7064 MOD 11-2). Numbers of Hong Kong, Macau and Taiwan residents
(810000, 820000, 830000) and of foreigners with a permanent residence card of 2023 (first digit 9) follow the same rule.
"""

from datetime import date

from kiosk.dates import today_in_china

LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_OLDEST_YEARS = 130


def check_digit(first17: str) -> str:
    """Return the check digit (0-9 or X) of the first 17 digits."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def birth_of(number: str) -> date | None:
    """Return the date of birth in the number; None if it holds no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """Return the sex as GB/T 2261.1 writes it: "1" male, "2" female."""
    return "1" if int(number[16]) % 2 else "2"


def normal(text: str) -> str:
    """Return the number as it is written on a card: no spaces, the last letter a capital X."""
    return "".join(text.split()).upper()


def citizen_number_fault(text: str, today: date | None = None) -> str | None:
    """Return the words key of what is wrong with a number somebody typed, or None if it is right."""
    number = normal(text)
    if not number.isascii() or not number[:-1].isdecimal() or not (number[-1:].isdecimal() or number[-1:] == "X"):
        return "identity.number_characters" if number else "identity.number_missing"
    if len(number) != LENGTH:
        return "identity.number_length"
    birth, now = birth_of(number), today or today_in_china()
    if birth is None or birth > now or birth.year < now.year - _OLDEST_YEARS:
        return "identity.number_birth"
    return None if check_digit(number[:17]) == number[17] else "identity.number_check"
