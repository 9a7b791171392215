"""The plug-in point for a decoder of card photos that the operator installed, run in processes of its own.

One decision: a process decodes one photo and ends. The decoders there are, are closed libraries: they may crash, hang,
or keep what they saw, and none of that must reach the kiosk or outlive the visit. The next process waits ready then.
"""

import importlib
import importlib.util
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Reason

T = TypeVar("T")
Decode = Callable[[bytes], bytes]
"""``decode(wlt)`` takes the 1024 bytes of a card's photo and returns an image file: BMP, PNG or JPEG."""

_READY = b"R"
_REFUSED = b"X"  # and the reason behind it
_IMAGES = (b"BM", b"\x89PNG", b"\xff\xd8\xff")  # how the three kinds of files begin
_MOST = 1 << 20  # bytes of an image; 102 x 126 pixels have 38862 as BMP
_END_SECONDS = 1.0


def check_name(name: str) -> None:
    """Check that `name` is ``module:function`` or ``path/of/a/file.py:function``; the empty name is none.

    Raises:
        ValueError: it is neither.
    """
    place, _, function = name.rpartition(":")
    if name and not (place and function.isidentifier()):
        raise ValueError(f'photo_decoder = "{name}" is neither "module:function" nor "/path/file.py:function"')


class PhotoDecoder:
    """The decoder called `name`. Nothing it does raises; what is wrong with it is its `fault`.

    Life cycle: made -> start -> decode and look, any number of times -> stop -> start ...
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._child: _Child | None = None
        self.fault: DeviceError | None = None

    def start(self) -> None:
        """Have a process load the decoder; returns at once."""
        if self._name and self._child is None:
            self._child = _Child(self._name)

    def stop(self) -> None:
        """End the process; allowed at any time, more than once."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def look(self) -> DeviceError | None:
        """Return what is wrong with the decoder as far as one knows without waiting."""
        if self._child is not None:
            self._told(lambda child: child.await_ready(0.0))
        return self.fault

    def decode(self, photo: bytes, deadline: Deadline) -> bytes | None:
        """Return `photo` as an image file; None without a decoder, and when it cannot."""
        if not self._name:
            return None
        self.start()
        picture = self._told(lambda child: child.decode(photo, deadline))
        if picture is not None:
            self.fault = None
        self.stop()
        self.start()
        return picture

    def _told(self, asked: "Callable[[_Child], T]") -> T | None:
        """Return what the process says; a process that failed is over, and what it failed of is the fault."""
        assert self._child is not None  # noqa: S101 - asked only while there is one
        try:
            return asked(self._child)
        except _Failed as failure:
            detail = f"photo_decoder {self._name}: {failure}"
            self.fault = DeviceError(
                CompletionCode.DEVICE_NOT_READY,
                Reason.PLUGIN_FAILED,
                ErrorAction.CONFIGURATION,
                detail,
                {Fact.PLUGIN: self._name},
            )
            self.stop()
            return None


class _Failed(Exception):  # noqa: N818 - it is said of the decoder, and goes no further than this module
    """The process did not do what it was asked; the text says why, and quotes nothing of a photo."""


class _Child:
    """One process, from its start to its one photo."""

    def __init__(self, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=run, args=(theirs, name), name="photo decoder", daemon=True)
        self._process.start()
        theirs.close()
        self._is_ready = False

    def await_ready(self, seconds: float) -> bool:
        """Tell whether the decoder is loaded; hearing nothing in time is no failure yet."""
        if not self._is_ready:
            word = self._hear(seconds, "it ended while it was loaded; its own words are in the kiosk's log")
            if word is not None and word != _READY:
                raise _Failed(word[len(_REFUSED) :].decode("utf-8", "replace"))
            self._is_ready = word is not None
        return self._is_ready

    def decode(self, photo: bytes, deadline: Deadline) -> bytes:
        """Return the image."""
        if not self.await_ready(deadline.remaining()):
            raise _Failed("it was not loaded in time")
        try:
            self._connection.send_bytes(photo)
        except OSError as error:
            raise _Failed("it ended before its first photo") from error
        picture = self._hear(deadline.remaining(), "it crashed on a photo")
        if picture is None:
            raise _Failed("it did not come back from a photo in time")
        if not picture.startswith(_IMAGES):
            raise _Failed("what it returns is no BMP, PNG or JPEG file")
        return picture

    def end(self) -> None:
        """Let the process end; kill it if it does not."""
        self._connection.close()
        self._process.join(_END_SECONDS if self._is_ready else 0.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    def _hear(self, seconds: float, if_it_ended: str) -> bytes | None:
        try:
            return self._connection.recv_bytes(_MOST) if self._connection.poll(seconds) else None
        except (EOFError, OSError) as error:
            raise _Failed(if_it_ended) from error


def run(connection: Connection, name: str) -> None:
    """Load the decoder, decode one photo, and end (in the process)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        decode = load(name)
    except (ImportError, AttributeError, OSError, SyntaxError) as error:
        connection.send_bytes(_REFUSED + str(error).encode())
        return
    connection.send_bytes(_READY)
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # from here on it knows a person: whatever it prints, a traceback too, must reach no log
        os.dup2(silent, stream)
    try:
        photo = connection.recv_bytes()
    except EOFError:
        return  # nobody wants a photo decoded any more
    connection.send_bytes(decode(photo))


def load(name: str) -> Decode:
    """Return the function called `name`.

    Raises:
        ImportError, OSError, SyntaxError: there is no such module or file, or it cannot be loaded.
        AttributeError: it has no such function.
    """
    place, _, function = name.rpartition(":")
    if place.endswith(".py"):
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        if spec is None or spec.loader is None:
            raise ImportError(f"{place} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    decode: Decode = getattr(module, function)
    return decode
