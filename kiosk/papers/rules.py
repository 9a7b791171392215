"""The rules of assets/papers/kinds.toml: what each kind of paper looks like, as data, checked when they are read."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.papers.kinds import PaperKind
from kiosk.words import ASSETS

FOLDER = ASSETS / "papers"

Ground = Literal["light", "coloured"]


class PapersError(Exception):
    """A file of assets/papers that cannot be used; the text names file and place."""


class Rule(BaseModel):
    """One section of kinds.toml; the file's head tells what each line means."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    sizes: tuple[tuple[float, float], ...]
    ground: Ground | None = None
    must: tuple[str, ...] = ()
    alone: bool = False
    within: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    words: tuple[str, ...] = ()
    enough: int = 0
    never: tuple[str, ...] = ()
    never_alone: tuple[str, ...] = ()
    number: Literal["bank-card"] | None = None
    lines: int = 0
    plain: bool = False


@cache
def shipped_rules() -> Mapping[PaperKind, Rule]:
    """Return the rules that come with the kiosk, read once.

    Raises:
        PapersError: they are wrong.
    """
    return load_rules(FOLDER / "kinds.toml")


def load_rules(file: Path) -> dict[PaperKind, Rule]:
    """Return the rule of each kind.

    Raises:
        PapersError: the file cannot be read, a kind has no rule or is not known, or a line of it is wrong.
    """
    table = read_toml(file)
    wanted = {kind.value for kind in PaperKind} - {PaperKind.UNKNOWN.value}
    if table.keys() != wanted:
        raise PapersError(f"{file.name}: there must be a section for each of {', '.join(sorted(wanted))}, and no other")
    try:
        return {PaperKind(name): Rule.model_validate(section) for name, section in table.items()}
    except ValidationError as error:
        raise PapersError(f"{file.name}: {error}") from error


def read_toml(file: Path) -> dict[str, object]:
    """Return what is in a TOML file.

    Raises:
        PapersError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PapersError(f"{file.name}: {error}") from error
