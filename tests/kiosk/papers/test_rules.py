"""The rules are data: every kind has its own, every material of the catalogue is given by kinds that exist."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from kiosk.catalogue import load
from kiosk.papers.expected import load_fits, shipped_fits, wanted_kinds
from kiosk.papers.kinds import PaperKind
from kiosk.papers.rules import FOLDER, PapersError, load_rules, shipped_rules
from kiosk.words import LANGUAGES, Words

MATERIALS = load().materials
NAMED_BY = {
    "id_card": PaperKind.ID_FRONT,
    "hukou_book": PaperKind.REGISTER_PAGE,
    "marriage_cert": PaperKind.MARRIAGE_CERTIFICATE,
    "birth_cert": PaperKind.BIRTH_CERTIFICATE,
    "business_licence": PaperKind.BUSINESS_LICENCE,
    "residence_permit": PaperKind.RESIDENCE_PERMIT,
    "bank_book": PaperKind.BANK_CARD,
    "app_form": PaperKind.SHEET,
}


def test_every_material_of_the_catalogue_is_given_by_some_kind() -> None:
    """Promise 3: no paper is asked about for want of a row."""
    assert len(MATERIALS) == 170
    assert all(wanted_kinds(material) for material in MATERIALS)


def test_no_row_names_a_material_that_does_not_exist() -> None:
    """Promise 4: a row that nothing matches is a spelling mistake."""
    patterns = [pattern for fit in shipped_fits() for pattern in fit.materials]
    assert not [pattern for pattern in patterns if not any(fnmatchcase(m, pattern) for m in MATERIALS)]


@pytest.mark.parametrize(("material", "kind"), NAMED_BY.items())
def test_what_is_asked_for_is_what_fits(material: str, kind: PaperKind) -> None:
    """Promise 6: the right paper asks nothing."""
    assert kind in wanted_kinds(material)


def test_a_material_without_a_kind_of_its_own_takes_what_is_not_known() -> None:
    """Promise 3: a paper the kiosk has never seen is no wrong paper."""
    asked = {m for m in MATERIALS if PaperKind.UNKNOWN not in wanted_kinds(m)}
    assert asked == {m for m in MATERIALS if m in NAMED_BY or m.startswith("id_card")} - {
        "bank_book",
        "app_form",
        "id_card_shareholder",
    }


def test_every_kind_has_a_name_in_both_languages() -> None:
    """Promise 7: the question can be asked of every kind."""
    for language in LANGUAGES:
        words = Words(language)
        assert [kind for kind in shipped_rules() if f"papers.kind.{kind}" not in words] == []


@pytest.mark.parametrize(
    ("text", "named"),
    [("[id_front]\nsizes = [[1.0, 2.0]]", "bank_card"), ("[id_front", "end of"), ("", "id_front")],
)
def test_rules_that_are_not_whole_are_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    """Promise 8: whoever edits the rules is told what is wrong."""
    (tmp_path / "kinds.toml").write_text(text, "utf-8")
    with pytest.raises(PapersError, match=rf"kinds\.toml.*{named}"):
        load_rules(tmp_path / "kinds.toml")


def test_a_line_that_no_rule_knows_is_refused(tmp_path: Path) -> None:
    """Promise 8: a spelling mistake in a rule is not a rule that is left out."""
    shipped = (FOLDER / "kinds.toml").read_text("utf-8")
    (tmp_path / "kinds.toml").write_text(shipped.replace("enough = 3", "enuogh = 3", 1), "utf-8")
    with pytest.raises(PapersError, match="enuogh"):
        load_rules(tmp_path / "kinds.toml")


def test_a_kind_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Promise 8: a material names kinds that exist, or the file is refused."""
    (tmp_path / "materials.toml").write_text('[[fits]]\nmaterials = ["*"]\nkinds = ["passport"]\n', "utf-8")
    with pytest.raises(PapersError, match=r"materials\.toml"):
        load_fits(tmp_path / "materials.toml")
