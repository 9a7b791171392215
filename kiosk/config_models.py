"""The sections of kiosk.toml as frozen models: what each key is, its unit and its bounds.

One decision: nothing has a silent default that a technician would miss; what may be left out says what happens then.
"""

import dataclasses
import re
from datetime import time
from math import hypot
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from drivers.model import DeviceClass
from drivers.registry import Registration
from kiosk.visit_states import State

MM_PER_INCH = 25.4
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _below_file(path: Path, info: ValidationInfo) -> Path:
    context: dict[str, Path] = info.context or {}
    return context["folder"] / path


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError("there is no such folder")
    return path


def _device_url(url: str, info: ValidationInfo) -> str:
    """Make a path absolute; leave an address such as socket://host:port, and pcsc:READER, as it is."""
    return url if "://" in url or url.startswith("pcsc:") else str(_below_file(Path(url), info))


def _office_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http:// or https:// address")
    if parts.port == 0:  # reading it refuses what is no port at all
        raise ValueError("0 is no port to speak to")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("http:// is for this machine alone; an office elsewhere needs https://")
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
    return name


def _hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('hours are written "08:30-11:30"')
    if text[:5] == text[6:]:
        raise ValueError("the hours end when they begin; papers that may never go are not delivered")
    return text


FilePath = Annotated[Path, AfterValidator(_below_file)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Seconds = Annotated[float, Field(gt=0)]
Countdown = Annotated[float, Field(ge=20, description="20 s at least: WCAG 2.2, 2.2.1")]


class Section(BaseModel):
    """Base: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class KioskSection(Section):
    """Who this kiosk is, and where it keeps its things. `state` holds all that it writes."""

    id: Name
    site: Name
    region: Name
    state: FilePath
    catalogue: FilePath
    timezone: Annotated[str, AfterValidator(_zone)]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the wall clock beside the kiosk."""
        return ZoneInfo(self.timezone)

    @property
    def identity(self) -> Path:
        """The folder of this kiosk's key and of what it knows of its office."""
        return self.state / "identity"

    @property
    def outbox(self) -> Path:
        """The folder of the sealed submissions."""
        return self.state / "outbox"


class ScreenSection(Section):
    """The panel: pixels, inches, and how high its lower edge stands above the floor, in mm."""

    width: int = Field(ge=320, le=16384)
    height: int = Field(ge=320, le=16384)
    diagonal_inches: float = Field(ge=7, le=120)
    low_edge_mm: float = Field(ge=0, le=2000)

    @property
    def orientation(self) -> Literal["portrait", "landscape"]:
        """How the panel hangs."""
        return "portrait" if self.height > self.width else "landscape"

    @property
    def mm_per_pixel(self) -> float:
        """The pitch of the panel in millimetres a pixel."""
        return self.diagonal_inches * MM_PER_INCH / hypot(self.width, self.height)


class OfficeSection(Section):
    """The one address this kiosk speaks to. `ca`: the certificate authority's file; None: those of the system."""

    url: Annotated[str, AfterValidator(_office_url)]
    ca: FilePath | None = None


class DeliverySection(Section):
    """What the site leaves of its line. `kib_per_second`: at most, for papers; None: as fast as the line is.

    `quiet`: hours of the day, "HH:MM-HH:MM" by the clock of `[kiosk] timezone`, when scans rest; over midnight, too.
    """

    kib_per_second: int | None = Field(default=None, ge=8, le=1024 * 1024)
    quiet: tuple[Annotated[str, AfterValidator(_hours)], ...] = ()

    @property
    def bytes_per_second(self) -> int | None:
        """The most that papers may take, in bytes; None: no limit."""
        return None if self.kib_per_second is None else self.kib_per_second * 1024

    @property
    def quiet_hours(self) -> tuple[tuple[time, time], ...]:
        """From and to of each."""
        return tuple((time.fromisoformat(text[:5]), time.fromisoformat(text[6:])) for text in self.quiet)


class Limit(Section):
    """Seconds without a touch before the countdown, and of the countdown."""

    idle_seconds: Seconds
    countdown_seconds: Countdown


class LimitsSection(Section):
    """The time limits of a visit; `elder_` for elder and speech mode."""

    idle_seconds: Seconds
    countdown_seconds: Countdown
    elder_idle_seconds: Seconds
    elder_countdown_seconds: Countdown


class StateLimit(Section):
    """Other idle seconds for one state of the visit."""

    state: State
    idle_seconds: Seconds
    elder_idle_seconds: Seconds


class DeviceTable(Section):
    """One [[device]] as written; its options are checked against its driver after."""

    name: Name
    device_class: DeviceClass = Field(alias="class")
    driver: str
    url: Annotated[str, AfterValidator(_device_url)]
    options: dict[str, Any] = Field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device: its driver's registration and options are checked, so `registration.factory` can be called.

    `site_file`: the file of the state folder that set its url or options at the kiosk; None: all is of kiosk.toml.
    """

    name: str
    device_class: DeviceClass
    driver: str
    url: str
    options: Any
    registration: Registration
    site_file: Path | None = None


class StaffSection(Section):
    """Where technicians' exports go: a folder where a stick is mounted; None: the screens offer no export.

    `export_is_mount`: whether a stick must be mounted there; False where a plain folder does, as where one practises.
    """

    export: FilePath | None = None
    export_is_mount: bool = True


class ReadingSection(Section):
    """Whether pages are read (OCR, offline): a searchable PDF, suggestions for the forms, doubts about a wrong paper.

    It takes up to 800 MB and a processor or two for some seconds a page; `threads`: how many.
    """

    enabled: bool = False
    threads: int = Field(default=2, ge=1, le=64)


class SpeechSection(Section):
    """What is heard in the headphones: sentences the site has recorded, where it has; the synthesiser says the rest.

    `prompts`: a folder of ``zh`` and ``en``, a WAV a sentence, named by its words key (`kiosk.speech_prompts`).
    """

    prompts: Annotated[FilePath, AfterValidator(_folder)] | None = None


class SiteDevice(Section):
    """What a technician set of one device; what is left out is that of kiosk.toml."""

    url: Annotated[str, AfterValidator(_device_url)] | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class SiteFile(Section):
    """The site.toml of the state folder (kiosk/site_overlay.py)."""

    device: dict[Name, SiteDevice] = Field(default_factory=dict)


class ConfigFile(Section):
    """The whole file as written."""

    kiosk: KioskSection
    screen: ScreenSection
    office: OfficeSection
    limits: LimitsSection
    staff: StaffSection = Field(default_factory=StaffSection)
    reading: ReadingSection = Field(default_factory=ReadingSection)
    delivery: DeliverySection = Field(default_factory=DeliverySection)
    speech: SpeechSection = Field(default_factory=SpeechSection)
    state_limit: tuple[StateLimit, ...] = ()
    device: tuple[DeviceTable, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class KioskConfig:
    """All of kiosk.toml, checked."""

    kiosk: KioskSection
    screen: ScreenSection
    office: OfficeSection
    limits: LimitsSection
    state_limits: dict[State, StateLimit]
    devices: tuple[DeviceConfig, ...]
    staff: StaffSection = dataclasses.field(default_factory=StaffSection)
    reading: ReadingSection = dataclasses.field(default_factory=ReadingSection)
    delivery: DeliverySection = dataclasses.field(default_factory=DeliverySection)
    speech: SpeechSection = dataclasses.field(default_factory=SpeechSection)

    def limit(self, state: State, *, elder: bool) -> Limit:
        """Return the time limit of a state of the visit, in elder (or speech) mode or not."""
        base: LimitsSection | StateLimit = self.state_limits.get(state, self.limits)
        return Limit(
            idle_seconds=base.elder_idle_seconds if elder else base.idle_seconds,
            countdown_seconds=self.limits.elder_countdown_seconds if elder else self.limits.countdown_seconds,
        )
