"""How often the judgement of a page is right: one set of generated pictures a fault, and good pages, on reported seeds.

The confusion table goes to stderr and, with the worst ten pictures, as PNG into the folder of BENCH_OUT. White trays,
on which white paper has no edge to speak of, are a row of their own. BENCH_SCENES is the number of pictures a set.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from bench.figures import Figure, timed
from bench.gate_sets import MAKERS, Case, cases
from bench.gate_sheet import confusion_picture, worst_sheet
from drivers.camera import Frame
from kiosk.scan.detect import look, working_copy
from kiosk.scan.geometry import Image
from kiosk.scan.judge import Verdict, judge
from kiosk.scan.page import make_page
from kiosk.scan.session import ScanSession
from tests.scenes import REPORTED, scene

SCENES = int(os.environ.get("BENCH_SCENES", "9"))
WORKERS = 2
_RIGHT, _REFUSED = 95.0, 2.0  # per cent
_MOVES = 24
_LOOKS = 25
_CALM = 8  # looks until the page lies still for the session
_PERIOD = 0.06  # seconds between two frames


@dataclass(frozen=True, slots=True)
class Outcome:
    """One picture judged: its set, its tray, the family of the fault found ("good" for none), a small picture of it."""

    name: str
    tray: str
    found: str
    right: bool
    title: str
    picture: Image


def measure() -> Iterator[Figure]:
    """Yield, per set, the share judged right; the share of good pages refused; looks a second on one thread."""
    outcomes = _outcomes()
    _tell(outcomes)
    told = [each for each in outcomes if each.tray != "white"]
    for name in MAKERS:
        mine = [each.right for each in told if each.name == name]
        if name not in ("good", "shine"):
            yield Figure.of(f"gate_{name}_right", 100 * float(np.mean(mine)), "%", _RIGHT, f">= {_RIGHT} %")
    good = [not each.right for each in told if each.name in ("good", "shine")]
    yield Figure.of("gate_good_refused", 100 * float(np.mean(good)), "%", _REFUSED, f"<= {_REFUSED} %")
    white = [each.right for each in outcomes if each.tray == "white"]
    yield Figure.of("gate_white_tray_right", 100 * float(np.mean(white)), "%", _RIGHT, "the one hard case")
    yield Figure.of("gate_moved_right", 100 * _moved_right(), "%", _RIGHT, f">= {_RIGHT} %")
    yield from _speed()


def _outcomes() -> list[Outcome]:
    """Judge all sets, each in a process of its own: making the pictures takes most of the time."""
    with ProcessPoolExecutor(WORKERS) as pool:
        return [outcome for outcomes in pool.map(_judged_set, MAKERS) for outcome in outcomes]


def _judged_set(name: str) -> list[Outcome]:
    cv2.setNumThreads(1)
    return [_judged(case) for case in cases(name, SCENES, REPORTED.start)]


def _judged(case: Case) -> Outcome:
    frame = case.scene.frame
    small = working_copy(frame)
    tray = None if case.scene.empty is None else working_copy(case.scene.empty)
    seen = look(frame, tray, small)
    verdict = judge(
        frame, seen.quad, small, case.scene.mm_per_pixel, tray if seen.tray_fits or seen.quad is None else None
    )
    found = "good" if verdict.fault is None else verdict.fault.family
    right = found in case.right if case.right else verdict.ok
    title = f"{case.name} -> {found}, {'+'.join(case.scene.kinds)} on {case.scene.tray}, seed {case.seed}"
    return Outcome(case.name, case.scene.tray, found, right, title, _marked(small, verdict))


def _marked(small: Image, verdict: Verdict) -> Image:
    picture = small.copy()
    if verdict.where is not None:
        cv2.circle(picture, (int(verdict.where[0]), int(verdict.where[1])), 24, (0, 0, 255), 3)
    return np.asarray(cv2.resize(picture, (432, 324), interpolation=cv2.INTER_AREA), np.uint8)


def _tell(outcomes: list[Outcome]) -> None:
    """Print the confusion table, and keep it and the worst ten as pictures where BENCH_OUT says."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for each in outcomes:
        table[f"{each.name} (white tray)" if each.tray == "white" else each.name][each.found] += 1
    for name in sorted(table, key=lambda row: ("white" in row, row)):
        found = ", ".join(f"{what} {count}" for what, count in table[name].most_common())
        print(f"{name:24} {found}", file=sys.stderr)
    if "BENCH_OUT" in os.environ:
        wrong = sorted((each for each in outcomes if not each.right), key=lambda each: each.tray == "white")
        folder = Path(os.environ["BENCH_OUT"])
        confusion = confusion_picture(table)
        worst = worst_sheet([(each.title, each.picture) for each in wrong[:10]])
        cv2.imwrite(str(folder / "scan_gate.png"), np.vstack([confusion, worst]))


def _moved_right() -> float:
    """Return the share of pages not taken, and told why, that are moved in the very frame that would be taken."""
    right = 0
    for number in range(_MOVES):
        seed = REPORTED.start + 9_000 + number
        # The tray without grain: shifting the picture shifts its rim too, which nobody would take for the page's move.
        lying = scene(seed, tray="black", papers=["register"], defects=())
        session = ScanSession(None if lying.empty is None else working_copy(lying.empty))
        shift = np.random.default_rng(seed).uniform(2, 8) / (lying.mm_per_pixel or 1.0)  # mm
        angle = 2 * np.pi * number / _MOVES
        move = np.array([[1, 0, shift * np.cos(angle)], [0, 1, shift * np.sin(angle)]])
        height, width = lying.frame.shape[:2]
        moved = np.asarray(cv2.warpAffine(lying.frame, move, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)
        for step in range(20):
            seen = session.feed(Frame(lying.frame.copy(), step * _PERIOD, step, lying.mm_per_pixel))
            if seen.progress + 1.5 * _PERIOD / 0.6 >= 1:  # the next one would be taken
                break
        seen = session.feed(Frame(moved, (step + 1) * _PERIOD, step + 1, lying.mm_per_pixel))
        right += not seen.ready and seen.verdict.fault in ("moved", "shaken")
    return right / _MOVES


def _speed() -> Iterator[Figure]:
    """Yield looks a second at a still page on one thread, and how long a look takes against floor B of that frame."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    lying = scene(REPORTED.start + 1, tray="black", papers=["form"], defects=())
    session = ScanSession(None if lying.empty is None else working_copy(lying.empty))
    looks = []
    for number in range(_LOOKS):
        frame = Frame(lying.frame.copy(), number * _PERIOD, number, lying.mm_per_pixel)
        looks.append(timed(lambda frame=frame: session.feed(frame)))  # type: ignore[misc]  # mypy: default argument
    tray = session.empty_tray
    floor = median(timed(lambda: _floor(lying.frame, tray, lying.mm_per_pixel)) for _ in range(9))
    cv2.setNumThreads(threads)
    still = median(looks[_CALM:])
    yield Figure.of("gate_looks_a_second", 1000 / still, "1/s", 15.0, ">= 15 on one thread")
    yield Figure.of("gate_look_still_page", still, "ms", floor, "floor B: find, warp and pack that frame")


def _floor(frame: Image, tray: Image | None, mm_per_pixel: float | None) -> None:
    quad = look(frame, tray, working_copy(frame)).quad
    if quad is not None:
        make_page(frame, quad, mm_per_pixel)
