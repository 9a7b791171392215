"""What people ask at the counter finds what a clerk would name. The held-out questions are never tuned on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.catalogue import load
from kiosk.search import Search

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(load().at_site("ZT-S00"))


def _questions(name: str) -> Iterator[tuple[str, set[str]]]:
    for line in (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            question, services = line.split("\t")
            yield question, {f"ZT-{service}" for service in services.split()}


@pytest.mark.parametrize(("name", "first", "among_five"), [("questions", 0.93, 0.98), ("questions_held", 0.85, 0.97)])
def test_everyday_questions_find_what_a_clerk_would_name(
    search: Search, name: str, first: float, among_five: float
) -> None:
    """Promise 7: first, or at least among the first five; the goals for questions never tuned on are 85 % and 97 %."""
    asked = list(_questions(name))
    found = [(wanted, [hit.service.id for hit in search.find(question, 5)]) for question, wanted in asked]
    assert sum(bool(wanted & set(ids[:1])) for wanted, ids in found) / len(asked) >= first
    assert sum(bool(wanted & set(ids)) for wanted, ids in found) / len(asked) >= among_five


def test_every_question_names_services_that_there_are() -> None:
    """Promise 4: an answer nobody could give would make the measure lie."""
    known = {service.id for service in load().at_site("ZT-S00").services}
    asked = [*_questions("questions"), *_questions("questions_held")]
    assert len(asked) >= 450
    assert len({question for question, _ in asked}) == len(asked)
    assert [question for question, wanted in asked if not wanted or not wanted <= known] == []
