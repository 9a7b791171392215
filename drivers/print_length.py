"""How much paper a job takes: counted from its parts alone, so that it is known before a printer is asked.

Lines are as high as `LINE_PITCHES` says, a picture as its rows, both at 8 dots to the millimetre; the cut feeds the
12 mm from the head to the blade (both are the usual ones of 80 mm printers; a printer of 180 dpi differs by an eighth).
"""

from collections.abc import Callable

import segno

from drivers.print_job import LINE_PITCHES, Cut, Feed, Part, PrintJob, Qr, Raster, Rule, Text

DOTS_PER_MM = 8
RULE_ROWS, RULE_AIR = 2, 14  # a rule, and the bare paper above it and below
_TO_CUTTER = 96


def _qr_rows(part: Qr) -> int:
    if not part.data:
        return 0
    code = segno.make(part.data, error=part.correction, micro=False, boost_error=False)
    return len(code.matrix) * part.module


_ROWS: dict[type, Callable[..., int]] = {
    Text: lambda part: (part.text.count("\n") + 1) * LINE_PITCHES[part.size],
    Raster: lambda part: int(part.bits.shape[0]),
    Qr: _qr_rows,
    Feed: lambda part: part.lines * LINE_PITCHES[1],
    Rule: lambda _part: RULE_ROWS + 2 * RULE_AIR,
    Cut: lambda _part: _TO_CUTTER,
}


def paper_mm(job: PrintJob) -> float:
    """Return the millimetres of paper that `job` takes."""
    return sum(map(_rows, job.parts)) / DOTS_PER_MM


def _rows(part: Part) -> int:
    return _ROWS[type(part)](part)
