"""Handwriting by zinnia (`zinnia.h` 0.06) and Tegaki's model of the 6,763 characters of GB 2312, through ctypes."""

import ctypes
from collections.abc import Sequence
from ctypes import c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path

LIBRARY = "libzinnia.so.0"
MODEL = Path("/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model")  # Debian: tegaki-zinnia-simplified-chinese
SIDE = 300  # of the square that strokes are scaled into; the model was taught on 1,000 and does not mind
_MOST_POINTS = 64  # of one stroke; a finger that rests gives thousands
_PROTOTYPES: dict[str, tuple[object, tuple[object, ...]]] = {
    "zinnia_recognizer_new": (c_void_p, ()),
    "zinnia_recognizer_open": (c_int, (c_void_p, c_char_p)),
    "zinnia_recognizer_destroy": (None, (c_void_p,)),
    "zinnia_recognizer_classify": (c_void_p, (c_void_p, c_void_p, c_size_t)),
    "zinnia_character_new": (c_void_p, ()),
    "zinnia_character_clear": (None, (c_void_p,)),
    "zinnia_character_destroy": (None, (c_void_p,)),
    "zinnia_character_set_width": (None, (c_void_p, c_size_t)),
    "zinnia_character_set_height": (None, (c_void_p, c_size_t)),
    "zinnia_character_add": (c_int, (c_void_p, c_size_t, c_int, c_int)),
    "zinnia_result_size": (c_size_t, (c_void_p,)),
    "zinnia_result_value": (c_char_p, (c_void_p, c_size_t)),
    "zinnia_result_destroy": (None, (c_void_p,)),
}
Strokes = Sequence[Sequence[tuple[float, float]]]


class HandMissingError(Exception):
    """The library or its model is not on this machine; the text names it."""


class Hand:
    """Recognises one character at a time."""

    def __init__(self, model: Path = MODEL) -> None:
        """Load library and model.

        Raises:
            HandMissingError: one of them is not installed.
        """
        try:
            self._call = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise HandMissingError(f"{LIBRARY} is not installed (Debian: libzinnia0)") from error
        for name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(self._call, name)
            function.restype, function.argtypes = result, arguments
        self._recognizer = self._call.zinnia_recognizer_new()
        if not self._call.zinnia_recognizer_open(self._recognizer, str(model).encode()):
            self._call.zinnia_recognizer_destroy(self._recognizer)
            raise HandMissingError(f"{model.name} cannot be opened (Debian: tegaki-zinnia-simplified-chinese)")
        self._character = self._call.zinnia_character_new()

    def recognise(self, strokes: Strokes, most: int) -> tuple[str, ...]:
        """Return up to `most` characters that strokes in a square of side 1 may be, the likeliest first."""
        call, character = self._call, self._character
        call.zinnia_character_clear(character)
        call.zinnia_character_set_width(character, SIDE)
        call.zinnia_character_set_height(character, SIDE)
        for number, stroke in enumerate(each for each in strokes if each):
            for x, y in _thinned(stroke):
                call.zinnia_character_add(character, number, _scaled(x), _scaled(y))
        result = call.zinnia_recognizer_classify(self._recognizer, character, most)
        call.zinnia_character_clear(character)  # what was drawn is not kept
        if not result:  # nothing was drawn
            return ()
        found = [call.zinnia_result_value(result, index) for index in range(call.zinnia_result_size(result))]
        call.zinnia_result_destroy(result)
        return tuple(value.decode("utf-8", "replace") for value in found)

    def close(self) -> None:
        """Let library and model go."""
        character, self._character = self._character, None
        if character is not None:
            self._call.zinnia_character_destroy(character)
            self._call.zinnia_recognizer_destroy(self._recognizer)


def _scaled(part: float) -> int:
    return round(min(max(part, 0.0), 1.0) * (SIDE - 1))


def _thinned(stroke: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    step = max(1, -(-len(stroke) // _MOST_POINTS))
    return stroke if step == 1 else [*stroke[:-1:step], stroke[-1]]
