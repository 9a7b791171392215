"""Nothing lost: residents come and go while kiosk, delivery, office and line die at random moments.

The figure is how many numbers that were shown are then not in the office exactly once and byte for byte. Its floor is
one such number: the ratio is 0 as long as nothing is lost, and there is no other good value.
"""

import sys
from collections.abc import Iterator

from bench.figures import Figure
from tests.visits.campaign import whole_campaign

VISITS = 200
KILLS = 60
SEED = 20261124


def measure() -> Iterator[Figure]:
    """Run one campaign; what is wrong is said on standard error, number by number."""
    outcome = whole_campaign(visits=VISITS, kills=KILLS, seed=SEED)
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    died = ", ".join(f"{count} x {name}" for name, count in sorted(outcome.killed.items()))
    goal = f"0 of {outcome.shown} visits shown, after {sum(outcome.killed.values())} deaths ({died})"
    yield Figure.of("lost_or_doubled_after_kills", float(len(outcome.faults)), "numbers", 1.0, goal)
