"""What a citizen card says: the records of its files EF05 and EF06, decoded without loss or refused with a reason.

One decision: a record is taken by the tag it carries, never by where it stood, so that both layouts in use (with the
name extension 4E as third record of EF06, and without) are one. Pure functions.

Source: LD/T 32 and LD/T 33 as public readers agree on them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.identity import check_digit_is_right

IDENTIFIER, VERSION, ISSUED, EXPIRES, CARD_NUMBER = 0x01, 0x03, 0x05, 0x06, 0x07
NUMBER, NAME, NAME_REST, SEX, NATION, BIRTH = 0x08, 0x09, 0x4E, 0x0A, 0x0B, 0x0D

LENGTHS: dict[int, int] = {
    IDENTIFIER: 16,
    VERSION: 4,
    ISSUED: 4,
    EXPIRES: 4,
    CARD_NUMBER: 9,
    NUMBER: 18,
    NAME: 30,
    NAME_REST: 20,
    SEX: 1,
    NATION: 1,
    BIRTH: 4,
}
"""Tag -> bytes of its value, for the records that are read: no more of a person than the kiosk uses."""
ISSUER_FILE = (IDENTIFIER, VERSION, ISSUED, EXPIRES, CARD_NUMBER)
HOLDER_FILE = (NUMBER, NAME, NAME_REST, SEX, NATION, BIRTH)
REQUIRED = frozenset({IDENTIFIER, CARD_NUMBER, NUMBER, NAME})

_HEAD = 2  # tag and length
_PADDING = b"\0 "
_REGION = slice(0, 3)
_RID = bytes.fromhex("D156000005")
_RID_AT = slice(3, 8)
_DIGITS = re.compile(r"[0-9]+")
_VERSION = re.compile(r"[0-9]\.[0-9]{2}")
_CARD_NUMBER = re.compile(r"[0-9A-Z]{1,9}")
_OLD_NUMBER = re.compile(r"[0-9]{15}")
_AGREED_NATIONS = range(1, 10)
_BLANK = {b"\0" * 4, b"\xff" * 4}

# GB 18030-2022 gives these eight codes characters of their own; Python's codec, of an earlier edition, private ones.
_EDITION_2022 = str.maketrans(
    dict(
        zip(
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
            "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
            strict=True,
        )
    )
)


@dataclass(frozen=True, slots=True, repr=False)
class CitizenCard:
    """One card, each field exactly as on it; None where the card does not say.

    Attributes:
        name: with its extension, in GB 18030.
        number: the social-security number, which is the citizen number; 15 digits on an old card.
        card_number: as printed on the card.
        region: of the issuer, six digits (GB/T 2260).
        version: of the specification, "1.00", "2.00", "3.00".
        sex: GB/T 2261.1, "1" male, "2" female.
        nation: GB/T 3304, two digits; None too where the card's byte can be read in two ways.
    """

    name: str
    number: str
    card_number: str
    region: str
    version: str | None
    valid_from: date | None
    valid_until: date | None
    sex: str | None
    nation: str | None
    birth: date | None

    def __repr__(self) -> str:
        return "CitizenCard(<redacted>)"


def parse_record(raw: bytes) -> tuple[int, bytes]:
    """Return tag and value of a record ``tag len value``.

    Raises:
        DeviceError: INVALID_DATA/INVALID_MEDIA, its lengths contradict each other.
    """
    if len(raw) < _HEAD or len(raw) != _HEAD + raw[1]:
        _refuse(f"a record of {len(raw)} bytes has another length than it says")
    tag, value = raw[0], raw[_HEAD:]
    if tag in LENGTHS and len(value) > LENGTHS[tag]:
        _refuse(f"record {tag:02X} has {len(value)} bytes, {LENGTHS[tag]} at most are right")
    return tag, value


def parse_citizen_card(records: Mapping[int, bytes]) -> CitizenCard:
    """Return what the records (tag -> value) say.

    Raises:
        DeviceError: INVALID_DATA/INVALID_MEDIA when a record is missing or breaks its rule. It names the record alone.
    """
    missing = sorted(REQUIRED - records.keys())
    if missing:
        _refuse(f"record {missing[0]:02X} is not on the card")
    valid_from, valid_until = _date(records, ISSUED), _date(records, EXPIRES)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        _refuse("the card expires before it was issued")
    return CitizenCard(
        name=_name(records[NAME], records.get(NAME_REST, b"")),
        number=_checked(records, NUMBER, _is_number),
        card_number=_checked(records, CARD_NUMBER, _matches(_CARD_NUMBER)),
        region=_region(records[IDENTIFIER]),
        version=_optional(records, VERSION, _matches(_VERSION)),
        valid_from=valid_from,
        valid_until=valid_until,
        sex=_optional(records, SEX, frozenset("0129").__contains__),
        nation=_nation(records),
        birth=_date(records, BIRTH),
    )


def _refuse(what: str) -> NoReturn:
    """Say which record is wrong and never what stands in it. The reader is well: it is the card."""
    raise DeviceError(CompletionCode.INVALID_DATA, Reason.INVALID_MEDIA, ErrorAction.SUSPEND, what)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_number(text: str) -> bool:
    return check_digit_is_right(text) or _OLD_NUMBER.fullmatch(text) is not None


def _checked(records: Mapping[int, bytes], tag: int, is_right: Callable[[str], bool]) -> str:
    """Return an ASCII field that has a rule, without its padding."""
    text = records[tag].rstrip(_PADDING).decode("ascii", "replace")  # what is not ASCII breaks every rule
    if not is_right(text):
        _refuse(f"record {tag:02X} breaks its rule")
    return text


def _optional(records: Mapping[int, bytes], tag: int, is_right: Callable[[str], bool]) -> str | None:
    return _checked(records, tag, is_right) if records.get(tag, b"").rstrip(_PADDING) else None


def _name(first: bytes, rest: bytes) -> str:
    """Join both pieces before decoding: a character may stand with one half in each."""
    rest = rest.rstrip(_PADDING + b"\xff")
    raw = (first if rest and len(first) == LENGTHS[NAME] and first[-1] else first.rstrip(_PADDING)) + rest
    try:
        text = raw.rstrip(_PADDING).decode("gb18030").translate(_EDITION_2022)
    except UnicodeDecodeError:
        text = ""
    if not text or any(char < " " for char in text):
        _refuse("the name on the card is missing or no whole GB 18030")
    return text


def _region(identifier: bytes) -> str:
    region = identifier[_REGION].hex()
    if len(identifier) != LENGTHS[IDENTIFIER] or identifier[_RID_AT] != _RID or not _DIGITS.fullmatch(region):
        _refuse("record 01 is no identifier of a social-security card")
    return region


def _nation(records: Mapping[int, bytes]) -> str | None:
    """Return two digits where it is certain which: binary and BCD, both in use, agree from 01 to 09 alone."""
    value = records.get(NATION, b"")
    if len(value) == 1 and value[0] in _AGREED_NATIONS:
        return f"{value[0]:02}"
    return None


def _date(records: Mapping[int, bytes], tag: int) -> date | None:
    """Return a BCD date YYYYMMDD; None where it was left blank."""
    value = records.get(tag, b"")
    if not value or value in _BLANK:
        return None
    text = value.hex()
    try:
        if len(value) == LENGTHS[tag] and _DIGITS.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:  # the 30th of February; told below, without the exception that quotes it
        pass
    _refuse(f"record {tag:02X} is no date")
