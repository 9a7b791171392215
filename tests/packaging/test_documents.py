"""README.md and docs/: every link leads somewhere, every command that is named exists."""

import re
from pathlib import Path

import pytest

import run
from roles.processes import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
ROLE = re.compile(r"run\.py ([a-z]+)|budayang/budayang ([a-z]+)|`budayang ([a-z]+)")
TARGET = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
BYTES_OF_A_PICTURE = 400 * 1024


def text(page: Path) -> str:
    """Return a page's text."""
    return page.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    """Promise 4: a page does not point at what is not there."""
    links = [link for link in LINK.findall(text(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_role_that_is_named_exists(page: Path) -> None:
    """Promise 4: whoever types what a page says gets what it says."""
    named = {word for found in ROLE.findall(text(page)) for word in found if word}
    assert named - run.ROLES.keys() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    """Promise 4."""
    there = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    assert set(TARGET.findall(text(page))) - there == set()


def test_the_service_units_start_roles_that_exist() -> None:
    """Promise 4: a unit that names no role would be started again for ever."""
    units = list((ROOT / "packaging" / "systemd").glob("*.service"))
    started = {unit.name: re.findall(r"ExecStart=\S+/budayang (\w+)", text(unit)) for unit in units}
    assert started
    assert all(len(roles) == 1 and roles[0] in run.ROLES for roles in started.values()), started


def test_pictures_are_small_enough_to_be_fetched_with_the_page() -> None:
    """Promise 7: the README opens on a slow line too."""
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > BYTES_OF_A_PICTURE] == []
