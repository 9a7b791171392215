"""Kill -9 of kiosk, delivery and office at random moments: what was shown is in the office, once and whole."""

import os
from pathlib import Path

from tests.visits.campaign import arrange, campaign, check, drain, prepare

# Moderate by default; docs/resident-journeys.md says how to do more.
VISITS = int(os.environ.get("BUDAYANG_VISITS", "12"))
KILLS = int(os.environ.get("BUDAYANG_KILLS", "20"))
SEED = int(os.environ.get("BUDAYANG_SEED", "1"))


def test_every_number_that_was_shown_is_in_the_office_exactly_once_and_byte_identical(tmp_path: Path) -> None:
    """Promise 1: whatever dies in between."""
    fleet = prepare(tmp_path, pause=0.5)
    try:
        killed = campaign(fleet, visits=VISITS, kills=KILLS, seed=SEED)
        drain(fleet)
    finally:
        fleet.stop()
    assert killed.total() == KILLS
    assert len(fleet.numbers()) >= VISITS
    assert check(fleet) == []


def test_the_checker_sees_a_number_that_the_office_does_not_have(tmp_path: Path) -> None:
    """Promise 4: a check that cannot fail proves nothing."""
    fleet = arrange(tmp_path, pause=0.5)
    fleet.shown.write_text('{"number": "ZT-K01-261124-00099-K", "id": "x", "sha256": {}}\n', "utf-8")
    assert check(fleet) == ["ZT-K01-261124-00099-K is in the office 0 times"]
