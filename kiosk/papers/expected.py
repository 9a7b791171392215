"""Which kinds of paper fit a material that is asked for: data of assets/papers/materials.toml."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.papers.kinds import PaperKind
from kiosk.papers.rules import FOLDER, PapersError, read_toml


class Fit(BaseModel):
    """One row: ids of materials, with ``*`` for anything, and the kinds that fit them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    materials: tuple[str, ...]
    kinds: frozenset[PaperKind]


class _Fits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fits: tuple[Fit, ...]


def load_fits(file: Path) -> tuple[Fit, ...]:
    """Return the rows of a file, in their order.

    Raises:
        PapersError: it cannot be read, or a row is wrong.
    """
    try:
        return _Fits.model_validate(read_toml(file)).fits
    except ValidationError as error:
        raise PapersError(f"{file.name}: {error}") from error


@cache
def shipped_fits() -> tuple[Fit, ...]:
    """Return the rows that come with the kiosk, read once.

    Raises:
        PapersError: they are wrong.
    """
    return load_fits(FOLDER / "materials.toml")


def wanted_kinds(material_id: str) -> frozenset[PaperKind]:
    """Return the kinds that fit a material.

    Raises:
        PapersError: no row names it.
    """
    for fit in shipped_fits():
        if any(fnmatchcase(material_id, pattern) for pattern in fit.materials):
            return fit.kinds
    raise PapersError(f"materials.toml: no row names {material_id}")
