"""Paper on a white tray: its own shadow is wider than its margin, and no part of it."""

import pytest

from kiosk.scan import find_page
from kiosk.scan.geometry import iou
from tests.scenes import TUNING, scene

SIZE = (1296, 972)


def on_white(seed: int, kind: str, *defects: str) -> float:
    """Return how exactly (IoU) the paper of a scene on a white tray is found, 0 if it is not."""
    seen = scene(TUNING[seed], tray="white", papers=[kind], defects=defects, size=SIZE)
    quad = find_page(seen.frame, seen.empty)
    return 0.0 if quad is None else iou(quad, seen.quads[0])


@pytest.mark.parametrize(
    ("seed", "kind"),
    [(4001, "letter"), (4021, "receipt"), (4024, "form"), (4026, "register"), (4037, "letter"), (4039, "certificate")],
)
def test_the_wide_soft_shadow_of_a_white_sheet_is_no_paper(seed: int, kind: str) -> None:
    """Promise 4: nothing but the page is kept, though its shadow differs from the tray more than it does."""
    assert on_white(seed, kind) >= 0.97


@pytest.mark.parametrize(("seed", "kind"), [(4005, "id_front"), (4018, "id_back"), (4042, "id_back")])
def test_a_card_as_dark_as_its_shadow_is_told_from_it_by_its_colour(seed: int, kind: str) -> None:
    """Promise 4: a card is kept to its edge, and not to its print."""
    assert on_white(seed, kind) >= 0.97
