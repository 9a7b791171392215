"""The catalogue: what the centre serves, checked before it comes into force."""

import shutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from kiosk.catalogue import Catalogue, CatalogueError, Fault, load, load_or_last_good
from kiosk.words import ASSETS

SHIPPED = ASSETS / "catalogue"
Change = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """Return a function that gives a copy of the shipped catalogue with one change in one file."""

    def change(name: str, old: str, new: str) -> Path:
        folder = tmp_path / "catalogue"
        if not folder.exists():
            shutil.copytree(SHIPPED, folder)
        file = folder / f"{name}.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8", newline="")
        return folder

    return change


def refusal(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    return caught.value.faults


def test_the_whole_catalogue_is_there(catalogue: Catalogue) -> None:
    """Promise 7: 282 items, 22 packages, 170 papers, 26 departments, 5 lines, 19 sites."""
    counts = [len(catalogue.items), len(catalogue.packages), len(catalogue.materials)]
    assert [*counts, len(catalogue.departments), len(catalogue.lines), len(catalogue.sites)] == [
        282,
        22,
        170,
        26,
        5,
        19,
    ]
    assert sum(item.declarable for item in catalogue.items.values()) == 213
    assert sum(package.duplicates_removed for package in catalogue.packages.values()) == 108


@pytest.mark.parametrize(("site", "items"), [("ZT-S00", 282), ("ZT-S01", 65), ("ZT-S18", 65)])
def test_a_site_shows_what_it_serves(catalogue: Catalogue, site: str, items: int) -> None:
    """Promise 4: 282 items at the centre, 65 at a village."""
    here = catalogue.at_site(site)
    assert len(here.items) == items
    assert all(part in here.items for package in here.packages.values() for part in package.items)
    assert sum(len(part) for part in here.departments.values()) == items


def test_a_site_that_does_not_exist_is_refused_by_name(catalogue: Catalogue) -> None:
    """Promise 8: the wrong site in kiosk.toml is named."""
    with pytest.raises(CatalogueError, match="ZT-S99"):
        catalogue.at_site("ZT-S99")


def test_a_package_asks_for_each_paper_once(catalogue: Catalogue) -> None:
    """Promise 7: 9 papers, not 14."""
    birth = catalogue.packages["ZT-PK-01"]
    papers = catalogue.service_papers(birth)
    assert (len(papers), len(set(papers)), birth.materials_before) == (9, 9, 14)


def test_what_can_only_be_booked_is_not_handed_in(catalogue: Catalogue) -> None:
    """Promise 4: the personnel archive is a paper original, so retirement itself is done at a window."""
    retirement = catalogue.packages["ZT-PK-10"]
    assert "ZT-RS-013" not in {item.id for item in catalogue.declared_items(retirement)}
    assert "staff_archive" not in {paper.id for paper in catalogue.declared_papers(retirement)}
    assert "staff_archive" in {paper.id for paper in catalogue.service_papers(retirement)}


def test_records_speak_both_languages_and_never_change(catalogue: Catalogue) -> None:
    """Promise 7: every name in Chinese and English."""
    item = catalogue.items["ZT-RS-001"]
    assert (item.title("zh"), item.title("en")) == (item.name, item.name_en)
    with pytest.raises(FrozenInstanceError):
        item.name = "x"  # type: ignore[misc] # the point of the test


def test_the_version_is_of_the_very_bytes(catalogue: Catalogue, changed: Change) -> None:
    """Promise 1: a case says under which catalogue it was handed in."""
    folder = changed("lines", "# Sample data", "# sample data")
    assert load(folder).version != catalogue.version
    assert load().version == catalogue.version
    assert len(catalogue.version) == 64


HUKOU = "  name_en: Household register\n  kind: licence\n  card: none\n  scan: true\n  e_licence: true"
RS1 = "城乡居民基本养老保险参保登记\n  name_en"


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("items", "line: citizen_card", "line: moon", Fault("items.yaml", "ZT-RS-001", "line moon does not exist")),
        ("items", "dept: RS", "dept: XX", Fault("items.yaml", "ZT-RS-001", "department XX does not exist")),
        (
            "items",
            "[id_card, hukou_book, pension_reg_form]",
            "[id_card, hukou_bok, pension_reg_form]",
            Fault("items.yaml", "ZT-RS-001", "material hukou_bok does not exist"),
        ),
        (
            "items",
            "promised_days: 0",
            "promised_days: 9",
            Fault("items.yaml", "ZT-RS-001", "promised 9 days, but the legal limit is 5"),
        ),
        ("items", "fee: 0", "fee: 5", Fault("items.yaml", "ZT-RS-001", "a fee, but no payment")),
        (
            "items",
            "can: [declare, query, agent]",
            "can: [query, declare, agent]",
            Fault("items.yaml", "ZT-RS-001", "kiosk.can is repeated or out of order"),
        ),
        ("items", "agent: true", "agent: false", Fault("items.yaml", "ZT-RS-001", "agent does not match kiosk.can")),
        (
            "items",
            "no_face: true",
            "no_face: false",
            Fault("items.yaml", "ZT-RS-001", "declared at the kiosk, but needs a visit"),
        ),
        (
            "items",
            "id: ZT-RS-001",
            "id: ZT-YB-001",
            Fault("items.yaml", "ZT-YB-001", "the id does not match department RS"),
        ),
        (
            "items",
            "id: ZT-RS-002",
            "id: ZT-RS-902",
            Fault("items.yaml", "ZT-RS-902", "the numbering has a gap: 002 is next"),
        ),
        (
            "materials",
            "alternatives: [hkmt_permit, foreign_pr_card]",
            "alternatives: [hkmt_permit, passport]",
            Fault("materials.yaml", "id_card", "alternative passport does not exist"),
        ),
        (
            "materials",
            HUKOU,
            HUKOU.replace("true", "false"),
            Fault("items.yaml", "ZT-RS-001", "declared at the kiosk, but hukou_book cannot be got there"),
        ),
        (
            "packages",
            "materials_after: 9",
            "materials_after: 8",
            Fault("packages.yaml", "ZT-PK-01", "materials_before or _after is wrong: 14 and 9"),
        ),
        ("packages", "ZT-GA-004,", "ZT-GA-994,", Fault("packages.yaml", "ZT-PK-01", "item ZT-GA-994 does not exist")),
        (
            "packages",
            "新生儿出生一件事",
            "新生儿出生",
            Fault("packages.yaml", "ZT-PK-01", "the name does not end with 一件事"),
        ),
        (
            "departments",
            "lines: [extranet, citizen_card]",
            "lines: [extranet]",
            Fault("departments.yaml", "RS", "lines ['extranet'], but its items use ['citizen_card', 'extranet']"),
        ),
        (
            "lines",
            '"06:00-23:00"',
            '"23:00-06:00"',
            Fault("lines.yaml", "citizen_card", "sample_window 23:00-06:00 is not HH:MM-HH:MM, from early to late"),
        ),
        ("sites", "depts: [GJJ]", "depts: [GJX]", Fault("sites.yaml", "W08", "department GJX does not exist")),
        (
            "sites",
            "height: low,",
            "height: standard,",
            Fault("sites.yaml", "ZT-S00", "no low-position kiosk in the 24-hour zone"),
        ),
        (
            "items",
            RS1,
            RS1.replace("登记", "登记(新)"),
            Fault("items.yaml", "ZT-RS-001", "ASCII punctuation in the Chinese name"),
        ),
    ],
)
def test_a_broken_rule_is_told_by_file_id_and_what_is_wrong(
    changed: Change, name: str, old: str, new: str, fault: Fault
) -> None:
    """Promise 8: the one who keeps the catalogue finds the row at once."""
    assert fault in refusal(changed(name, old, new))


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "what"),
    [
        ("items", "legal_days: 5", "legal_days: five", "ZT-RS-001", "legal_days"),
        ("items", "village: true", 'village: "yes"', "ZT-RS-001", "village"),
        ("items", "  audience: person", "  audiance: person", "ZT-RS-001", "audiance"),
        ("items", "kind: 公共服务", "kind: 服务", "ZT-RS-001", "kind"),
        ("materials", "  kind: id_card", "  kind: card", "id_card", "kind"),
        ("sites", "agents: 4", "agents: four", "ZT-S00", "agents"),
        ("items", "fee: 0\n  result: record", "fee: 0\n  fee: 1\n  result: record", "", "key 'fee' repeated"),
        ("items", "items:\n", "things:\n", "", ""),
        ("lines", "lines:\n", "lines: [\n", "", "line "),
        ("lines", "政务外网", "政务外\ue000网", "", "U+E000"),
        ("lines", "\n", "\r\n", "", "carriage returns"),
        ("lines", "# Sample", "\ufeff# Sample", "", "byte-order mark"),
        ("lines", '"00:00-24:00"', "2020-01-01", "", "holds a value"),
    ],
)
def test_a_wrong_type_or_torn_file_is_told_by_file_id_and_field(
    changed: Change, name: str, old: str, new: str, row: str, what: str
) -> None:
    """Promise 8: nothing is guessed: no number for a word, no unknown key, no key twice."""
    faults = refusal(changed(name, old, new))
    assert any((fault.file, fault.id) == (f"{name}.yaml", row) and what in fault.what for fault in faults)


