"""What the centre serves: the catalogue, and what of it a site serves.

One decision: a catalogue is loaded whole or not at all. Every field, reference and rule is checked first
(`kiosk.catalogue_files`, `kiosk.catalogue_rules`), and all faults are told at once, each with file, id and what is
wrong. A catalogue that was good is kept as the last good one, and stays in force when a newer one is bad.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kiosk.catalogue_files import FILES, Rows, read_bytes, to_json, to_rows, version_of
from kiosk.catalogue_records import (
    CatalogueError,
    Department,
    Fault,
    Item,
    Line,
    Material,
    OpeningHours,
    Package,
    Service,
    Site,
    Window,
)
from kiosk.catalogue_rules import rule_faults
from kiosk.words import ASSETS

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Department",
    "Fault",
    "Item",
    "Line",
    "Loaded",
    "Material",
    "OpeningHours",
    "Package",
    "Service",
    "Site",
    "SiteCatalogue",
    "Window",
    "load",
    "load_or_last_good",
]


@dataclass(frozen=True)
class Catalogue:
    """Everything, by id. `version` is the SHA-256 (hex) of the files it came from."""

    items: dict[str, Item]
    packages: dict[str, Package]
    materials: dict[str, Material]
    departments: dict[str, Department]
    lines: dict[str, Line]
    sites: dict[str, Site]
    version: str

    def at_site(self, site_id: str) -> "SiteCatalogue":
        """Return what the site serves: everything at the centre, the village items elsewhere.

        A package is served where all its items are.

        Raises:
            CatalogueError: there is no such site.
        """
        if site_id not in self.sites:
            raise CatalogueError((Fault("sites.yaml", site_id, "this site does not exist"),))
        site = self.sites[site_id]
        items = {i: item for i, item in self.items.items() if site.type == "centre" or item.village}
        packages = {i: p for i, p in self.packages.items() if all(part in items for part in p.items)}
        return SiteCatalogue(self, site, items, packages)

    def service(self, service_id: str) -> Service:
        """Return the item or package of that id.

        Raises:
            KeyError: there is none.
        """
        return self.packages[service_id] if service_id in self.packages else self.items[service_id]

    def has(self, service_id: str) -> bool:
        """Tell whether there is an item or package of that id."""
        return service_id in self.packages or service_id in self.items

    def service_items(self, service: Service) -> tuple[Item, ...]:
        """Return the items of a service: itself, or the parts of a package in their order."""
        return (service,) if isinstance(service, Item) else tuple(self.items[i] for i in service.items)

    def declared_items(self, service: Service) -> tuple[Item, ...]:
        """Return the items of a service that can be handed in at a kiosk; the others are booked or done by staff."""
        return tuple(item for item in self.service_items(service) if item.declarable)

    def service_papers(self, service: Service) -> tuple[Material, ...]:
        """Return the papers of a service, each once, in the order in which they first appear."""
        return tuple(self.materials[m] for m in service.materials)

    def declared_papers(self, service: Service) -> tuple[Material, ...]:
        """Return the papers that what is handed in at the kiosk needs, each once."""
        wanted = dict.fromkeys(m for item in self.declared_items(service) for m in item.materials)
        return tuple(self.materials[m] for m in wanted)


@dataclass(frozen=True)
class SiteCatalogue:
    """What one site serves; everything else is in `whole`."""

    whole: Catalogue
    site: Site
    items: dict[str, Item]
    packages: dict[str, Package]

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Packages first, then items, in the catalogue's order."""
        return (*self.packages.values(), *self.items.values())

    @cached_property
    def departments(self) -> dict[str, tuple[Item, ...]]:
        """The items served here by department id, in the catalogue's order; departments without items are left out."""
        by_department = {d: tuple(i for i in self.items.values() if i.dept == d) for d in self.whole.departments}
        return {d: items for d, items in by_department.items() if items}


@dataclass(frozen=True, slots=True)
class Loaded:
    """The catalogue in force. `fault` is why the newest one is not (None: it is the newest)."""

    catalogue: Catalogue
    fault: CatalogueError | None


def load(folder: Path = ASSETS / "catalogue") -> Catalogue:
    """Load and check the catalogue in `folder`.

    Raises:
        CatalogueError: with everything that is wrong in it.
    """
    contents = read_bytes(folder)
    return _checked(to_json(contents), version_of(contents))


def load_or_last_good(folder: Path, cache: Path) -> Loaded:
    """Load the catalogue in `folder`, or the last good one kept in the folder `cache` if it is bad.

    Raises:
        CatalogueError: it is bad and no good one is kept; with what is wrong in the one in `folder`.
        OSError: a good one could not be kept in `cache`.
    """
    kept = _kept(cache / _LAST_GOOD)
    try:
        contents = read_bytes(folder)
        version = version_of(contents)
        if kept is not None and kept.version == version:
            return Loaded(kept, None)
        texts = to_json(contents)
        catalogue = _checked(texts, version)
    except CatalogueError as fault:
        if kept is None:
            raise
        return Loaded(kept, fault)
    _keep(cache, texts, version)
    return Loaded(catalogue, None)


_LAST_GOOD = "catalogue-last-good.json"


def _checked(texts: dict[str, str], version: str) -> Catalogue:
    rows = to_rows(texts)
    faults = rule_faults(rows)
    if faults:
        raise CatalogueError(faults)
    return _catalogue(rows, version)


def _catalogue(rows: Rows, version: str) -> Catalogue:
    return Catalogue(
        items={row.id: row for row in rows.items},
        packages={row.id: row for row in rows.packages},
        materials={row.id: row for row in rows.materials},
        departments={row.id: row for row in rows.departments},
        lines={row.id: row for row in rows.lines},
        sites={row.id: row for row in rows.sites},
        version=version,
    )


def _sum(texts: dict[str, str]) -> str:
    return hashlib.sha256("".join(texts[name] for name in FILES).encode()).hexdigest()


def _kept(file: Path) -> Catalogue | None:
    """Return the kept catalogue; None if there is none, or it is torn or of an older program."""
    try:
        document = json.loads(file.read_bytes())
        if document["sum"] != _sum(document["files"]):
            return None
        return _checked(document["files"], document["version"])
    except (OSError, ValueError, KeyError, TypeError, CatalogueError):
        return None


def _keep(cache: Path, texts: dict[str, str], version: str) -> None:
    """Keep a good catalogue so that a power cut leaves the old one or the new one, never half of one."""
    cache.mkdir(parents=True, exist_ok=True)
    fresh = cache / f"{_LAST_GOOD}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"version": version, "sum": _sum(texts), "files": texts}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(cache / _LAST_GOOD)
