"""What a printer has left: its IPP attributes to named supplies. Pure tables and functions.

Names are ``paper.<tray>``, ``toner.<name>``, ``waste.<name>`` and ``part.<name>``. FULL is said only of a level that
was told (promise 4); -1, -2 and -3 ("other", "unknown", "some left", RFC 3805) tell no level.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from drivers.document_printer_codec import Attributes
from drivers.model import SupplyStatus

T = TypeVar("T")

_LOW_PERCENT = 10
_LONGEST_NAME = 40
_PERCENT = 100

_KINDS = {"toner": "toner", "ink": "toner", "waste": "waste"}
"""How a marker type begins -> what it is here; the others (fuser, drum, staples) are parts."""

_PSEUDO_TRAYS = ("auto", "manual")  # "whichever has it" and "whatever a hand holds" (PWG 5100.3 media-source)
_MANUAL_FEED = "sheetFeedManual"

_TOLD: tuple[tuple[str, str, SupplyStatus], ...] = (
    ("media-empty", "paper", SupplyStatus.OUT),
    ("media-needed", "paper", SupplyStatus.OUT),
    ("media-low", "paper", SupplyStatus.LOW),
    ("toner-empty", "toner", SupplyStatus.OUT),
    ("marker-supply-empty", "toner", SupplyStatus.OUT),
    ("toner-low", "toner", SupplyStatus.LOW),
    ("marker-supply-low", "toner", SupplyStatus.LOW),
    ("marker-waste-full", "waste", SupplyStatus.OUT),
    ("marker-waste-almost-full", "waste", SupplyStatus.LOW),
)
"""printer-state-reasons that speak of a supply: keyword, kind, status (RFC 8011, 5.4.12); the worse ones first."""

_BAD = (SupplyStatus.LOW, SupplyStatus.OUT)


def supplies_of(printer: Attributes, reasons: Mapping[str, object]) -> dict[str, SupplyStatus]:
    """Return each supply by name from markers and trays; `reasons` are the printer's state reasons without suffix."""
    found = {**dict(_markers(printer)), **dict(_trays(printer))}
    if not any(name.startswith("paper") for name in found):
        found["paper"] = SupplyStatus.UNKNOWN
    for keyword, kind, status in _TOLD:
        if keyword in reasons:
            _believe(found, kind, status)
    return found


def has_paper(printer: Attributes) -> bool:
    """Whether some tray says that it holds a sheet."""
    return any(status in (SupplyStatus.FULL, SupplyStatus.LOW) for _, status in _trays(printer))


def _believe(found: dict[str, SupplyStatus], kind: str, status: SupplyStatus) -> None:
    """Let a reason speak for the only supply of its kind, or for the kind at large when nobody knows for which."""
    names = [name for name in found if name.split(".")[0] == kind]
    known = [found[name] for name in names if found[name] in _BAD]
    if status in known or (status is SupplyStatus.LOW and known):
        return
    found[names[0] if len(names) == 1 else kind] = status


def _markers(printer: Attributes) -> Iterator[tuple[str, SupplyStatus]]:
    """Yield toner and its like: CUPS marker attributes, or else printer-supply (PWG 5100.13)."""
    names = texts(printer, "marker-names")
    if not names:
        yield from _printer_supply(printer)
        return
    types, levels = texts(printer, "marker-types"), numbers(printer, "marker-levels")
    lows = numbers(printer, "marker-low-levels")
    for index, name in enumerate(names):
        kind = _kind(_at(types, index, ""))
        yield _name(kind, name, index), _status(kind, _at(levels, index, -1), _PERCENT, _at(lows, index, -1))


def _printer_supply(printer: Attributes) -> Iterator[tuple[str, SupplyStatus]]:
    descriptions = texts(printer, "printer-supply-description")
    for index, text in enumerate(texts(printer, "printer-supply")):
        said = fields(text)
        is_receptacle = said.get("class") == "receptacleThatIsFilled"
        kind = "waste" if is_receptacle else _kind(said.get("type", ""))
        name = _at(descriptions, index, said.get("colorantname", ""))
        capacity = _number(said.get("maxcapacity", ""))
        yield _name(kind, name, index), _status(kind, _number(said.get("level", "")), capacity, -1)


def _trays(printer: Attributes) -> Iterator[tuple[str, SupplyStatus]]:
    """Yield the trays that feed by themselves: printer-input-tray (PWG 5100.13)."""
    for index, text in enumerate(texts(printer, "printer-input-tray")):
        said = fields(text)
        name = said.get("name", "")
        if said.get("type") == _MANUAL_FEED or name.lower() in _PSEUDO_TRAYS:
            continue
        status = _status("paper", _number(said.get("level", "")), _number(said.get("maxcapacity", "")), -1)
        yield _name("paper", name, index), status


def _status(kind: str, level: int, capacity: int, low: int) -> SupplyStatus:
    """Return what a level means. Of a waste box makers count room or waste, so its level says nothing."""
    if kind == "waste" or level < 0:
        return SupplyStatus.UNKNOWN
    if level == 0:
        return SupplyStatus.OUT
    if level <= low:
        return SupplyStatus.LOW
    if capacity <= 0 or level > capacity:
        return SupplyStatus.UNKNOWN
    return SupplyStatus.LOW if level * _PERCENT <= capacity * _LOW_PERCENT else SupplyStatus.FULL


def _kind(marker_type: str) -> str:
    return next((kind for begin, kind in _KINDS.items() if marker_type.lower().startswith(begin)), "part")


def _name(kind: str, text: str, index: int) -> str:
    slug = re.sub(r"\W+", "_", text.lower()).strip("_")[:_LONGEST_NAME]
    return f"{kind}.{slug or index + 1}"


def fields(text: str) -> dict[str, str]:
    """Read ``name=value;name=value`` (PWG 5100.13) or ``name:value;…`` (IEEE 1284 device ids); the rest is left out."""
    pairs = (re.split("[=:]", part, maxsplit=1) for part in text.split(";"))
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - a name and a value


def texts(attributes: Attributes, name: str) -> list[str]:
    """Return the texts among the values of an attribute."""
    return [value for value in attributes.get(name, ()) if isinstance(value, str)]


def numbers(attributes: Attributes, name: str) -> list[int]:
    """Return the numbers among the values of an attribute."""
    values = attributes.get(name, ())
    return [value for value in values if isinstance(value, int) and not isinstance(value, bool)]


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else -1


def _at(values: Sequence[T], index: int, missing: T) -> T:
    return values[index] if index < len(values) else missing
