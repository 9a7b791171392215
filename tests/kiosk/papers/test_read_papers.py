"""Look-alikes read by the kiosk's own engine: what they are, and what they say. The engine is loaded once."""

import numpy as np
import pytest

from kiosk.papers.classify import what_paper
from kiosk.papers.kinds import PaperKind
from kiosk.papers.looks import looks_of
from kiosk.papers.suggest import FieldKind, fields_of
from kiosk.papers.text import rows_of
from kiosk.reading.engine import Engine
from kiosk.reading.reader import models_folder
from tests.kiosk.papers.lookalikes import REPORTED, lookalike

SAID = {
    FieldKind.CITIZEN_NUMBER: "number",
    FieldKind.CREDIT_CODE: "credit_code",
    FieldKind.BANK_CARD: "bank_card",
    FieldKind.NAME: "name",
    FieldKind.ADDRESS: "address",
    FieldKind.VALID_UNTIL: "valid_until",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(models_folder(), threads=2)


@pytest.mark.parametrize("name", ["id_front", "bank_card", "register_page", "other_card"])
def test_a_look_alike_is_known_and_says_what_is_written_on_it(engine: Engine, name: str) -> None:
    """Promise 4: every value is the one that was written, whichever way the page lies."""
    seed = REPORTED + 50
    drawn = lookalike(name, seed)
    lying = np.ascontiguousarray(np.rot90(drawn.image, 2))
    rows = rows_of(engine.read(lying))
    seen = what_paper(looks_of(lying, drawn.size_mm, measured=True), rows)
    assert seen.kind is drawn.kind
    found = {SAID[each.kind]: each.value.reveal() for each in fields_of(seen.kind, rows)}
    assert found.items() <= drawn.said.items()
    if seen.kind in (PaperKind.ID_FRONT, PaperKind.BANK_CARD):
        assert found == drawn.said
