"""Every fault has a sentence for the resident, a sentence for staff, and somebody who must act."""

import hashlib
import re
from pathlib import Path

import pytest

from drivers.citizen_card_kinds import CardKind, WrongCardError
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass
from kiosk.submission import SubmissionError
from kiosk.trouble import (
    NO_ROOM,
    NO_ROOM_TO_SCAN,
    OCCURS,
    OTHER_IDENTITY,
    SOFTWARE,
    STARTING,
    WAYS,
    Trouble,
    device_trouble,
    identity_trouble,
    outbox_trouble,
)
from kiosk.visit_core import CONSENT_VERSION
from kiosk.visit_scanning import TOO_MANY_PAGES
from kiosk.visit_states import EndReason
from kiosk.words import Language, Words
from sync.enrol import IdentityError, IdentityFault
from sync.outbox_schema import OutboxError, OutboxFault

PAIRS = [(device, reason) for device, reasons in OCCURS.items() for reason in sorted(reasons)]
SOURCES = {
    DeviceClass.ID_CARD_READER: ("sam.py", "identity.py", "sam_codec.py"),
    DeviceClass.DOCUMENT_CAMERA: ("camera*.py",),
    DeviceClass.RECEIPT_PRINTER: ("receipt_printer.py", "escpos_*.py"),
    DeviceClass.DOCUMENT_PRINTER: ("document_printer*.py",),
    DeviceClass.AUXILIARIES: ("auxiliaries*.py",),
    DeviceClass.CODE_SCANNER: ("code_scanner*.py",),
    DeviceClass.CITIZEN_CARD_READER: ("citizen_card*.py", "pcsc.py", "apdu.py"),
}
SHARED = ("device.py", "worker.py", "jobs.py", "transport.py", "reports.py")
DRIVERS = Path(__file__).resolve().parents[2] / "drivers"
# The consent a resident reads belongs to a version: whoever changes the text gives it a new version, and a new sum.
CONSENT = ("2026-11-24.5", "bd4a7ff5e45f")


def troubles() -> list[Trouble]:
    devices = [
        device_trouble(device, DeviceError(CompletionCode.HARDWARE_ERROR, reason, ErrorAction.CLEAR))
        for device, reason in PAIRS
    ]
    outbox = [outbox_trouble(OutboxError(fault, "")) for fault in OutboxFault]
    identity = [identity_trouble(IdentityError(fault, "")) for fault in IdentityFault]
    own = [
        NO_ROOM,
        NO_ROOM_TO_SCAN,
        SOFTWARE,
        STARTING,
        OTHER_IDENTITY,
        TOO_MANY_PAGES,
        outbox_trouble(SubmissionError("")),
    ]
    return [*devices, *outbox, *identity, *own]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_trouble_has_its_sentences_in_both_languages(language: Language) -> None:
    """Promise 3, 7 and 8: the resident is told what to do, staff who must act."""
    words = Words(language)
    for trouble in troubles():
        assert words.say(trouble.key, **trouble.parameters)
        if trouble.staff_key is not None:
            assert trouble.action is not None
            assert words.say(trouble.staff_key)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("device", "reason"), PAIRS)
def test_every_pair_of_device_and_reason_has_both_sentences(
    device: DeviceClass, reason: Reason, language: Language
) -> None:
    """Promise 8: also the pairs that nobody has to act on are told to staff who ask."""
    words = Words(language)
    assert words.say(f"devices.{device}.{reason}.resident")
    assert words.say(f"devices.{device}.{reason}.staff")


@pytest.mark.parametrize("device", list(OCCURS))
def test_no_driver_raises_a_reason_that_has_no_sentence(device: DeviceClass) -> None:
    """Promise 8: the table follows the drivers."""
    files = [file for pattern in (*SOURCES[device], *SHARED) for file in DRIVERS.glob(pattern)]
    named = {Reason(name) for file in files for name in re.findall(r"Reason\.([A-Z_]+)", file.read_text("utf-8"))}
    assert named
    assert named <= OCCURS[device]


@pytest.mark.parametrize("device", list(OCCURS))
def test_every_device_has_another_way(device: DeviceClass) -> None:
    """Promise 3: one broken part never stops the rest."""
    assert WAYS[device]


def test_a_reason_nobody_thought_of_is_told_as_a_defect_of_the_software() -> None:
    """Promise 8: a developer must act, and the resident still has a way."""
    error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.FROZEN, ErrorAction.RESET)
    trouble = device_trouble(DeviceClass.ID_CARD_READER, error)
    assert trouble.action is ErrorAction.SOFTWARE_ERROR
    assert trouble.ways == WAYS[DeviceClass.ID_CARD_READER]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_end_has_its_words(language: Language) -> None:
    """Promise 6: the last page says how it ended."""
    words = Words(language)
    assert all(words.say(f"visit.end.{reason}") for reason in EndReason)


def test_the_consent_text_is_the_one_of_its_version() -> None:
    """Promise 2: the version in a case names exactly the text that was shown."""
    keys = ("title", "what", "why", "whom", "how_long", "refuse")
    asked = ("visit.consent", "asking.consent")
    texts = [Words(language).say(f"{each}.{key}") for each in asked for language in ("zh", "en") for key in keys]
    assert (CONSENT_VERSION, hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]) == CONSENT


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(CardKind))
def test_a_card_of_another_kind_is_told_for_what_it_is(kind: CardKind, language: Language) -> None:
    """Promises 6 and 8: the resident learns which card to take instead, and nobody has to come."""
    trouble = device_trouble(DeviceClass.CITIZEN_CARD_READER, WrongCardError(kind))
    assert trouble.staff_key is None
    assert Words(language).say(trouble.key)
