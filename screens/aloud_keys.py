"""What each of the twelve keys does while the page is read aloud. 5 has the mark that a finger finds.

One decision: one function a key, the same on every page; where a page takes numbers, digits type (`screens.keypad`).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.aloud import Aloud

KEYS: Mapping[str, Callable[["Aloud"], None]] = {
    "1": lambda aloud: aloud.tell_where(),
    "2": lambda aloud: aloud.previous_item(),
    "3": lambda aloud: aloud.switch_language(),
    "4": lambda aloud: aloud.speak_faster(-1),
    "5": lambda aloud: aloud.choose(),
    "6": lambda aloud: aloud.speak_faster(1),
    "7": lambda aloud: aloud.speak_louder(-1),
    "8": lambda aloud: aloud.next_item(),
    "9": lambda aloud: aloud.speak_louder(1),
    "0": lambda aloud: aloud.say_again(),
    "*": lambda aloud: aloud.go_back(),
    "#": lambda aloud: aloud.go_on(),
}
