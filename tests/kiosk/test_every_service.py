"""Everything the centre serves, walked through one by one: 213 items and 22 packages, from choosing to the receipt."""

import pytest

from drivers.print_job import Text
from kiosk.receipt import receipt_parts
from kiosk.visit_states import State
from kiosk.words import Words
from tests.kiosk.visit_world import World, catalogue

DECLARABLE = sorted(
    service.id for service in catalogue().at_site("ZT-S00").services if catalogue().declared_items(service)
)


def test_there_are_as_many_as_the_centre_declares() -> None:
    """Promise 7: the counts of the centre, so that nothing drops out of the walk below unseen."""
    assert len(DECLARABLE) == 213 + 22


@pytest.mark.parametrize("service_id", DECLARABLE)
def test_it_can_be_handed_in_at_night_and_its_case_holds_every_paper_it_asks_for(service_id: str) -> None:
    """Promise 1 and 7: each service has its forms, its papers and its receipt, by data alone."""
    world = World().to(State.RECEIPT, service=service_id)
    case = world.document()
    service = catalogue().service(service_id)
    papers = [paper.id for paper in catalogue().declared_papers(service)]
    assert [given.material_id for given in case.materials] == papers
    assert {given.way for given in case.materials} <= {"card", "scan", "fill"}
    scanned = {given.material_id for given in case.materials if given.way == "scan"}
    assert {each.material_id for each in case.attachments if each.material_id} == scanned
    assert set(case.answers) == {form.id for form in world.visit.forms}
    assert (case.service.id, case.service.name) == (service_id, service.name)
    assert list(case.service.items) == [item.id for item in catalogue().declared_items(service)]


@pytest.mark.parametrize("service_id", DECLARABLE)
def test_its_receipt_tells_its_number_and_its_name(service_id: str) -> None:
    """Promise 1 and 5: what is printed is what was handed in, in both languages."""
    world = World().to(State.RECEIPT, service=service_id)
    receipt = world.visit.receipt
    assert receipt is not None
    lines = [part.text for part in receipt_parts(receipt, Words("zh")).parts if isinstance(part, Text)]
    printed = "".join("".join(lines).split())
    assert receipt.receipt_number in printed
    assert "".join(catalogue().service(service_id).name.split()) in printed
