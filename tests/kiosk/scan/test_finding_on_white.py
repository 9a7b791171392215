"""Paper on a white tray: its own shadow is wider than its margin and no part of it, nor is that of who stands there."""

import numpy as np
import pytest

from kiosk.scan import find_page
from kiosk.scan.geometry import iou
from tests.scenes import TUNING, scene
from tests.scenes.wrongs import shadow

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


@pytest.mark.parametrize(
    ("seed", "kind"), [(2000, "form"), (2002, "register"), (2013, "letter"), (4119, "permit"), (2021, "receipt")]
)
def test_somebody_s_shadow_across_the_paper_and_the_white_tray_hides_no_edge(seed: int, kind: str) -> None:
    """Promise 4: who stands in the light is served as anybody."""
    assert on_white(seed, kind, "shadow") >= 0.97


@pytest.mark.parametrize("tray", ["white", "light_wood", "black"])
@pytest.mark.parametrize("seed", [2456, 2463, 2471])
def test_the_edge_of_a_shadow_on_a_bare_tray_is_no_page(tray: str, seed: int) -> None:
    """Promise 4: somebody's shadow is not kept as a paper."""
    bare = scene(TUNING[seed], tray=tray, papers=(), size=SIZE)
    shaded = bare.frame * shadow(bare.frame.shape[:2], np.random.default_rng(seed))[:, :, None]
    assert find_page(shaded.astype(np.uint8), bare.empty) is None


@pytest.mark.parametrize("seed", [2501, 2506, 2512])
def test_the_edge_of_a_shadow_on_a_bare_table_is_no_page(seed: int) -> None:
    """Promise 4: neither is it where the table was never seen before."""
    bare = scene(TUNING[seed], camera="hand", papers=())
    shaded = bare.frame * shadow(bare.frame.shape[:2], np.random.default_rng(seed))[:, :, None]
    assert find_page(shaded.astype(np.uint8)) is None
