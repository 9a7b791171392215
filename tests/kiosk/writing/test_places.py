"""Places by their letters."""

from pathlib import Path

import pytest

from kiosk.catalogue import load as load_catalogue
from kiosk.writing import places
from kiosk.writing.places import PlacesError


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("zhitangzhen", ("支塘镇",)),
        ("zhi'tang", ("支塘",)),
        ("changshushizhitangzhenhedongcun", ("常熟市支塘镇何东村",)),
        ("hdc", ("何东村",)),
        ("zt", ()),
        ("zhitangzh", ()),
        ("", ()),
    ],
)
def test_a_place_is_found_by_all_its_letters(letters: str, found: tuple[str, ...]) -> None:
    """Promise 7: in full, several in a row, by three initials; never by a half."""
    assert places.load().find(letters) == found


def test_every_site_of_the_centre_can_be_written() -> None:
    """Promise 7: the village one lives in is a place of this kiosk's."""
    names = {line.split()[0] for line in places.FILE.read_text("utf-8").splitlines() if line and line[0] != "#"}
    sites = {
        site.name.removesuffix("便民服务中心") for site in load_catalogue().sites.values() if site.type == "village"
    }
    assert sites <= names


@pytest.mark.parametrize("line", ["支塘镇 zhi tang", "支塘 zhi Tang", "支塘"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    """Promise 8: by its file and number."""
    file = tmp_path / "places.txt"
    file.write_text(f"# remark\n\n{line}\n", "utf-8")
    with pytest.raises(PlacesError, match=r"places.txt:3"):
        places.load(file)
