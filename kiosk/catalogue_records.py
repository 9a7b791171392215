"""The records of the catalogue: items, packages, papers, departments, lines, sites. Data alone, named as in the YAML.

One decision: types are checked once, when a file is read, so the records can trust their fields ever after.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import ConfigDict
from pydantic import Field as Key

from kiosk.words import Language

Audience = Literal["person", "enterprise"]
Ability = Literal["declare", "query", "print", "appoint", "agent"]
ABILITIES: tuple[Ability, ...] = ("declare", "query", "print", "appoint", "agent")
# Strict and closed: a number is no string, and a key nobody knows is a fault (read by pydantic at load).
STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a catalogue: the file, the id of the row ("" for the file itself) and what is wrong."""

    file: str
    id: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.id}: {self.what}" if self.id else f"{self.file}: {self.what}"


class CatalogueError(Exception):
    """A catalogue that must not come into force.

    Attributes:
        faults: everything that is wrong; `file`, `id` and `what` are those of the first.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
        self.file, self.id, self.what = faults[0].file, faults[0].id, faults[0].what


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Base of everything that has an id and a name in both languages."""

    __pydantic_config__ = STRICT

    id: str
    name: str
    name_en: str

    def title(self, language: Language) -> str:
        """Return the name in `language`."""
        return self.name if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Named):
    """A network behind the office, with the daily opening hours of its back end (``06:00-23:00``, local time)."""

    joined_to_extranet: bool
    carries: str
    carries_en: str
    sample_window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Named):
    """A department and the lines its items travel on."""

    name_full: str
    lines: tuple[str, ...]


Sheet = Literal["front", "back", "register_front", "register_own"]
"""A side or a page that belongs to a paper; a key of the words `scan.sheet.*`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(Named):
    """A paper an item asks for, and the ways a kiosk can get it (see assets/catalogue/materials.yaml).

    `sheets` are what belongs to it, in this order: a hint to the resident, never a refusal.
    """

    kind: Literal["id_card", "licence", "form", "photo", "proof"]
    card: Literal["none", "id_card", "citizen_card"]
    scan: bool
    e_licence: bool
    sensitive: bool
    fill: bool = False
    camera: bool = False
    general: bool = False
    alternatives: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    @property
    def obtainable(self) -> bool:
        """Whether a kiosk can get this paper without a window."""
        return self.card != "none" or self.scan or self.e_licence or self.fill


@dataclass(frozen=True, slots=True)
class KioskUse:
    """What of an item a kiosk does."""

    __pydantic_config__ = STRICT

    enabled: bool
    can: tuple[Ability, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Named):
    """One service. Days are working days (0 = on the spot), the fee is in yuan."""

    alias: tuple[str, ...]
    dept: str
    line: str
    audience: Audience
    kind: Literal["行政许可", "行政确认", "行政给付", "行政奖励", "行政征收", "其他行政权力", "公共服务"]
    legal_days: float
    promised_days: float
    fee: float
    result: Literal["licence", "approval", "notice", "record", "benefit", "printout", "booking", "none"]
    materials: tuple[str, ...]
    kiosk: KioskUse
    village: bool
    agent: bool
    no_face: bool
    payment: bool = False
    fee_note: str | None = None

    @property
    def declarable(self) -> bool:
        """Whether the whole application can be handed in at a kiosk."""
        return "declare" in self.kiosk.can


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Named):
    """Several items handed in as one; each paper is asked for once."""

    scene: str
    audience: Audience
    lead_dept: str
    promised_days: float
    items: tuple[str, ...]
    materials: tuple[str, ...]
    materials_before: int
    materials_after: int
    duplicates_removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Named):
    """A staffed window of the centre and the departments it serves."""

    depts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the staffed windows are open: ISO weekdays (1 = Monday), local times ``HH:MM``."""

    __pydantic_config__ = STRICT

    days: tuple[int, ...]
    opens: Annotated[str, Key(alias="from")]
    closes: Annotated[str, Key(alias="to")]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDevice(Named):
    """A machine in the 24-hour zone, as the centre lists it."""

    type: str
    height: Literal["standard", "low"] | None = None
    has: tuple[str, ...] = ()
    boxes: int | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """The 24-hour self-service zone of the centre and the machines in it."""

    __pydantic_config__ = STRICT

    name: str
    name_en: str
    open: str
    devices: tuple[ZoneDevice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Named):
    """The centre, or a village or community centre. `windows`, `hours` and `zone` are known of the centre alone."""

    type: Literal["centre", "village", "community"]
    place: str
    name_source: Literal["public", "sample"]
    agents: int
    window_count: int
    windows: tuple[Window, ...] = ()
    hours: dict[str, OpeningHours] = field(default_factory=dict)
    zone: Zone | None = None


Service = Item | Package
