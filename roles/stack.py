"""Everything a simulated kiosk needs, started in order: office, simulators, identity, delivery, window.

Shared by `up` (for people) and `demo` (for proof): one way to bring the whole thing up.
"""

import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.config import KioskConfig, load
from office.enrolment import find_kiosk_key
from office.office import open_office
from office.settings import OfficeSettings
from roles.processes import ROOT, Child, command, port_is_taken, wait_until
from sync.enrol import OFFICE_FILE, load_identity

START_SECONDS = 30.0
CLERK = "clerk"


class OtherOfficeError(Exception):
    """The kiosk's identity is of another office than the one in our folder: what it accepts could not be delivered."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of one stack run and keep their things."""

    config: Path
    folder: Path
    office_port: int
    page_port: int
    display: str
    virtual: bool = True

    @property
    def control(self) -> Path:
        """The simulators' control socket."""
        return self.folder / "control.sock"

    @property
    def probe(self) -> Path:
        """The window's probe socket."""
        return self.folder / "probe.sock"

    @property
    def office(self) -> Path:
        """The office's folder."""
        return self.folder / "office"

    @property
    def receipts(self) -> Path:
        """Where the simulated printer lays what it printed."""
        return self.folder / "receipts"

    def log(self, role: str) -> Path:
        """Return the log file of a role."""
        return self.folder / "log" / f"{role}.log"


@dataclass
class Stack:
    """The running processes of one simulated kiosk."""

    places: Places
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    children: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config: KioskConfig = load(self.places.config)

    def start(self) -> None:
        """Start everything; returns when each part has said that it is ready.

        Raises:
            TimeoutError: naming the part that did not come up, with its last words.
            OtherOfficeError: the kiosk belongs to another office.
            IdentityError: the kiosk's identity is damaged.
        """
        places = self.places
        places.folder.mkdir(parents=True, exist_ok=True)
        self._start("office", "--folder", str(places.office), "--port", str(places.office_port))
        self._ready("office", lambda: port_is_taken(places.office_port))
        self._office("user", CLERK, "--role", "admin", "--folder", str(places.office), given=self.password)
        self._start(
            "simulate", "--config", str(places.config), "--folder", str(places.folder),
            "--office-port", str(places.office_port), "--page-port", str(places.page_port),
            *(("--screen", places.display) if places.virtual else ()),
        )  # fmt: skip
        self._ready("simulate", lambda: port_is_taken(places.page_port) and places.control.exists())
        self._enrol()
        self._start("deliver", "--config", str(places.config))
        self._start("kiosk", "--config", str(places.config), "--probe", str(places.probe))
        self._ready("kiosk", places.probe.exists)

    def stop(self) -> None:
        """Stop everything, the window first."""
        for role in ("kiosk", "deliver", "simulate", "office"):
            if child := self.children.get(role):
                child.stop()

    def restart_dead(self) -> list[str]:
        """Start again what has ended, and name it."""
        dead = [role for role, child in self.children.items() if child.exit_code() is not None]
        for role in dead:
            self.children[role].start()
        return dead

    def _start(self, role: str, *arguments: str) -> None:
        child = Child(role, *arguments, log=self.places.log(role), environment={"DISPLAY": self.places.display})
        self.children[role] = child
        child.start()

    def _ready(self, role: str, is_ready: Callable[[], bool]) -> None:
        child = self.children[role]

        def up_or_dead() -> bool:
            if child.exit_code() is not None:
                raise TimeoutError(f"{role} ended at its start:\n{child.last_words()}")
            return is_ready()

        wait_until(f"{role} is ready", up_or_dead, START_SECONDS)

    def _office(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - our own program
            command("office", *arguments), input=given, capture_output=True, text=True, check=False, cwd=ROOT
        )
        if done.returncode != 0:
            raise TimeoutError(f"office {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _enrol(self) -> None:
        kiosk = self.config.kiosk
        if (kiosk.identity / OFFICE_FILE).exists():  # from an earlier start
            self._check_office()
            return
        code = self._office("code", kiosk.id, kiosk.site, "--folder", str(self.places.office))
        done = subprocess.run(  # noqa: S603 - our own program
            command("enrol", "--config", str(self.places.config), "--code", code),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise TimeoutError(f"enrol: {done.stderr.strip()}")

    def _check_office(self) -> None:
        """Compare the key of the kiosk's identity with the one that the office knows the kiosk by."""
        kiosk = self.config.kiosk
        own = load_identity(kiosk.identity).key.public_key()
        with open_office(OfficeSettings(folder=self.places.office)) as office:
            known = find_kiosk_key(office, kiosk.id)
        if known != own:
            raise OtherOfficeError(
                f"the kiosk in {kiosk.state} is enrolled at another office than the one in {self.places.office}: "
                "bring that office's folder back, or remove both to begin anew"
            )