def test_all_faults_are_told_at_once(changed: Change) -> None:
    """Promise 8: one round of repairs, not five."""
    changed("items", "line: citizen_card", "line: moon")
    faults = refusal(changed("packages", "materials_after: 9", "materials_after: 8"))
    assert {fault.file for fault in faults} >= {"items.yaml", "packages.yaml"}


def test_a_missing_file_is_told_by_name(changed: Change) -> None:
    """Promise 8: the sentence names the file."""
    folder = changed("lines", "lines:", "lines:")
    (folder / "sites.yaml").unlink()
    assert refusal(folder)[0].file == "sites.yaml"


def test_the_last_good_catalogue_stays_in_force_when_a_new_one_is_bad(changed: Change, tmp_path: Path) -> None:
    """Promise 3: a slip of the pen at the centre never closes a kiosk."""
    folder, cache = changed("lines", "lines:", "lines:"), tmp_path / "state"
    good = load_or_last_good(folder, cache)
    assert good.fault is None
    changed("items", "line: citizen_card", "line: moon")
    after = load_or_last_good(folder, cache)
    assert after.catalogue == good.catalogue
    assert after.fault is not None
    assert "ZT-RS-001" in {fault.id for fault in after.fault.faults}


def test_a_good_newer_catalogue_comes_into_force(changed: Change, tmp_path: Path) -> None:
    """Promise 4: what is kept never hides what is new."""
    folder, cache = changed("lines", "lines:", "lines:"), tmp_path / "state"
    load_or_last_good(folder, cache)
    changed("items", "fee: 0", "fee: 0.0")
    again = load_or_last_good(folder, cache)
    assert again.fault is None
    assert again.catalogue.version == load(folder).version


