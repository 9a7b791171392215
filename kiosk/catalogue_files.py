"""From the catalogue's YAML files to typed rows, strictly: no repeated key, no unknown key, no number for a string.

One decision: YAML is turned into plain JSON once, and only the JSON is validated. The JSON is therefore what is kept as
the last good catalogue, and reading it back costs a few milliseconds where YAML costs a tenth of a second.
"""

import hashlib
import json
import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from kiosk.catalogue_records import (
    STRICT,
    CatalogueError,
    Department,
    Fault,
    Item,
    Line,
    Material,
    Named,
    OpeningHours,
    Package,
    Site,
    Window,
    Zone,
)

FILES = ("lines", "departments", "materials", "items", "packages", "sites")


class _StrictLoader(yaml.CSafeLoader):
    """A safe loader that refuses repeated keys, which PyYAML would drop in silence."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    pairs = [(loader.construct_object(key, deep=True), value) for key, value in node.value]
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise yaml.constructor.ConstructorError(None, None, f"key {repeated!r} repeated", node.start_mark)
    return {key: loader.construct_object(value, deep=True) for key, value in pairs}


_PRIVATE = re.compile("[\\ue000-\\uf8ff\\U000f0000-\\U0010ffff\\ufffd]")
_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass(frozen=True, slots=True)
class _Town:
    __pydantic_config__ = STRICT
    code: str
    name: str
    name_en: str
    city: str
    province: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Centre(Named):
    name_source: Literal["public", "sample"]
    agents: int
    hours: dict[str, OpeningHours]
    windows: tuple[Window, ...]
    zone_24h: Zone

    def site(self, place: str) -> Site:
        return Site(
            id=self.id,
            name=self.name,
            name_en=self.name_en,
            type="centre",
            place=place,
            name_source=self.name_source,
            agents=self.agents,
            window_count=len(self.windows),
            windows=self.windows,
            hours=self.hours,
            zone=self.zone_24h,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Village(Named):
    place: str
    type: Literal["village", "community"]
    name_source: Literal["public", "sample"]
    windows: int
    agents: int

    def site(self) -> Site:
        return Site(
            id=self.id,
            name=self.name,
            name_en=self.name_en,
            type=self.type,
            place=self.place,
            name_source=self.name_source,
            agents=self.agents,
            window_count=self.windows,
        )


@dataclass(frozen=True, slots=True)
class _Where:
    __pydantic_config__ = STRICT
    town: _Town
    centre: _Centre
    sites: tuple[_Village, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The typed rows of all files, in their order."""

    lines: tuple[Line, ...]
    departments: tuple[Department, ...]
    materials: tuple[Material, ...]
    items: tuple[Item, ...]
    packages: tuple[Package, ...]
    sites: tuple[Site, ...]


_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "lines": TypeAdapter(dict[Literal["lines"], tuple[Line, ...]]),
    "departments": TypeAdapter(dict[Literal["departments"], tuple[Department, ...]]),
    "materials": TypeAdapter(dict[Literal["materials"], tuple[Material, ...]]),
    "items": TypeAdapter(dict[Literal["items"], tuple[Item, ...]]),
    "packages": TypeAdapter(dict[Literal["packages"], tuple[Package, ...]]),
    "sites": TypeAdapter(_Where),
}


def read_bytes(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the catalogue's files by name.

    Raises:
        CatalogueError: a file is missing or cannot be read.
    """
    contents, faults = {}, []
    for name in FILES:
        try:
            contents[name] = (folder / f"{name}.yaml").read_bytes()
        except OSError as error:
            faults.append(Fault(f"{name}.yaml", "", error.strerror or "cannot be read"))
    if faults:
        raise CatalogueError(tuple(faults))
    return contents


def version_of(contents: dict[str, bytes]) -> str:
    """Return the SHA-256 (hex) that stands for these files: of each file's own SHA-256, in the order of `FILES`."""
    return hashlib.sha256(b"".join(hashlib.sha256(contents[name]).digest() for name in FILES)).hexdigest()


def to_json(contents: dict[str, bytes]) -> dict[str, str]:
    """Turn each YAML file into the JSON that says the same.

    Raises:
        CatalogueError: not UTF-8, a byte-order mark, carriage returns, private-use characters, no YAML, repeated keys.
    """
    texts, faults = {}, []
    for name, raw in contents.items():
        try:
            texts[name] = _one_to_json(raw)
        except _BadFileError as error:
            faults.append(Fault(f"{name}.yaml", "", str(error)))
    if faults:
        raise CatalogueError(tuple(faults))
    return texts


class _BadFileError(Exception):
    pass


def _one_to_json(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _BadFileError("has a byte-order mark")
    if b"\r" in raw:
        raise _BadFileError("has carriage returns")
    try:
        text = raw.decode()
        private = _PRIVATE.search(text)
        if private:
            raise _BadFileError(f"private-use or replacement character U+{ord(private[0]):04X}")
        return json.dumps(yaml.load(text, _StrictLoader), ensure_ascii=False, allow_nan=False)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise _BadFileError(f"is not UTF-8 at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _BadFileError(f"line {mark.line + 1 if mark else '?'}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise _BadFileError(f"is not YAML: {error}") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise _BadFileError(f"holds a value that is no text, number, true or false: {error}") from error


def to_rows(texts: dict[str, str]) -> Rows:
    """Validate the JSON of every file.

    Raises:
        CatalogueError: with one fault for each wrong field, of all files.
    """
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in FILES:
        try:
            found[name] = _ADAPTERS[name].validate_json(texts[name])
        except ValidationError as error:
            faults += _faults_of(name, texts[name], error)
    if faults:
        raise CatalogueError(tuple(faults))
    where: _Where = found.pop("sites")
    sites = (where.centre.site(where.town.name), *(village.site() for village in where.sites))
    missing = [name for name, table in found.items() if name not in table]
    if missing:
        raise CatalogueError(tuple(Fault(f"{name}.yaml", "", f"no {name}") for name in missing))
    return Rows(**{name: found[name][name] for name in FILES if name != "sites"}, sites=sites)


def _faults_of(name: str, text: str, error: ValidationError) -> list[Fault]:
    document = json.loads(text)
    faults = []
    for problem in error.errors(include_url=False, include_context=False):
        row_id, field = _place(document, problem["loc"])
        faults.append(Fault(f"{name}.yaml", row_id, f"{field}: {problem['msg']}" if field else problem["msg"]))
    return faults


def _place(document: Any, loc: tuple[int | str, ...]) -> tuple[str, str]:  # noqa: ANN401 - parsed JSON
    """Return the id of the innermost row that has one, and the path of the field below it."""
    row_id, field, here = "", [], document
    for step in loc:
        inside = isinstance(here, dict | list) and (step in here if isinstance(here, dict) else isinstance(step, int))
        here = here[step] if inside else None
        field.append(str(step))
        if isinstance(here, dict) and isinstance(here.get("id"), str):
            row_id, field = here["id"], []
    return row_id, ".".join(field)
