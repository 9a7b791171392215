"""The keypad of real keys, for whoever does not see or reach the glass: each does what its twin on the glass does.

One decision: it types only where a page has keys of numbers on it: there is no second way into a page. With headphones
plugged in, the keys that do not type read the page (`screens.aloud`).
"""

from collections.abc import Iterable

from kivy.uix.widget import Widget

from screens.blocks import Press, Touchable
from screens.widgets.keyboard import BOARD, ERASE, InputLine

_ANY_NUMBER, _WHEEL = "key:0", "wheel:year"
_TWINS = {"*": f"key:{ERASE}", "#": "next"}


def twin(shown: Iterable[Widget], key: str) -> Press | None:
    """Return what the key ``0123456789*#`` does on a page where these can be touched (* erases, # goes on), or None."""
    targets = {each.target: each for each in shown if isinstance(each, Touchable)}
    found = targets.get(_TWINS.get(key, f"key:{key}"))
    return found.press if found is not None and _ANY_NUMBER in targets else None


def to_numbers(shown: Iterable[Widget], key: str) -> Press | None:
    """Return what shows the keys of numbers where a date stands on a wheel instead and a digit was pressed, or None."""
    targets = {each.target: each for each in shown if hasattr(each, "target")}
    wheel = _WHEEL in targets and key.isdecimal()
    return targets[f"key:{BOARD}"].press if wheel else None


def takes_numbers(shown: Iterable[Widget]) -> bool:
    """Tell whether digits are typed on a page where these can be touched."""
    return bool({_ANY_NUMBER, _WHEEL} & {each.target for each in shown if hasattr(each, "target")})


def erases_nothing(shown: Iterable[Widget]) -> bool:
    """Tell whether there is nothing that * could erase."""
    touchables = list(shown)
    has_key = any(each.target == _TWINS["*"] for each in touchables if isinstance(each, Touchable))
    return not has_key or all(not each.label for each in touchables if isinstance(each, InputLine))