@pytest.mark.parametrize("torn", [b"", b"{", b'{"version": "x", "sum": "y", "files": {}}', b"\xff\x00"])
def test_a_torn_kept_catalogue_is_no_catalogue(changed: Change, tmp_path: Path, torn: bytes) -> None:
    """Promise 3: a power cut while it was kept does no harm."""
    folder, cache = changed("lines", "lines:", "lines:"), tmp_path / "state"
    load_or_last_good(folder, cache)
    (cache / "catalogue-last-good.json").write_bytes(torn)
    assert load_or_last_good(folder, cache).fault is None
    (cache / "catalogue-last-good.json").write_bytes(torn)
    changed("items", "line: citizen_card", "line: moon")
    with pytest.raises(CatalogueError, match="moon"):
        load_or_last_good(folder, cache)


def test_one_changed_letter_in_the_kept_catalogue_is_noticed(changed: Change, tmp_path: Path) -> None:
    """Promise 4: a kept catalogue is used only as it was kept."""
    folder, cache = changed("lines", "lines:", "lines:"), tmp_path / "state"
    load_or_last_good(folder, cache)
    kept = cache / "catalogue-last-good.json"
    kept.write_text(kept.read_text("utf-8").replace("政务外网", "政务内网"), "utf-8")
    changed("items", "line: citizen_card", "line: moon")
    with pytest.raises(CatalogueError, match="moon"):
        load_or_last_good(folder, cache)
