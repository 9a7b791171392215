"""One running kiosk with its office, as a test has it: the steps of a short visit at its window, and the world."""

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.sim.control import send
from kiosk.device_health import health_file, read_health, utc_now
from roles.demo_proof import COMMITTED
from roles.probe_client import Seen, Visitor
from roles.processes import wait_until
from roles.stack import Stack
from sync.contract import DeviceHealth

PENSION = "ZT-RS-001"
NUMBER = "32058119900101123X"
PHONE = "13800005678"
STROKES = [[(0.2, 0.5), (0.35, 0.3), (0.5, 0.6), (0.7, 0.4)]]
_SECONDS = 90.0  # for a machine that is busy with other things: what comes is not waited for so long
_READ_SECONDS = 1.0  # a question is answered by no touch that comes with it (screens.standing)
DEVICES = (
    "id_card",
    "receipt_printer",
    "document_camera",
    "document_printer",
    "code_scanner",
    "auxiliaries",
    "citizen_card",
)


@dataclass
class Kiosk:
    """The stack, and the window as a resident has it."""

    stack: Stack
    window: Visitor

    # ---- the world around it

    def do(self, device: str, action: str, **arguments: object) -> dict[str, object]:
        """Work the simulators."""
        answer = send(self.stack.places.control, device=device, do=action, **arguments)
        assert answer["ok"], answer
        return answer

    def heal(self) -> None:
        """End every fault, and take card and paper away."""
        for device, actions in {
            "id_card": ("heal", "lift_card"),
            "citizen_card": ("heal", "remove"),
            "receipt_printer": ("clear", "return"),
            "document_camera": ("clear",),
            "document_printer": ("well",),
            "auxiliaries": ("heal", "rest"),
            "code_scanner": ("heal", "take_away"),
            "line": ("restore",),
        }.items():
            for action in actions:
                self.do(device, action)

    def log(self, role: str = "kiosk") -> str:
        """Return what a role has logged so far."""
        return self.stack.places.log(role).read_text("utf-8")

    def health(self, device: str) -> DeviceHealth:
        """Return what the kiosk last told of a device."""
        found = self._health_of(device)
        assert found is not None, "the kiosk tells nothing"
        return found

    def _health_of(self, device: str) -> DeviceHealth | None:
        """Return what the kiosk last told of a device; None while it has only begun, or is held up."""
        record = read_health(health_file(self.stack.config), utc_now())
        return None if record is None else next((each for each in record.devices if each.name == device), None)

    def until_health(self, device: str, **wanted: str | None) -> DeviceHealth:
        """Wait until the kiosk tells so of a device: status, reason, action."""

        def told() -> bool:
            said = self._health_of(device)
            if said is None or any(getattr(said, name) != value for name, value in wanted.items()):
                return False
            found.append(said)
            return True

        found: list[DeviceHealth] = []
        wait_until(f"{device} is told as {wanted}", told, _SECONDS)
        return found[0]

    def until_well(self, *devices: str) -> None:
        """Wait until these devices are well again by themselves."""
        for device in devices:
            self.until_health(device, status="ONLINE", action=None)

    def committed(self) -> list[tuple[str, str]]:
        """Return submission id and receipt number of every case so far, in order."""
        return list(dict.fromkeys((found["id"], found["number"]) for found in COMMITTED.finditer(self.log())))

    def receipts(self) -> list[Path]:
        """Return the receipts that fell from the cutter."""
        return sorted(self.stack.places.receipts.glob("*.png"))

    # ---- the steps of a visit

    def to_identify(self) -> None:
        """From the first touch to the reader."""
        for target in ("start:zh", f"service:{PENSION}", "begin"):
            self.window.tap(target)
        self.window.read_and_tap("agree")
        self.window.wait_screen("identify")

    def by_card(self, card: str = "wang") -> None:
        """Lay the card, confirm, take it back."""
        self.do("id_card", "put_card", card=card)
        self.window.tap("confirm")
        self.do("id_card", "lift_card")

    def by_number(self, way: str = "type_number") -> None:
        """Type the number, and confirm."""
        self.window.tap(way)
        self.window.type(NUMBER)
        self.window.tap("next")
        self.window.tap("confirm")

    def fill(self) -> None:
        """Answer both questions."""
        self.window.type(PHONE)
        for target in ("next", "choice:1000", "next"):
            self.window.tap(target)

    def bring_later(self) -> None:
        """Leave every paper for the window."""
        self.window.wait_screen("scan")
        self.window.tap_until("later_at_window", "every paper is left", lambda seen: seen.screen == "sign")

    def sign(self) -> None:
        """Sign, and go on to the review."""
        self.window.draw_in("signature", STROKES)
        self.window.tap("next")
        self.window.wait_screen("review")

    def to_review(self) -> None:
        """From the first touch to the review, with the card."""
        self.to_identify()
        self.by_card()
        self.fill()
        self.bring_later()
        self.sign()

    def hand_in(self) -> Seen:
        """Submit, and wait for the receipt and the printer's word."""
        self.window.tap("submit")
        self.window.wait_screen("receipt")
        return self.window.wait("the printer's word", lambda seen: seen.facts["note"] != "screens.receipt.PRINTING")

    def leave(self) -> None:
        """Rate, and go."""
        for target in ("next", "rate:5"):
            self.window.tap(target)
        self.window.wait_screen("end")  # the page before has a "finish" too
        self.window.tap("finish")
        self.window.wait_screen("attract")

    def cancel(self) -> None:
        """Stop, by the help page that is a touch away everywhere, or where the countdown offers it."""
        if "leave" not in self.window.look().targets:
            self.window.tap("foot:help")
        self.window.tap("leave")
        self.window.wait_screen("end")
        self.window.tap("finish")
        self.window.wait_screen("attract")

    def to_attract(self) -> None:
        """Come to the first page, whatever page a test has left; one that ends by itself meanwhile is well too."""
        if self.window.look().state not in {"ATTRACT", "END"}:
            self.cancel()
        while self.window.look().state == "END":
            with contextlib.suppress(TimeoutError):
                self.window.tap("finish", 1)
        self.window.wait_screen("attract")

    def until_note(self, key: str) -> Seen:
        """Wait until the window shows that sentence."""
        return self.window.wait(f"the sentence {key}", lambda seen: seen.facts["note"] == key, _SECONDS)

    def answer_question(self, target: str) -> None:
        """Answer the questions about other kinds of paper, each once it has been there long enough to be read.

        Where two pages are asked about, the second question stands where the first one stood.
        """
        until = time.monotonic() + _SECONDS
        while target in self.window.look().targets:
            assert time.monotonic() < until, "the questions have no end"
            self.read_on()
            self.window.tap(target)

    def read_on(self) -> None:
        """Let a page or a question stand for as long as reading it takes."""
        began = time.monotonic()
        self.window.wait("it is read", lambda _seen: time.monotonic() > began + _READ_SECONDS)

    def staff_was_told(self, device: str, action: str) -> bool:
        """Tell whether the log names who must act on a device."""
        return re.search(rf": {device} is \w+, {action} must act", self.log()) is not None
