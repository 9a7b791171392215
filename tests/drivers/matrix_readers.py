"""The rows of what reads: the ID card, the citizen card, and codes."""

import os
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Any, ClassVar

from drivers.citizen_card import CitizenCard, CitizenCardOptions, CitizenCardReader, ReadCitizenCard
from drivers.code_scanner import Code, CodeScanner, CodeScannerOptions, ReadCode
from drivers.device import Driver
from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus, Sensitive
from drivers.sam import IdentityDocument, ReadIdentity, SamOptions, SamReader
from drivers.sim import citizen_card, code_scanner, sam
from drivers.sim.citizen_card import CitizenCardSimulator
from drivers.sim.citizen_card_specimens import SPECIMENS as CITIZENS
from drivers.sim.code_scanner import ScannerSimulator
from drivers.sim.sam import SamSimulator
from drivers.sim.specimens import SPECIMENS
from tests.drivers.matrix import (
    GARBLED,
    GONE,
    HEALTH,
    NO_ANSWER,
    UNSUPPORTED,
    WELL,
    Row,
    Stand,
    Verdict,
    awaited,
    either,
    harmless,
    row,
    same,
)

ONLINE, BROKEN, OFF = DeviceStatus.ONLINE, DeviceStatus.HARDWARE_ERROR, DeviceStatus.POWER_OFF
MOVED: Verdict = (CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND)
NO_CARD_OF_OURS: Verdict = (CompletionCode.USER_ERROR, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
DAMAGED: Verdict = (CompletionCode.INVALID_DATA, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
COLLISION: Verdict = (CompletionCode.USER_ERROR, Reason.CARD_COLLISION, ErrorAction.SUSPEND)
PIN: Verdict = (CompletionCode.USER_ERROR, Reason.PIN_PROTECTED, ErrorAction.SUSPEND)
NOT_AUTHORISED: Verdict = (CompletionCode.HARDWARE_ERROR, Reason.NOT_AUTHORISED, ErrorAction.MAINTENANCE)
OUT_OF_STEP: Verdict = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.RESET)
NO_CODE: Verdict = (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)
NO_TEXT: Verdict = (CompletionCode.INVALID_DATA, Reason.CHARSET_DATA, ErrorAction.SUSPEND)
NOISE: Verdict = (CompletionCode.INVALID_DATA, Reason.GARBLED, ErrorAction.SUSPEND)
WRONG_WORDS = (MOVED, NO_CARD_OF_OURS, OUT_OF_STEP)
TOKEN = "SFM-20261124-7f3a9c51d2"


class SamStand(Stand):
    """The ID-card reader. A fault of its card is nothing its silent questions see."""

    device_class = DeviceClass.ID_CARD_READER
    home = "drivers.sam"
    commands: ClassVar = {"ReadIdentity": ReadIdentity, **HEALTH}
    proof = "ReadIdentity"
    faults = sam.FAULTS
    others = frozenset({"put_card", "lift_card", "nudge_card", "pace", "fault", "heal", "cards", "faults", "state"})
    shortened: ClassVar = {
        "drivers.sim.sam._DRIBBLE_SECONDS": 0.0002,
        "drivers.sam.SHORT_SILENCE": 0.1,
        "drivers.sam_link.SHORT_SILENCE": 0.1,
        "drivers.sam._READ_SILENCE": 0.1,
        "drivers.sam._AFTER_FAILURE": 0.05,
    }
    rows: ClassVar[tuple[Row, ...]] = (
        same("garbage", BROKEN, GARBLED),
        same("bad_checksum", BROKEN, GARBLED),
        same("half_frame", BROKEN, GARBLED),
        same("silent", OFF, NO_ANSWER),
        same("vanish", OFF, GONE),
        harmless("dribble"),
        row(
            "wrong_status", BROKEN, *WRONG_WORDS,
            ends={
                "ReadIdentity": either(*WRONG_WORDS),
                "*": either((BROKEN, ErrorAction.SUSPEND), (BROKEN, ErrorAction.RESET)),
            },
        ),
        row("moved_mid_read", ONLINE, ends={"*": MOVED, "INTERNAL": WELL}),
        row("collision", ONLINE, ends={"*": COLLISION, "INTERNAL": WELL}),
        row(
            "not_authorised", BROKEN, NOT_AUTHORISED,
            ends={"ReadIdentity": NOT_AUTHORISED, "*": (BROKEN, ErrorAction.MAINTENANCE)},
        ),
    )  # fmt: skip

    def make_simulator(self) -> SamSimulator:
        return SamSimulator(self.folder / "id-card")

    def make_driver(self) -> Driver:
        return SamReader(str(self.folder / "id-card"), SamOptions(), self.recorder)

    def in_force(self, name: str) -> bool:
        return name != "vanish" or not (self.folder / "id-card").is_symlink()

    def prepare(self, name: str) -> None:
        if name != "INTERNAL":
            self.simulator.do("put_card", card="wang")

    def settle(self) -> None:
        self.simulator.do("lift_card")

    def is_right(self, result: object) -> bool:
        if not isinstance(result, Sensitive):
            return True
        document = result.reveal()
        return isinstance(document, IdentityDocument) and document.name == SPECIMENS["wang"].document["name"]


PLACE = Path(tempfile.gettempdir()) / f"pcscd-{os.getpid()}.comm"  # libpcsclite takes one for each process, for good


class CitizenStand(Stand):
    """The citizen card's reader, at a pcscd of its own. Only the service and the plug are seen by its polls."""

    device_class = DeviceClass.CITIZEN_CARD_READER
    home = "drivers.citizen_card"
    commands: ClassVar = {"ReadCitizenCard": ReadCitizenCard, **HEALTH}
    proof = "ReadCitizenCard"
    faults = citizen_card.FAULTS
    unplugging = "unplugged"
    others = frozenset({"insert", "remove", "fault", "heal", "cards", "faults", "state"})
    shortened: ClassVar = {"drivers.citizen_card._RETURN": 0.3, "drivers.citizen_card._RESTART": 0.3}
    rows: ClassVar[tuple[Row, ...]] = tuple(
        row(fault, ONLINE, ends={"*": ending, "INTERNAL": WELL, "INTERACTIVE": UNSUPPORTED})
        for fault, ending in (
            ("mute", NO_CARD_OF_OURS),
            ("yanked_mid_read", MOVED),
            ("pin_protected", PIN),
            ("wrong_records", either(NO_CARD_OF_OURS, DAMAGED)),
        )
    ) + tuple(
        row(fault, OFF, GONE, ends={"*": GONE, "INTERACTIVE": either(GONE, UNSUPPORTED)}, late=True)
        for fault in ("service_gone", "unplugged")
    )

    def make_simulator(self) -> CitizenCardSimulator:
        return CitizenCardSimulator(PLACE)

    def make_driver(self) -> Driver:
        return CitizenCardReader(f"{PLACE}#00 00", CitizenCardOptions(), self.recorder)

    def prepare(self, name: str) -> None:
        if name in ("ReadCitizenCard", "EXTERNAL"):
            self.simulator.do("insert", card="wang")

    def settle(self) -> None:
        self.simulator.do("remove")

    def is_settled(self) -> bool:
        """A card that was in when pcscd was restarted counts as still there until the reader is seen empty."""
        return not vars(self.driver)["_done"]

    def proof_after(self, command: str) -> str:
        """Without a card where none was read: pcscd takes its time to see one, and half of all cells need none."""
        return self.proof if command in ("ReadCitizenCard", "EXTERNAL") else "INTERNAL"

    def is_right(self, result: object) -> bool:
        if not isinstance(result, Sensitive):
            return True
        card = result.reveal()
        return isinstance(card, CitizenCard) and card.name == CITIZENS["wang"].name


class ScannerStand(Stand):
    """The code scanner. It cannot be asked anything, so only its port's absence is seen by a poll."""

    device_class = DeviceClass.CODE_SCANNER
    home = "drivers.code_scanner"
    commands: ClassVar = {"ReadCode": ReadCode, **HEALTH}
    proof = "ReadCode"
    faults = code_scanner.FAULTS
    others = frozenset({"show", "take_away", "fault", "heal", "faults", "state"})
    shortened: ClassVar = {
        "drivers.sim.code_scanner._DRIBBLE_SECONDS": 0.001,
        "drivers.code_scanner._HALF": 0.1,
        "drivers.code_scanner._QUIET": 0.02,
    }
    rows: ClassVar[tuple[Row, ...]] = (
        *(harmless(fault) for fault in ("dribble", "glued", "doubled")),
        *(
            row(fault, ONLINE, ends={"*": ending, "INTERNAL": WELL}, seconds=seconds)
            for fault, ending, seconds in (
                ("garbage", NO_TEXT, 5.0),
                ("half_code", GARBLED, 5.0),
                ("wrong_encoding", NOISE, 5.0),
                ("silent", NO_CODE, 0.3),
            )
        ),
        same("vanish", OFF, GONE),
    )

    def make_simulator(self) -> ScannerSimulator:
        return ScannerSimulator(self.folder / "code-scanner")

    def make_driver(self) -> CodeScanner:
        self.scanner = CodeScanner(str(self.folder / "code-scanner"), CodeScannerOptions(), self.recorder)
        return self.scanner

    def in_force(self, name: str) -> bool:
        return name != "vanish" or not (self.folder / "code-scanner").is_symlink()

    def help(self, name: str, future: Future[Any]) -> None:
        asked = self.asked
        for nth in range({"INTERNAL": 0, "INTERACTIVE": 2}.get(name, 1)):
            if awaited(lambda nth=nth: self.scanner.asked > asked + nth, future):  # type: ignore[misc]  # mypy knows no default here
                self.simulator.do("show", code=TOKEN)

    def prepare(self, name: str) -> None:  # noqa: ARG002 - nothing is shown before it is asked for
        self.asked = self.scanner.asked

    def is_right(self, result: object) -> bool:
        if not isinstance(result, Sensitive):
            return True
        code = result.reveal()
        return isinstance(code, Code) and code.text == TOKEN
