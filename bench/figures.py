"""One figure of a bench: a value, and its ratio to a floor measured in the same run.

These machines are noisy; absolute values move by half between runs. The ratio is what is compared.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import quantiles
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` is value / floor, `floor` in the value's unit, `goal` in words."""

    name: str
    value: float
    unit: str
    ratio: float
    floor: float
    goal: str

    @classmethod
    def of(cls, name: str, value: float, unit: str, floor: float, goal: str) -> "Figure":
        """Return the figure of `value` against `floor`."""
        return cls(name, round(value, 4), unit, round(value / floor, 3), round(floor, 4), goal)

    def line(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that one call of `work` takes."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile (1 to 99) of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
