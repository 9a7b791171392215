"""A screen to show the window on: the one there is, or a virtual one; pictures of it, and touches on it.

Touches are real input events (XTEST), pictures are what the X server shows (GetImage): nothing here knows Kivy.
"""

import os
import shutil
import subprocess
import time
from types import TracebackType
from typing import Self

from PIL import Image
from Xlib import X, display
from Xlib.ext import xtest

from roles.processes import tied

_START_SECONDS = 10.0


class ScreenError(Exception):
    """There is no screen to show the window on; the text says what to install."""


class VirtualScreen:
    """An Xvfb of `width` x `height` pixels on a display number of its own. Use as a context manager."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._process: subprocess.Popen[bytes] | None = None
        self.name = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the X server.

        Raises:
            ScreenError: when Xvfb is not installed or does not come up.
        """
        program = shutil.which("Xvfb")
        if program is None:
            raise ScreenError("there is no display and no Xvfb: run `make run` as root once, or apt-get install xvfb")
        reader, writer = os.pipe()
        width, height = self._size
        arguments = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(  # noqa: S603 - Debian's Xvfb
            tied([program, "-displayfd", str(writer), *arguments], "TERM"),
            pass_fds=(writer,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # ends with the server's word, or with its death
        if not number:
            raise ScreenError("Xvfb ended before it had a display")
        self.name = f":{number}"

    @property
    def alive(self) -> bool:
        """Whether the X server runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the X server."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(_START_SECONDS)


class Hand:
    """A finger and an eye on one display."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)
        self._root = self._display.screen().root

    def touch(self, x: float, y: float, hold: float = 0.03) -> None:
        """Press and release at window pixels (origin top left), `hold` seconds between."""
        self.move(x, y)
        self.press()
        time.sleep(hold)
        self.release()

    def move(self, x: float, y: float) -> None:
        """Move the pointer."""
        xtest.fake_input(self._display, X.MotionNotify, x=int(x), y=int(y))
        self._display.sync()

    def press(self) -> None:
        """Put the finger down."""
        xtest.fake_input(self._display, X.ButtonPress, 1)
        self._display.sync()

    def release(self) -> None:
        """Lift the finger."""
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def stroke(self, points: list[tuple[float, float]], pause: float = 0.008) -> None:
        """Draw a line through `points` with the finger down."""
        self.move(*points[0])
        self.press()
        for x, y in points[1:]:
            self.move(x, y)
            time.sleep(pause)
        self.release()

    def size(self) -> tuple[int, int]:
        """Return width and height of the display in pixels."""
        geometry = self._root.get_geometry()
        return geometry.width, geometry.height

    def picture(self) -> Image.Image:
        """Return what the display shows, RGB."""
        width, height = self.size()
        raw = self._root.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (width, height), raw.data, "raw", "BGRX")

    def patch(self, x: int, y: int, size: int) -> bytes:
        """Return the raw pixels of a small square, for telling whether it changed."""
        data: bytes = self._root.get_image(x, y, size, size, X.ZPixmap, 0xFFFFFFFF).data
        return data

    def close(self) -> None:
        """Leave the display."""
        self._display.close()
