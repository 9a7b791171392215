"""Where a key stands in a TOML file, so that a fault can name its line; tomllib keeps no positions.

One decision: only headers and ``key =`` at the start of a line are looked for. A key inside an inline table is told by
the line of the key that holds it, which is where a technician has to look anyway.
"""

import re
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([A-Za-z0-9_\-.]+|"[^"]+"|'[^']+')\s*=""")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) of each table and key of a TOML document by its path: ``("device", 0, "url")``."""
    lines: dict[KeyPath, int] = {}
    counts: dict[str, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table(header[1] == "[[", header[2], counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key[1]), number)
    return lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of `path`, or of the nearest thing around it; 1 where there is none."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def _parts(dotted: str) -> KeyPath:
    return (dotted.strip("\"'"),) if dotted[0] in "\"'" else tuple(part.strip() for part in dotted.split("."))


def _table(repeated: bool, name: str, counts: dict[str, int]) -> KeyPath:
    """Return the path of a header; a table below an array of tables belongs to its latest entry."""
    if repeated:
        counts[name] = counts.get(name, -1) + 1
    path: list[str | int] = []
    for part in _parts(name):
        path.append(part)
        array = ".".join(str(step) for step in path if isinstance(step, str))
        if array in counts:
            path.append(counts[array])
    return tuple(path)
