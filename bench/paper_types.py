"""What paper is it: look-alikes of every kind, lying any way round, by their words and by size and colour alone.

`BENCH_PAPERS` pages of each look-alike (2 if it is not set; the seeds that nothing was tuned on). A table of what was
taken for what goes to stderr, and with `BENCH_OUT` as a picture, with the pages that were wrong, into that folder.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.figures import Figure, timed
from kiosk.papers.classify import what_paper
from kiosk.papers.cutting import decoded
from kiosk.papers.kinds import PaperKind, SeenPaper
from kiosk.papers.looks import looks_of
from kiosk.papers.text import rows_of
from kiosk.reading.engine import Engine
from kiosk.reading.reader import models_folder
from tests.kiosk.papers.lookalikes import PAINTERS, REPORTED, Lookalike, lookalike

Image = NDArray[np.uint8]
Confusion = Counter[tuple[PaperKind, PaperKind]]
_CELL, _MARGIN, _THUMB = 62, 250, 320


@dataclass(frozen=True, slots=True)
class Case:
    """One page, and what it was seen to be, with its words and without."""

    page: Lookalike
    name: str
    read: SeenPaper
    unread: SeenPaper

    @property
    def right(self) -> bool:
        """Whether its words told what it is."""
        return self.read.kind is self.page.kind


def measure() -> Iterator[Figure]:
    """Yield the share that is right, the shares ruled out and claimed wrongly without words, and the time of a look."""
    count = int(os.environ.get("BENCH_PAPERS", "2"))
    engine = Engine(models_folder(), threads=2)
    cases = [_case(engine, name, REPORTED + seed) for seed in range(count) for name in PAINTERS]
    confusion: Confusion = Counter((case.page.kind, case.read.kind) for case in cases)
    print(_table(confusion), file=sys.stderr)
    wrong = [case for case in cases if not case.right]
    if folder := os.environ.get("BENCH_OUT"):
        cv2.imwrite(str(Path(folder) / "paper_types.png"), _picture(confusion))
        if wrong:
            cv2.imwrite(str(Path(folder) / "paper_types_wrong.png"), _sheet(wrong))
    right = sum(case.right for case in cases) / len(cases)
    claimed = sum(not case.right and case.read.kind is not PaperKind.UNKNOWN for case in cases) / len(cases)
    lost = sum(case.page.kind not in case.unread.possible for case in cases) / len(cases)
    yield Figure.of("paper_type_right", right, "share", 1.0, "value >= 0.98")
    yield Figure.of("paper_type_wrongly_claimed", claimed, "share", 1.0, "value <= 0.01")
    yield Figure.of("paper_type_ruled_out_unread", lost, "share", 1.0, "value = 0")
    yield from _time(cases)


def _case(engine: Engine, name: str, seed: int) -> Case:
    page = lookalike(name, seed)
    lying = np.ascontiguousarray(np.rot90(page.image, seed % 4))
    looks = looks_of(lying, page.size_mm, measured=True)
    return Case(page, name, what_paper(looks, rows_of(engine.read(lying))), what_paper(looks, None))


def _time(cases: list[Case]) -> Iterator[Figure]:
    """Yield what a look without words costs against decoding the page whole."""
    pages = [(cv2.imencode(".jpg", case.page.image)[1].tobytes(), case.page.size_mm) for case in cases]

    def look(jpeg: bytes, size: tuple[float, float]) -> SeenPaper:
        return what_paper(looks_of(decoded(jpeg, small=True), size, measured=True), None)

    floor = median(timed(partial(decoded, jpeg)) for jpeg, _ in pages)
    ours = median(timed(partial(look, *page)) for page in pages)
    yield Figure.of("paper_look_unread", ours, "ms", floor, "ratio <= 1.2")


def _table(confusion: Confusion) -> str:
    kinds = list(PaperKind)
    head = f"{'':22}" + "".join(f"{kind.value[:9]:>10}" for kind in kinds)
    rows = (f"{true.value:22}" + "".join(f"{confusion[true, seen] or '.':>10}" for seen in kinds) for true in kinds)
    return "\n".join((head, *rows))


def _picture(confusion: Confusion) -> Image:
    """Return the table as a picture: what it is down, what it was taken for across."""
    kinds = list(PaperKind)
    side = _MARGIN + _CELL * len(kinds)
    image = np.full((side, side, 3), 255, np.uint8)
    for row, true in enumerate(kinds):
        total = sum(confusion[true, seen] for seen in kinds)
        _write(image, true.value, (8, _MARGIN + row * _CELL + 38))
        for column, seen in enumerate(kinds):
            share = confusion[true, seen] / total if total else 0.0
            left, top = _MARGIN + column * _CELL, _MARGIN + row * _CELL
            colour = np.array((90, 160, 60) if true is seen else (60, 60, 220))
            image[top : top + _CELL - 2, left : left + _CELL - 2] = 240 - (240 - colour) * share
            if confusion[true, seen]:
                _write(image, str(confusion[true, seen]), (left + 14, top + 38))
    names = np.full((_CELL * len(kinds), _MARGIN, 3), 255, np.uint8)
    for column, seen in enumerate(kinds):
        _write(names, seen.value, (8, column * _CELL + 38))
    image[:_MARGIN, _MARGIN:] = np.rot90(names)
    return image


def _write(image: Image, text: str, at: tuple[int, int]) -> None:
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (30, 30, 30), 1, cv2.LINE_AA)


def _sheet(wrong: list[Case]) -> Image:
    """Return the first ten pages that were not told, each with what it was taken for."""
    tiles = []
    for case in wrong[:10]:
        tile = np.full((_THUMB + 30, _THUMB, 3), 255, np.uint8)
        scale = _THUMB / max(case.page.image.shape[:2])
        small = cv2.resize(case.page.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:_THUMB, :_THUMB]
        tile[: small.shape[0], : small.shape[1]] = small
        _write(tile, f"{case.name} > {case.read.kind}", (4, _THUMB + 20))
        tiles.append(tile)
    return np.hstack(tiles)
