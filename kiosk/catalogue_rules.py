"""The rules a catalogue must hold beyond the types of its fields: names, references, and what a kiosk can honestly do.

Each rule is a generator of faults over the typed rows; `rule_faults` runs them all. The counts of the sample data are
no rules: a site with more items is as good.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from kiosk.catalogue_files import Rows
from kiosk.catalogue_records import ABILITIES, Fault, Item, Named, Package

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = re.compile(rf"{_CLOCK}-(?:{_CLOCK}|24:00)")
_ITEM_ID = re.compile(r"[A-Z]{2}-([A-Z]{2,3})-(\d{3})")
_PACKAGE_ID = re.compile(r"[A-Z]{2}-PK-(\d{2})")
_FEWEST_IN_A_PACKAGE = 3


def rule_faults(rows: Rows) -> tuple[Fault, ...]:
    """Return every rule that `rows` break, file by file."""
    rules = (_names, _line_faults, _department_faults, _material_faults, _item_faults, _package_faults, _site_faults)
    return tuple(fault for rule in rules for fault in rule(rows))


def _names(rows: Rows) -> Iterator[Fault]:
    tables: dict[str, Sequence[Named]] = {
        "lines.yaml": rows.lines,
        "departments.yaml": rows.departments,
        "materials.yaml": rows.materials,
        "items.yaml": rows.items,
        "packages.yaml": rows.packages,
        "sites.yaml": rows.sites,
    }
    for file, table in tables.items():
        names, ids = Counter(row.name for row in table), Counter(row.id for row in table)
        for row in table:
            yield from (Fault(file, row.id, what) for what in _name_faults(row))
            if names[row.name] > 1:
                yield Fault(file, row.id, f"the name {row.name} is used more than once")
        yield from (Fault(file, i, "this id is used more than once") for i, times in ids.items() if times > 1)
    for window in rows.sites[0].windows:
        yield from (Fault("sites.yaml", window.id, what) for what in _name_faults(window))


def _name_faults(row: Named) -> Iterator[str]:
    if not _CHINESE.search(row.name):
        yield "name is not Chinese"
    if re.search(r"[(),;]", row.name):
        yield "ASCII punctuation in the Chinese name"
    if not row.name_en.strip() or _CHINESE.search(row.name_en):
        yield "name_en is not English"


def _line_faults(rows: Rows) -> Iterator[Fault]:
    carrying = {item.line for item in rows.items}
    for line in rows.lines:
        opens, closes = line.sample_window[:5], line.sample_window[6:]
        if not _WINDOW.fullmatch(line.sample_window) or opens >= closes:
            yield Fault(
                "lines.yaml", line.id, f"sample_window {line.sample_window} is not HH:MM-HH:MM, from early to late"
            )
        if line.joined_to_extranet != (line.id == "extranet"):
            yield Fault("lines.yaml", line.id, "joined_to_extranet is true of the extranet alone")
        if line.id not in carrying:
            yield Fault("lines.yaml", line.id, "carries no item")


def _department_faults(rows: Rows) -> Iterator[Fault]:
    for dept in rows.departments:
        used = {item.line for item in rows.items if item.dept == dept.id}
        if not used:
            yield Fault("departments.yaml", dept.id, "has no items")
        if set(dept.lines) != used:
            yield Fault("departments.yaml", dept.id, f"lines {sorted(dept.lines)}, but its items use {sorted(used)}")


def _material_faults(rows: Rows) -> Iterator[Fault]:
    used = {m for item in rows.items for m in item.materials}
    known = {m.id for m in rows.materials}
    for m in rows.materials:
        checks = {
            "the id is not lower-case letters, digits and _": re.fullmatch(r"[a-z][a-z0-9_]*", m.id) is not None,
            f"fill on {m.kind}": not m.fill or m.kind in ("form", "proof"),
            f"camera on {m.kind}": not m.camera or m.kind == "photo",
            f"card on {m.kind}": m.card == "none" or m.kind == "id_card",
            "used by no item and not general": m.id in used or m.general,
        }
        yield from (Fault("materials.yaml", m.id, what) for what, holds in checks.items() if not holds)
        for other in m.alternatives:
            if other not in known:
                yield Fault("materials.yaml", m.id, f"alternative {other} does not exist")


def _item_faults(rows: Rows) -> Iterator[Fault]:
    last: Counter[str] = Counter()
    departments, lines = {d.id for d in rows.departments}, {line.id for line in rows.lines}
    materials = {m.id: m for m in rows.materials}
    for item in rows.items:
        match = _ITEM_ID.fullmatch(item.id)
        if match is None:
            yield Fault("items.yaml", item.id, "the id is not like ZT-RS-001")
        else:
            last[match[1]] += 1
            if match[1] != item.dept:
                yield Fault("items.yaml", item.id, f"the id does not match department {item.dept}")
            if int(match[2]) != last[match[1]]:
                yield Fault("items.yaml", item.id, f"the numbering has a gap: {last[match[1]]:03d} is next")
        if item.dept not in departments:
            yield Fault("items.yaml", item.id, f"department {item.dept} does not exist")
        if item.line not in lines:
            yield Fault("items.yaml", item.id, f"line {item.line} does not exist")
        for m in item.materials:
            if m not in materials:
                yield Fault("items.yaml", item.id, f"material {m} does not exist")
            elif item.declarable and not materials[m].obtainable:
                yield Fault("items.yaml", item.id, f"declared at the kiosk, but {m} cannot be got there")
        yield from (Fault("items.yaml", item.id, what) for what, holds in _item_checks(item).items() if not holds)


def _item_checks(item: Item) -> dict[str, bool]:
    """Return each rule over one item alone, and whether it holds."""
    can = item.kiosk.can
    return {
        "legal_days is not positive": item.legal_days > 0,
        f"promised {item.promised_days:g} days, but the legal limit is {item.legal_days:g}": (
            0 <= item.promised_days <= item.legal_days
        ),
        "the fee is negative": item.fee >= 0,
        "a fee, but no payment": item.fee == 0 or item.payment,
        "a material twice": len(set(item.materials)) == len(item.materials),
        "kiosk.enabled does not match kiosk.can": item.kiosk.enabled is bool(can),
        "kiosk.can is repeated or out of order": can == tuple(c for c in ABILITIES if c in can),
        "agent does not match kiosk.can": ("agent" in can) == item.agent,
        "declared at the kiosk, but needs a visit": item.no_face or not item.declarable,
        "needs a visit, but the kiosk cannot book it": item.no_face or "appoint" in can,
        "the result is a printout, but the kiosk cannot print it": (
            item.result != "printout" or "print" in can or not can
        ),
    }


def _package_faults(rows: Rows) -> Iterator[Fault]:
    items = {item.id: item for item in rows.items}
    departments = {d.id for d in rows.departments}
    for number, package in enumerate(rows.packages, 1):
        match = _PACKAGE_ID.fullmatch(package.id)
        if match is None or int(match[1]) != number:
            yield Fault("packages.yaml", package.id, f"the id is not like ZT-PK-{number:02d}, which is next")
        if package.lead_dept not in departments:
            yield Fault("packages.yaml", package.id, f"department {package.lead_dept} does not exist")
        missing = [i for i in package.items if i not in items]
        yield from (Fault("packages.yaml", package.id, f"item {i} does not exist") for i in missing)
        if not missing:
            checks = _package_checks(package, [items[i] for i in package.items])
            yield from (Fault("packages.yaml", package.id, what) for what, holds in checks.items() if not holds)


def _package_checks(package: Package, parts: list[Item]) -> dict[str, bool]:
    """Return each rule over one package and its items, and whether it holds."""
    merged = tuple(dict.fromkeys(m for part in parts for m in part.materials))
    before = sum(len(part.materials) for part in parts)
    saved = before - len(merged)
    return {
        "the name does not end with 一件事": package.name.endswith("一件事"),
        "promised_days is negative": package.promised_days >= 0,
        "fewer than three items, or one twice": len(set(package.items)) == len(parts) >= _FEWEST_IN_A_PACKAGE,
        "materials are not the union of its items' in order": package.materials == merged,
        f"materials_before or _after is wrong: {before} and {len(merged)}": (
            (package.materials_before, package.materials_after) == (before, len(merged))
        ),
        f"duplicates_removed is wrong: {saved}": package.duplicates_removed == saved > 0,
        "the lead department has no item in it": package.lead_dept in {part.dept for part in parts},
        "nothing of it is at the kiosk": any(part.kiosk.enabled for part in parts),
    }


def _site_faults(rows: Rows) -> Iterator[Fault]:
    centre = rows.sites[0]
    departments, served = {d.id for d in rows.departments}, {d for w in centre.windows for d in w.depts}
    for window in centre.windows:
        for dept in window.depts:
            if dept not in departments:
                yield Fault("sites.yaml", window.id, f"department {dept} does not exist")
    for dept in sorted(departments - served):
        yield Fault("sites.yaml", centre.id, f"no window serves department {dept}")
    kiosks = [d for d in centre.zone.devices if d.type == "kiosk"] if centre.zone else []
    if not kiosks:
        yield Fault("sites.yaml", centre.id, "no kiosk in the 24-hour zone")
    if not any(d.height == "low" for d in kiosks):
        yield Fault("sites.yaml", centre.id, "no low-position kiosk in the 24-hour zone")
