"""The table a technician reads in ten seconds, and the same as JSON for a script."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from drivers.model import HealthLevel
from kiosk.config import KioskConfig
from kiosk.device_health import UNKNOWN
from kiosk.health_rules import Severity
from kiosk.words import Words
from roles.diagnose_attached import Attached, Survey
from roles.diagnose_finding import Finding

SCHEMA = "1"
SIGNS = {
    Severity.OK: ("✓", "green"),
    Severity.NOTICE: ("▲", "yellow"),
    Severity.WARNING: ("■", "dark_orange"),
    Severity.ALARM: ("✗", "bold red"),
}
"""Told apart by their shape too: red and green are one colour to many."""
_UNKNOWN = ("?", "bold magenta")
_SUPPLY_STYLE = {"FULL": "green", "LOW": "yellow", "OUT": "bold red", "JAMMED": "bold red", "UNKNOWN": "magenta"}


def show(
    console: Console, config: KioskConfig, level: HealthLevel, found: list[Finding], survey: Survey, words: Words
) -> None:
    """Print one line that says it all, the table, what to do, and the devices that nobody configured."""
    worst = worst_of(found)
    sign, style = SIGNS[worst]
    head = Text(f"{sign} {config.kiosk.id}: {words.say(f'health.severity.{worst.name}')}", style)
    what = [_what(each) for each in found if each.severity is not Severity.OK or level is not HealthLevel.INTERNAL]
    set_here = [_set_here(each, words) for each in found if each.site_file is not None]
    console.print(Group(head, _table(found, words), *what, *set_here, *_attached(survey, words)))


def as_json(config: KioskConfig, level: HealthLevel, found: list[Finding], survey: Survey, now: datetime) -> str:
    """Return what the table says, and more, as one JSON object; docs/technician.md tells each field."""
    whole = {
        "schema": SCHEMA,
        "kiosk": config.kiosk.id,
        "at": now.isoformat(),
        "level": level,
        "worst": worst_of(found).name,
        "devices": [_row(each) for each in found],
        "attached": [asdict(each) for each in survey.attached],
        "not_looked_at": list(survey.not_looked_at),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def worst_of(found: Iterable[Finding]) -> Severity:
    """Return the worst severity there is."""
    return max((each.severity for each in found), default=Severity.OK)


def _row(found: Finding) -> dict[str, Any]:
    row = asdict(found)
    row["class"] = row.pop("device_class")
    row["severity"] = found.severity.name
    row["since"] = None if found.since is None else found.since.isoformat()
    return row


def _table(found: list[Finding], words: Words) -> Table:
    """Return the table; it has room on 80 columns, so what to do stands below it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in ("device", "state", "supplies", "since"):
        table.add_column(words.say(f"health.column.{column}"), no_wrap=True)
    table.add_column(words.say("health.column.who"), overflow="fold")
    for each in found:
        sign, style = _sign(each)
        table.add_row(
            each.name,
            Text(f"{sign} {words.say(f'health.status.{each.status}')}", style),
            _supplies(each, words),
            _since(each, words),
            "" if each.action is None else words.say(f"health.action.{each.action}"),
        )
    return table


def _sign(found: Finding) -> tuple[str, str]:
    return _UNKNOWN if found.status == UNKNOWN else SIGNS[found.severity]


def _supplies(found: Finding, words: Words) -> Text:
    text = Text()
    for name, status in found.supplies.items():
        kind, _, which = name.partition(".")
        key = f"health.supply.{kind}"
        shown = " ".join([words.say(key) if key in words else kind, *([which.replace("_", " ")] if which else [])])
        text.append("\n" if text else "")
        text.append(f"{shown} {words.say(f'health.supply.{status}')}", _SUPPLY_STYLE[status])
    return text


def _since(found: Finding, words: Words) -> str:
    if found.since is None:
        return ""
    often = "" if found.count in (None, 1) else f"\n{words.say('health.diagnose.often', count=found.count)}"
    return f"{found.since.astimezone():%m-%d %H:%M}{often}"


def _what(found: Finding) -> Text:
    sign, style = _sign(found)
    text = Text.assemble((f"{sign} {found.name}", style), "  ", found.sentence)
    if found.detail:
        text.append(f"  ({found.detail})" if found.sentence else found.detail, "dim")
    return text


def _set_here(found: Finding, words: Words) -> Text:
    """Return where a device's settings come from, if not from kiosk.toml alone: a technician looks there first."""
    values = {"name": found.name, "url": found.url, "file": found.site_file}
    return Text(words.say("health.diagnose.set_here", **values))


def _attached(survey: Survey, words: Words) -> list[Text]:
    if not survey.attached:
        lines = [Text(words.say("health.diagnose.attached_none"), "dim")]
    else:
        lines = [Text(words.say("health.diagnose.attached"), "bold")]
        lines += [line for each in survey.attached for line in _one_attached(each, words)]
    unseen = words.say("health.diagnose.attached_not_asked", what=", ".join(survey.not_looked_at))
    return [Text(), *lines, Text(unseen, "dim")]


def _one_attached(each: Attached, words: Words) -> list[Text]:
    head = Text(f"• {each.url}  {each.description}")
    if each.device_class is None:
        head.append(f"  {words.say('health.diagnose.attached_unknown')}", "magenta")
    return [head, Text("\n".join(f"    {line}" for line in each.config.splitlines()), "cyan")]
