"""What an ID card says: the four layouts of its 256-byte text block, decoded without loss or refused with a reason.

One decision: a layout is a table of fields; the flag at byte 248 picks the table before anything else is read. Text is
UTF-16LE as it stands on the card: rare, private-use and even lone surrogate units stay what they are (promise 5), only
the padding at the end is dropped.

Source: GA 450-2013 and the layouts of the permits of 2017, 2018 and 2023 as public readers agree on them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NoReturn

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason

TEXT_SIZE = 256
PHOTO_SIZE = 1024
ADDITIONAL_ADDRESS_SIZE = 70
_CARD_SIZE = TEXT_SIZE + PHOTO_SIZE
_HEADER = bytes.fromhex("0100 0400")  # the two sizes, big endian: how the DATA of 30 01 and of 30 10 begins
_FRAMINGS = (*((_HEADER + size.to_bytes(2, "big"), size) for size in (0, 512, 1024)), (_HEADER, 0), (b"", 0))
"""(what stands before the text block, bytes of fingerprints behind the photo): three of 30 10, 30 01, a bare block.

The longer header stands first: its last two bytes would be a control character at the front of a name.
"""
_PICTURE = b"BM"  # some vendors' firmware puts the photo once more behind all that, as a Windows bitmap
_FLAG = slice(248, 250)
_PADDING = " \0"
_LONG_TERM = "长期"

Spans = tuple[tuple[int, int], ...]
"""(offset, length) in bytes; a field in two pieces is joined before it is decoded."""


class CardLayout(StrEnum):
    """The four cards in use."""

    RESIDENT = "resident"
    HK_MACAU_TAIWAN = "hk_macau_taiwan"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityDocument:
    """One card, each field exactly as on it. None: this kind of card has no such field; "": it is blank on this one.

    Attributes:
        name: the Chinese name; "" on a foreigner's card that bears none.
        name_en: the Latin name of a foreigner's card.
        sex: GB/T 2261.1: "0" unknown, "1" male, "2" female, "9" not stated.
        nation: GB/T 3304, two digits; resident cards only.
        nationality: three letters or digits; foreigners' cards only.
        number: 18 characters, 15 on the card of 2017; a lower-case x stays one.
        authority: the issuing authority in words; on the card of 2017 a code.
        valid_until: None with `long_term` means 长期.
        permit_number: the travel permit of a resident from Hong Kong, Macau or Taiwan.
        issue_count: how often it was issued (HK, Macau, Taiwan) or renewed (foreigner 2023), as written.
        photo: 1024 bytes in the WLT form, never decoded here.
        additional_address: the latest address written to the card after it was issued. None: it was not asked for (the
            kiosk asks only where it is told to); "": it was, and the card has none.
        picture: the photo as an image file, by the decoder the operator installed; None: there is no such picture.
    """

    layout: CardLayout
    name: str
    name_en: str | None
    sex: str
    nation: str | None
    nationality: str | None
    birth: date
    address: str | None
    number: str
    authority: str | None
    valid_from: date
    valid_until: date | None
    long_term: bool
    permit_number: str | None
    issue_count: str | None
    photo: bytes
    additional_address: str | None = None
    picture: bytes | None = None

    def __repr__(self) -> str:
        return "IdentityDocument(<redacted>)"


_PERSON: dict[str, Spans] = {
    "name": ((0, 30),),
    "sex": ((30, 2),),
    "birth": ((36, 16),),
    "address": ((52, 70),),
    "number": ((122, 36),),
    "authority": ((158, 30),),
    "valid_from": ((188, 16),),
    "valid_until": ((204, 16),),
}

LAYOUTS: dict[CardLayout, dict[str, Spans]] = {
    CardLayout.RESIDENT: _PERSON | {"nation": ((32, 4),)},
    CardLayout.HK_MACAU_TAIWAN: _PERSON | {"permit_number": ((220, 18),), "issue_count": ((238, 4),)},
    CardLayout.FOREIGNER_2017: {
        "name_en": ((0, 120),),
        "sex": ((120, 2),),
        "number": ((122, 30),),
        "nationality": ((152, 6),),
        "name": ((158, 30),),
        "valid_from": ((188, 16),),
        "valid_until": ((204, 16),),
        "birth": ((220, 16),),
        "authority": ((240, 8),),
    },
    CardLayout.FOREIGNER_2023: {
        "name": ((0, 30),),
        "sex": ((30, 2),),
        "issue_count": ((32, 4),),
        "birth": ((36, 16),),
        "name_en": ((52, 70), (220, 22)),
        "number": ((122, 36),),
        "valid_from": ((188, 16),),
        "valid_until": ((204, 16),),
        "nationality": ((242, 6),),
    },
}
"""Field -> where it stands, for each layout."""

_BY_FLAG = {"I": CardLayout.FOREIGNER_2017, "J": CardLayout.HK_MACAU_TAIWAN, "Y": CardLayout.FOREIGNER_2023}

_NATIONS = {f"{code:02}" for code in range(1, 57)} | {"97", "98"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_PERMANENT_RESIDENCE_NUMBER = re.compile(r"[A-Z]{3}[0-9]{12}")
_DATE = re.compile(r"[0-9]{8}")


def check_digit_is_right(number: str) -> bool:
    """Whether `number` has 18 places and its last is right (GB 11643, ISO 7064 MOD 11-2); x counts as X.

    It looks at no region code: cards of Hong Kong, Macau and Taiwan begin with 81, 82, 83, foreigners' with 9.
    """
    if not _CITIZEN_NUMBER.fullmatch(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_CHARACTERS[total % 11] == number[17].upper()


def _is_nationality(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalnum()  # noqa: PLR2004 - GB/T 2659: three places


_CHECKS: dict[str, Callable[[str], bool]] = {
    "sex": frozenset("0129").__contains__,
    "nation": _NATIONS.__contains__,
    "nationality": _is_nationality,
}
"""Field -> whether its text can be right, the same on every card that has the field."""

_NUMBER_CHECKS: dict[CardLayout, Callable[[str], bool]] = {
    CardLayout.RESIDENT: check_digit_is_right,
    CardLayout.HK_MACAU_TAIWAN: check_digit_is_right,
    CardLayout.FOREIGNER_2017: lambda text: _PERMANENT_RESIDENCE_NUMBER.fullmatch(text) is not None,
    CardLayout.FOREIGNER_2023: check_digit_is_right,
}


def _refuse(reason: Reason, what: str) -> NoReturn:
    """Say which field is wrong and never what stands in it."""
    action = ErrorAction.RESET if reason is Reason.GARBLED else ErrorAction.SUSPEND
    raise DeviceError(CompletionCode.INVALID_DATA, reason, action, what)


def parse_identity(data: bytes | bytearray | memoryview) -> IdentityDocument:
    """Return what the card says.

    Args:
        data: the DATA of a 30 01 answer (2+2 bytes of lengths, 256 of text, 1024 of photo) or of a 30 10 answer (2+2+2
            bytes of lengths, text, photo, fingerprints), or the text and the photo alone (1280 bytes). Fingerprints
            and a bitmap that a vendor put behind are dropped.

    Raises:
        DeviceError: INVALID_DATA; GARBLED when the lengths are not those of a card, INVALID_MEDIA when a field that has
            rules breaks them. The detail names the field alone.
    """
    card = text_and_photo(data)
    block = card[:TEXT_SIZE]
    layout = _BY_FLAG.get(_text(block[_FLAG]), CardLayout.RESIDENT)
    fields = {
        field: _text(b"".join(block[offset : offset + length] for offset, length in spans))
        for field, spans in LAYOUTS[layout].items()
    }
    return _document(layout, fields, card[TEXT_SIZE:])


def parse_additional_address(data: bytes) -> str:
    """Return the address in the DATA of a 30 03 answer: 70 bytes of UTF-16LE; "" when they are blank.

    Raises:
        DeviceError: INVALID_DATA/GARBLED, it is of another length; the detail quotes nothing of it.
    """
    if len(data) != ADDITIONAL_ADDRESS_SIZE:
        _refuse(Reason.GARBLED, f"{len(data)} bytes are no additional address, which has {ADDITIONAL_ADDRESS_SIZE}")
    return _text(data)


def text_and_photo(data: bytes | bytearray | memoryview) -> bytes:
    """Return text and photo, 1280 bytes, out of the framing that fits `data` to its last byte, without fingerprints.

    Raises:
        DeviceError: INVALID_DATA/GARBLED, the lengths are not those of a card.
    """
    data = memoryview(data).tobytes()
    bare = not data.startswith(_HEADER)
    for header, fingerprints in _FRAMINGS:
        end = len(header) + _CARD_SIZE
        fits = data.startswith(header) and bare is not bool(header) and len(data) >= end + fingerprints
        if fits and data[end + fingerprints :][: len(_PICTURE)] in (b"", _PICTURE):
            return data[len(header) : end]
    _refuse(Reason.GARBLED, f"{len(data)} bytes are no text block and photo of a card")


def _text(raw: bytes) -> str:
    """Decode one field. A lone surrogate (a name cut in the middle of a character) is kept as it is."""
    return raw.decode("utf-16-le", "surrogatepass").rstrip(_PADDING)


def _document(layout: CardLayout, fields: dict[str, str], photo: bytes) -> IdentityDocument:
    for field, is_right in {**_CHECKS, "number": _NUMBER_CHECKS[layout]}.items():
        if field in fields and not is_right(fields[field]):
            _refuse(Reason.INVALID_MEDIA, f"{field} on the card breaks its rule")
    if not fields["name"] and not fields.get("name_en"):
        _refuse(Reason.INVALID_MEDIA, "there is no name on the card")
    valid_from = _date(fields, "valid_from")
    long_term = fields["valid_until"] == _LONG_TERM
    valid_until = None if long_term else _date(fields, "valid_until")
    if valid_until is not None and valid_until < valid_from:
        _refuse(Reason.INVALID_MEDIA, "valid_until on the card is before valid_from")
    return IdentityDocument(
        layout=layout,
        name=fields["name"],
        name_en=fields.get("name_en"),
        sex=fields["sex"],
        nation=fields.get("nation"),
        nationality=fields.get("nationality"),
        birth=_date(fields, "birth"),
        address=fields.get("address"),
        number=fields["number"],
        authority=fields.get("authority"),
        valid_from=valid_from,
        valid_until=valid_until,
        long_term=long_term,
        permit_number=fields.get("permit_number"),
        issue_count=fields.get("issue_count"),
        photo=photo,
    )


def _date(fields: dict[str, str], field: str) -> date:
    text = fields[field]
    try:
        if _DATE.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:  # the 30th of February; told below, without the exception that quotes it
        pass
    _refuse(Reason.INVALID_MEDIA, f"{field} on the card is no date")
