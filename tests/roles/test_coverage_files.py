"""The end of a check is clean, though its tests kill processes while they write."""

from pathlib import Path

from coverage import CoverageData

from tests.coverage_files import remove_torn


def a_data_file(folder: Path, name: str) -> Path:
    """Write what one measured process leaves."""
    data = CoverageData(str(folder / name))
    data.add_arcs({"run.py": [(-1, 1), (1, -1)]})
    data.close()
    return folder / name


def test_only_what_nobody_finished_is_removed(tmp_path: Path) -> None:
    """Promise 4: a file that was begun and one that was cut off go; what is whole is counted."""
    whole = a_data_file(tmp_path, ".coverage.host.1")
    begun = tmp_path / ".coverage.host.2"
    begun.touch()
    cut_off = a_data_file(tmp_path, ".coverage.host.3")
    cut_off.write_bytes(cut_off.read_bytes()[:5000])
    other = tmp_path / "coverage.txt"
    other.touch()
    assert remove_torn(tmp_path) == [begun, cut_off]
    assert sorted(tmp_path.iterdir()) == [whole, other]
