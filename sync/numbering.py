"""The numbers a submission gets, all made on the kiosk, so that a receipt never waits for a network.

One decision: a receipt number is ``<kiosk id>-<yymmdd>-<seq, at least five digits>-<check>``, for example
``K01-261124-00042-R``. It is unique in a region because kiosk ids are and each kiosk counts without holes. The check is
ISO/IEC 7064 MOD 37,36 over the letters and digits (upper case, everything else left out): it finds every single wrong
character, and 998 of 1000 neighbours that changed places.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS = len(_ALPHABET)
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Numbering:
    """What a committed submission is called.

    Attributes:
        submission_id: UUIDv7, the idempotency key everywhere.
        seq: 1, 2, 3 … on this kiosk, without holes.
        receipt_number: for people.
        verification_code: 8 random characters of Crockford's base32 (40 bits).
        created_at: local time, whole seconds, with its offset.
    """

    submission_id: str
    seq: int
    receipt_number: str
    verification_code: str
    created_at: datetime


def new_submission_id() -> str:
    """Return a UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then random."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def new_verification_code() -> str:
    """Return 8 random characters that are read out without confusion (no I, L, O, U)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(8))


def receipt_number(kiosk_id: str, created_at: datetime, seq: int) -> str:
    """Return the receipt number of one submission."""
    body = f"{kiosk_id}-{created_at:%y%m%d}-{seq:05d}"
    return f"{body}-{_ALPHABET[(_MODULUS + 1 - _product(_significant(body))) % _MODULUS]}"


def receipt_number_ok(text: str) -> bool:
    """Return whether `text`, as typed by anybody (case does not matter), has its four parts and the right check."""
    significant = _significant(text)
    if len(text.strip().rsplit("-", _PARTS - 1)) != _PARTS or not significant:
        return False
    last = _ALPHABET.index(significant[-1])
    return (_product(significant[:-1]) + last) % _MODULUS == 1


def _significant(text: str) -> str:
    return "".join(character for character in text.upper() if character in _ALPHABET)


def _product(characters: str) -> int:
    """Return what the check character is added to (ISO/IEC 7064, hybrid system MOD 37,36)."""
    product = _MODULUS
    for character in characters:
        product = (product + _ALPHABET.index(character)) % _MODULUS or _MODULUS
        product = product * 2 % (_MODULUS + 1)
    return product
