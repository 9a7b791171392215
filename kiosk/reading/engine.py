"""Reads a page with RapidOCR (PP-OCRv6 small, its models in the wheel). Only the reading child imports this.

Two decisions. Lines are looked for in a smaller copy and read at full size: looking costs most of the time, and writing
is found long before it can be read. And which way is up is decided before anything is read: lines standing on end tell
a sideways page, and the few longest lines, read both ways round, tell which of two ways is right.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from kiosk.reading.protocol import DETECTOR, RECOGNISER, Image
from kiosk.reading.results import Corners, Line, Reading

Boxes = NDArray[np.float32]  # (n, 4, 2) pixels, TL, TR, BR, BL as seen

_SEARCH_SIDE = 1280  # pixels, the longer side of the copy that is searched: 12 pt is 18 pixels high on an A4
_LEAST_CONFIDENCE = 0.5  # RapidOCR's own `text_score`
_LONG = 1.5  # times as long as high: only such a line tells how the page lies; RapidOCR stands it up at the same ratio
_PROBES = 4  # lines are read both ways round
_PROBE_RATIO = 8.0  # times their height of them, no more
_CLEARLY = 0.1  # of confidence, between the right way round and the wrong one; measured: .2 to .4


class Engine:
    """RapidOCR with the models in the folder `models`, on so many threads."""

    def __init__(self, models: Path, threads: int) -> None:
        self._ocr = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                # With an arena the memory rises from page to page, for ever.
                "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                # By their paths: RapidOCR asks the network for a model that is only named.
                "Det.model_path": str(models / DETECTOR),
                "Rec.model_path": str(models / RECOGNISER),
            }
        )

    def warm_up(self) -> None:
        """Read something, so that all is loaded that will be needed."""
        page = np.full((320, 480, 3), 255, np.uint8)
        cv2.putText(page, "Budayang 2026", (40, 160), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 3)
        self.read(page)

    def read(self, page: Image) -> Reading:
        """Return what is written on a page, uint8 BGR (h, w, 3), however it lies."""
        height, width = page.shape[:2]
        boxes = self._find(page)
        turns = self._turns(page, boxes)
        upright = page
        if turns:
            upright = np.ascontiguousarray(np.rot90(page, -turns))
            boxes = self._find(upright)
        back = -(turns or 0)
        read = Reading(self._lines(upright, boxes), (upright.shape[1], upright.shape[0]), 0).turned(back)
        return Reading(read.lines, (width, height), turns)

    def _find(self, page: Image) -> Boxes:
        """Return where lines are, from top to bottom, in pixels of the page."""
        scale = min(1.0, _SEARCH_SIDE / max(page.shape[:2]))
        small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else page
        found = self._ocr(small, use_det=True, use_rec=False, use_cls=False).boxes
        return np.zeros((0, 4, 2), np.float32) if found is None else np.asarray(found, np.float32) / np.float32(scale)

    def _turns(self, page: Image, boxes: Boxes) -> int | None:
        """Return the quarter turns clockwise that make the page upright, None if its lines do not tell."""
        across, down = (np.linalg.norm(boxes[:, end] - boxes[:, 0], axis=1) for end in (1, 3))
        length = np.maximum(across, down)
        long = length >= _LONG * np.minimum(across, down)
        on_end = down > across
        sideways = bool(length[long & on_end].sum() > length[long & ~on_end].sum())
        telling = np.flatnonzero(long & (on_end == sideways))
        probes = telling[np.argsort(-length[telling])][:_PROBES]
        crops = [_beginning(crop) for crop in self._ocr.crop_text_regions(page, boxes[probes])] if probes.size else []
        if not crops:
            return None
        as_it_is, on_its_head = (self._confidence(each) for each in (crops, [np.rot90(crop, 2) for crop in crops]))
        if abs(as_it_is - on_its_head) < _CLEARLY:
            return None
        # RapidOCR stands a line on end up by turning it a quarter turn back (rot90): that is three turns onward.
        upright, headlong = (3, 1) if sideways else (0, 2)
        return upright if as_it_is > on_its_head else headlong

    def _confidence(self, crops: list[Image]) -> float:
        return float(np.mean(self._ocr.recognize_txt([np.ascontiguousarray(crop) for crop in crops]).scores))

    def _lines(self, page: Image, boxes: Boxes) -> tuple[Line, ...]:
        """Return what the lines of an upright page say."""
        if not boxes.size:
            return ()
        said = self._ocr.recognize_txt(self._ocr.crop_text_regions(page, boxes))
        return tuple(
            Line(text, _corners(box), float(score))
            for box, text, score in zip(boxes, said.txts, said.scores, strict=True)
            if score >= _LEAST_CONFIDENCE and text.strip()
        )


def _beginning(crop: Image) -> Image:
    return crop[:, : round(crop.shape[0] * _PROBE_RATIO)]


def _corners(box: NDArray[np.float32]) -> Corners:
    one, two, three, four = ((float(x), float(y)) for x, y in box)
    return one, two, three, four
