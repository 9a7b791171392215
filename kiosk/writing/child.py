"""The process that composes: librime and zinnia live here, for the length of one visit.

One decision: a process of its own. What was written stays in a C library's freed memory, and goes only with the process
(promise 2); and a fault in a library takes a keyboard with it, not the kiosk (promise 3). Once the dictionaries are
open, it can open neither file nor socket (``RLIMIT_NOFILE`` 0), whatever a library may want to keep.
"""

import os
import resource
import signal
from collections.abc import Callable
from enum import StrEnum
from multiprocessing.connection import Connection

from kiosk.writing.composing import PINYIN, STROKE, Composed, Composer, open_rime
from kiosk.writing.places import PlacesError
from kiosk.writing.rime_api import RimeMissingError
from kiosk.writing.zinnia import Hand, HandMissingError, Strokes

_MOST_CHARACTERS = 24


class Engine(StrEnum):
    """What can be asked."""

    PINYIN = "pinyin"
    STROKE = "stroke"
    HAND = "hand"


Order = tuple[str, str, object]
"""Engine, what to do (``key``, ``erase``, ``choose``, ``clear``, ``recognise``), and with what."""


def run(connection: Connection) -> None:
    """Answer the writer at the other end of `connection` until it is gone.

    The first word is what cannot be asked here and why: nothing of it is personal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    composers, missing = _open_composers()
    hand = _open_hand(missing)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # what is open stays open
    try:
        connection.send(missing)
        while True:
            engine, deed, what = connection.recv()
            if engine == Engine.HAND:
                connection.send(_recognised(hand, what))
            else:
                connection.send(_DEEDS[deed](composers[engine], what))
    except (EOFError, OSError):  # the writer is gone, or has had enough of waiting
        os._exit(0)  # without the libraries' own endings: what they keep goes with the process


def _open_composers() -> tuple[dict[str, Composer], dict[str, str]]:
    composers, missing = dict[str, Composer](), dict[str, str]()
    try:
        rime = open_rime()
    except RimeMissingError as error:
        return {}, dict.fromkeys((str(Engine.PINYIN), str(Engine.STROKE)), str(error))
    for engine, schema in ((Engine.PINYIN, PINYIN), (Engine.STROKE, STROKE)):
        try:
            composers[engine] = Composer(rime, schema)
        except (RimeMissingError, PlacesError, OSError) as error:
            missing[engine] = str(error)
    return composers, missing


def _open_hand(missing: dict[str, str]) -> Hand | None:
    try:
        return Hand()
    except HandMissingError as error:
        missing[Engine.HAND] = str(error)
        return None


def _recognised(hand: Hand | None, what: object) -> Composed:
    strokes: Strokes = what  # type: ignore[assignment] # the other end sends nothing else
    return Composed() if hand is None else Composed(candidates=hand.recognise(strokes, _MOST_CHARACTERS))


def _clear(composer: Composer, _what: object) -> Composed:
    composer.clear()
    return Composed()


_DEEDS: dict[str, Callable[[Composer, object], Composed]] = {
    "key": lambda composer, letter: composer.key(str(letter)),
    "erase": lambda composer, _what: composer.erase(),
    "choose": lambda composer, index: composer.choose(int(str(index))),
    "clear": _clear,
}
