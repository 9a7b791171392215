"""Where frames come from: a V4L2 camera, a folder of pictures, a video file. Runs in the capture child alone.

One decision: a source may block or fail as it likes; the driver's deadline and the child's death deal with blocking,
`SourceFault` tells the rest. Real and simulated differ by the url alone.
"""

import time
from pathlib import Path

import cv2
import numpy as np

from drivers.camera_settings import apply
from drivers.camera_source import Image, Source, SourceFault, Wanted
from drivers.errors import Reason
from drivers.picture_size import PictureError, ensure_size

_ENDINGS = {".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9", ".png": b"IEND\xaeB`\x82"}  # ITU T.81 EOI; PNG (RFC 2083) IEND
_MOST_CACHED = 8


def open_source(url: str, wanted: Wanted) -> Source:
    """Open what `url` names: a folder, ``/dev/...`` or an index, or a video file.

    Raises:
        SourceFault: it is not there, or will not open.
    """
    path = Path(url)
    if path.is_dir():
        return FolderSource(path, wanted.fps)
    if path.is_file():
        return CaptureSource(cv2.VideoCapture(url), url, pace=Pace(wanted.fps))
    if not url.isdecimal() and not path.exists():
        raise SourceFault(Reason.GONE, f"{url} is not there")
    capture = cv2.VideoCapture(int(url) if url.isdecimal() else url, cv2.CAP_V4L2)
    return CaptureSource(capture, url, pace=None, not_taken=apply(capture, wanted))


class Pace:
    """Holds a source to its frames a second."""

    def __init__(self, fps: float) -> None:
        self._period = 1.0 / fps
        self._due = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next frame is due."""
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._due = max(self._due + self._period, time.monotonic())


class CaptureSource:
    """A V4L2 camera, or a video file played in a loop at its pace (`pace` None: a camera keeps its own)."""

    def __init__(self, capture: cv2.VideoCapture, url: str, pace: Pace | None, not_taken: tuple[str, ...] = ()) -> None:
        self._capture, self._url, self._pace = capture, url, pace
        self.not_taken = not_taken
        self.live = True
        if not capture.isOpened():
            raise SourceFault(Reason.GONE, f"{url} does not open")

    def read(self) -> Image:
        """Return the next frame."""
        if self._pace is not None:
            self._pace.wait()
        taken, image = self._capture.read()
        if not taken and self._pace is not None:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            taken, image = self._capture.read()
        if not taken:
            raise SourceFault(Reason.GONE, f"{self._url} gives no more frames")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()


class FolderSource:
    """The pictures of a folder in name order, over and over, looked up anew each time so that they can be swapped.

    A folder of several pictures is a live camera (they differ in noise); a single picture is a still, never frozen.
    """

    def __init__(self, folder: Path, fps: float) -> None:
        self._folder = folder
        self._pace = Pace(fps)
        self._last = ""
        self._cache: dict[str, tuple[tuple[int, int], Image]] = {}
        self.live = len(self._names()) > 1
        self.not_taken: tuple[str, ...] = ()

    def read(self) -> Image:
        """Return the next picture."""
        self._pace.wait()
        names = self._names()
        self.live = len(names) > 1
        self._last = next((name for name in names if name > self._last), names[0])
        return self._picture(self._folder / self._last)

    def close(self) -> None:
        """Forget the pictures."""
        self._cache.clear()

    def _names(self) -> list[str]:
        try:
            names = sorted(path.name for path in self._folder.iterdir() if path.suffix.lower() in _ENDINGS)
        except OSError as error:
            raise SourceFault(Reason.GONE, f"{self._folder} is not there") from error
        if not names:
            raise SourceFault(Reason.GONE, f"{self._folder} holds no picture")
        return names

    def _picture(self, path: Path) -> Image:
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            known = self._cache.get(path.name)
            if known is not None and known[0] == stamp:
                return known[1]
            data = path.read_bytes()
        except OSError as error:
            raise SourceFault(Reason.GONE, f"{path.name} went away") from error
        if not data.endswith(_ENDINGS[path.suffix.lower()]):
            raise SourceFault(Reason.GARBLED, f"{path.name} is torn after {len(data)} bytes")
        image = _decoded(path.name, data)
        while len(self._cache) >= _MOST_CACHED:
            self._cache.pop(next(iter(self._cache)))
        self._cache[path.name] = (stamp, image)
        return self._cache[path.name][1]


def _decoded(name: str, data: bytes) -> Image:
    try:
        ensure_size(data)  # a small file may claim to be a picture larger than the memory
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except (PictureError, cv2.error) as error:
        raise SourceFault(Reason.GARBLED, f"{name} is no picture that can be decoded") from error
    if image is None:
        raise SourceFault(Reason.GARBLED, f"{name} is no picture that can be decoded")
    return np.asarray(image, np.uint8)
