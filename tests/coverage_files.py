"""What coverage is left with where a test kills processes: one that was writing its data then has left half a file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_TABLES = ("coverage_schema", "meta", "file", "context", "arc", "line_bits")


def remove_torn(folder: Path) -> list[Path]:
    """Remove the data files in `folder` that nobody finished, and return them: combining would warn of each."""
    torn = list(_torn(folder))
    for path in torn:
        path.unlink()
    return torn


def _torn(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob(".coverage.*")):
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as data:
                for table in _TABLES:
                    data.execute(f"SELECT count(*) FROM {table}").fetchone()
        except sqlite3.DatabaseError:
            yield path
