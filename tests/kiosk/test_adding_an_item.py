"""docs/adding-an-item.md, done to the letter: the item it adds is found, guided and filled in."""

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.catalogue import Catalogue, load
from kiosk.dates import CHINA
from kiosk.forms import forms_for, load_forms, validate
from kiosk.guide import guide
from kiosk.search import Search
from kiosk.words import ASSETS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adding-an-item.md").read_text("utf-8")
PAPER = """\
- id: pension_pay_form
  name: 补缴申请表
  name_en: Application to pay missing years
  kind: form
  card: none
  scan: true
  e_licence: false
  fill: true
  sensitive: false
"""


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "catalogue"
    shutil.copytree(ASSETS / "catalogue", folder)
    items = folder / "items.yaml"
    text = items.read_text("utf-8")
    assert "# ---- YB" in text
    items.write_text(text.replace("# ---- YB", f"{block('yaml')}# ---- YB", 1), "utf-8")
    with (folder / "materials.yaml").open("a", encoding="utf-8") as file:
        file.write(PAPER)
    return load(folder)


def test_the_item_is_served_found_and_guided(catalogue: Catalogue) -> None:
    """Promise 7: adding an item is adding data."""
    item = catalogue.items["ZT-RS-041"]
    for site in ("ZT-S00", "ZT-S01"):
        assert item in [hit.service for hit in Search(catalogue.at_site(site)).find("jbbj")]
    told = guide(item, catalogue, datetime(2026, 11, 24, 3, 8, tzinfo=CHINA), "zh")
    assert [paper.way for paper in told.papers] == ["card", "fill"]


def test_its_form_asks_what_the_page_says(catalogue: Catalogue, tmp_path: Path) -> None:
    """Promise 7: its form is data as well."""
    folder = tmp_path / "forms"
    shutil.copytree(ASSETS / "forms", folder)
    (folder / "pension_pay_form.json").write_text(json.dumps(json.loads(block("json"))), "utf-8")
    form = forms_for(catalogue.items["ZT-RS-041"], catalogue, load_forms(folder))[1]
    assert [field.title("zh") for field in form.fields] == ["想补几年", "从哪张卡扣款"]
    faults = validate(form, {"years": "16", "bank_card": "6222020000000000000"}, "zh")
    assert faults == {"years": "请填 1 到 15 之间的数。"}
