"""The tray under the document camera, simulated: papers are laid, the camera's folder of pictures changes.

One decision: the folder the camera reads is a symbolic link to a generation of pictures; a new generation is written
beside it and the link swapped, so that the camera never sees half a change. A generation is four frames that differ in
sensor noise alone: equal frames mean a frozen camera, here as with a real one.
"""

import dataclasses
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from drivers.sim import pages
from drivers.sim.fault import SimulatorError
from drivers.sim.photograph import DEFECTS, STRAIGHT, TRAYS, Image, Optics, Scene

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "hukou": "户口簿 · household register",
        "form": "登记表 · A4 form",
        "certificate": "荣誉证书 · certificate",
        "bank_card": "银行卡 · bank card",
        "id_copy": "身份证复印件 · ID copy",
        "blank": "白纸 · blank sheet",
        "calibration": "校准页 · calibration sheet",
    }
)
"""What can be laid: kind and title."""

_SMALL = ("hukou", "bank_card")  # as large as half the tray
FAULTS = ("freeze", "die", "dark", "dazzle", "lie", "repeat", "shrink", "garbage", "move")
"""The faults the camera over it can have; `TraySimulator.do` says what each is."""

_VARIANTS = 4
_KEPT = 2  # the camera may be reading the one before; emptied under its eyes, it would look like an unplugged camera
_QUALITY = 92
_PUSHED = Optics(shift_mm=(6.0, 4.0), turn=0.5)


class TraySimulator:
    """Lays pages for a camera whose url is `folder` (made here, as a link; its parent holds the generations)."""

    def __init__(
        self,
        folder: Path,
        font: Path,
        tray: str = "dark",
        scene_seed: int = 0,
        size: tuple[int, int] = (2592, 1944),
    ) -> None:
        if tray not in TRAYS:
            raise SimulatorError(f"there is no tray {tray!r}; there are {', '.join(TRAYS)}")
        self.folder = folder
        self._font = font
        self._make_scene: Callable[[Optics], Scene] = lambda optics: Scene(tray, scene_seed, size, optics=optics)
        self._scene: Scene | None = None
        self._current: tuple[Image, ...] = ()
        self._generations: list[Path] = []
        self._laid = 0
        self._variants = _VARIANTS
        self._state: dict[str, object] = {"page": None, "defects": [], "fault": None}
        self._lock = threading.Lock()
        self._actions: dict[str, Callable[[Mapping[str, object]], Mapping[str, object]]] = {
            "lay": self._lay,
            "mount": self._mount,
            "clear": self._clear,
            "recover": self._recover,
            "freeze": self._freeze,
            "die": self._die,
            "dark": self._dark,
            "dazzle": self._dazzle,
            "lie": self._lie,
            "repeat": self._repeat,
            "shrink": self._shrink,
            "move": self._move,
            "garbage": self._garbage,
            "faults": lambda _arguments: {"faults": list(FAULTS)},
            "state": lambda _arguments: dict(self._state),
        }

    def start(self) -> None:
        """Put the empty tray under the camera."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self.folder.is_dir() and not self.folder.is_symlink():
            self.folder.rmdir()  # an empty folder is nobody's; one with pictures in it raises, for they are somebody's
        for stale in self.folder.parent.glob(f".{self.folder.name}.*"):
            shutil.rmtree(stale)
        self.do("mount")

    def stop(self) -> None:
        """Take camera and pictures away."""
        with self._lock:
            self.folder.unlink(missing_ok=True)
            self._forget(0)

    def do(self, action: str, **arguments: object) -> Mapping[str, object]:
        """Do one of: ``lay`` (page, seed, defects, fields, corner, beside, swap), ``clear``, ``mount``, and the faults.

        ``lay`` lifts the paper before first; with ``swap`` it goes under the hand that brings this one, and the tray is
        never bare.

        ``mount`` puts the camera up anew over the empty tray, with the fields of `photograph.Optics` that are given.
        Faults: ``freeze`` (the camera blocks in its read), ``die`` (it is gone), ``dark``, ``dazzle`` (all white),
        ``lie`` (a flat grey picture), ``repeat`` (one picture for ever), ``shrink`` (pictures of half the size),
        ``garbage`` (torn pictures), ``move`` (the tray is pushed aside); ``recover`` ends them, as ``lay`` and
        ``clear`` do. ``faults`` names them, ``state`` tells what lies there and which fault is in force.

        Raises:
            SimulatorError: what the tray cannot do, with what it can.
        """
        if action == "fault":
            action = str(arguments.pop("name", ""))
            if action not in FAULTS:
                raise SimulatorError(f"there is no fault {action!r} here; there are {', '.join(FAULTS)}")
        if action not in self._actions:
            raise SimulatorError(f"a tray cannot {action!r}; it can {', '.join(self._actions)}")
        with self._lock:
            return self._actions[action](arguments)

    def _lay(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        beside, swap = _beside(arguments), arguments.get("swap") is True
        kind, seed, defects, fields, corner = _laying(arguments, self._laid)
        scene = self._ready()
        page = pages.draw_page("blank" if "empty" in defects else kind, self._font, fields)
        other = None if beside is None else pages.draw_page(beside, self._font, fields)
        if swap:
            self._show(scene.photograph(page, seed, ["finger"], self._variants, 2, other).frames)
        elif self._laid:
            self._show(scene.empty(seed, self._variants).frames)  # the paper before it is lifted first
        photograph = scene.photograph(page, seed, defects, self._variants, corner, other)
        self._laid += 1
        self._show(photograph.frames)
        self._state |= {"page": kind, "defects": defects}
        corners = photograph.corners
        return {"corners": [] if corners is None else corners.round(2).tolist(), "mm_per_pixel": scene.mm_per_pixel}

    def _mount(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        optics = _optics(arguments)
        self._scene = self._make_scene(optics)
        self._variants = _VARIANTS * optics.swing if optics.flicker else _VARIANTS  # whole swings of the lamp
        self._clear({})
        return {"mm_per_pixel": self._scene.true_mm_per_pixel()}

    def _clear(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self._show(self._ready().empty(self._laid, self._variants).frames)
        self._state |= {"page": None, "defects": []}
        return {}

    def _recover(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self._show(self._current)
        return {}

    def _freeze(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Make every picture a pipe nobody writes to: opening it blocks, exactly as a stuck camera's read does."""

        def write(folder: Path) -> None:
            for i in range(_VARIANTS):
                os.mkfifo(folder / f"{i}.jpg")

        self._publish(write)
        self._state["fault"] = "freeze"
        return {}

    def _die(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self.folder.unlink(missing_ok=True)
        self._state["fault"] = "die"
        return {}

    def _dark(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self._publish(_writer(self._ready().empty(0, _VARIANTS, ["dark"]).frames))
        self._state["fault"] = "dark"
        return {}

    def _dazzle(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        frames = [cv2.add(frame, np.full_like(frame, 230)) for frame in self._current]
        self._publish(_writer([np.asarray(frame, np.uint8) for frame in frames]))
        self._state["fault"] = "dazzle"
        return {}

    def _repeat(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self._publish(_writer(self._current[:1] * _VARIANTS))
        self._state["fault"] = "repeat"
        return {}

    def _shrink(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        small = [cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for frame in self._current]
        self._publish(_writer([np.asarray(frame, np.uint8) for frame in small]))
        self._state["fault"] = "shrink"
        return {}

    def _move(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        self._publish(_writer(self._make_scene(_PUSHED).empty(self._laid, _VARIANTS).frames))
        self._state["fault"] = "move"
        return {}

    def _lie(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        width, height = self._ready().size
        self._publish(_writer([np.full((height, width, 3), 128, np.uint8)] * _VARIANTS))
        self._state["fault"] = "lie"
        return {}

    def _garbage(self, _arguments: Mapping[str, object]) -> Mapping[str, object]:
        whole = _encode(self._current[0])

        def write(folder: Path) -> None:
            for i in range(_VARIANTS):
                (folder / f"{i}.jpg").write_bytes(whole[: len(whole) // 2])

        self._publish(write)
        self._state["fault"] = "garbage"
        return {}

    def _ready(self) -> Scene:
        if self._scene is None:
            raise SimulatorError("the tray has not been started")
        return self._scene

    def _show(self, frames: tuple[Image, ...]) -> None:
        self._current = frames
        self._publish(_writer(frames))
        self._state["fault"] = None

    def _publish(self, write: Callable[[Path], object]) -> None:
        """Write a new generation and swap the link to it."""
        generation = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}.", dir=self.folder.parent))
        write(generation)
        link = generation.with_name(generation.name + ".link")
        link.symlink_to(generation.name)
        link.replace(self.folder)
        self._generations.append(generation)
        self._forget(_KEPT)

    def _forget(self, but: int) -> None:
        """Delete all generations but the last few."""
        while len(self._generations) > but:
            shutil.rmtree(self._generations.pop(0))


def _laying(
    arguments: Mapping[str, object], laid: int
) -> tuple[str, int, list[str], Mapping[str, str] | None, int | None]:
    """Check what a ``lay`` says; the seed is the count of papers laid if it says none."""
    known = {"page", "seed", "defects", "fields", "corner", "beside", "swap"}
    if unknown := arguments.keys() - known:
        raise SimulatorError(f"lay knows no {', '.join(sorted(unknown))}; it knows {', '.join(sorted(known))}")
    kind, seed, defects = arguments.get("page"), arguments.get("seed", laid), arguments.get("defects", [])
    fields, corner = arguments.get("fields"), arguments.get("corner")
    if not isinstance(kind, str) or kind not in PAGES:
        raise SimulatorError(f"there is no page {kind!r}; there are {', '.join(PAGES)}")
    if not isinstance(seed, int):
        raise SimulatorError(f"seed is a whole number, not {seed!r}")
    if not isinstance(defects, Sequence) or not all(defect in DEFECTS for defect in defects):
        raise SimulatorError(f"defects are a list of {', '.join(DEFECTS)}")
    if fields is not None and not isinstance(fields, Mapping):
        raise SimulatorError("fields are names and values")
    if corner is not None and corner not in (0, 1, 2, 3):
        raise SimulatorError("corner is 0 to 3: top left, top right, bottom right, bottom left")
    texts = None if fields is None else {str(name): str(value) for name, value in fields.items()}
    return kind, seed, [str(defect) for defect in defects], texts, None if corner is None else int(str(corner))


def _beside(arguments: Mapping[str, object]) -> str | None:
    """Check what a ``lay`` says of a second paper; both must fit beside each other."""
    kinds = (arguments.get("page"), arguments.get("beside"))
    if kinds[1] is None:
        return None
    if not all(kind in _SMALL for kind in kinds):
        raise SimulatorError(f"beside each other fit {', '.join(_SMALL)}")
    return str(kinds[1])


def _optics(arguments: Mapping[str, object]) -> Optics:
    """Check what a ``mount`` says; pairs come as lists of two numbers."""
    names = {each.name for each in dataclasses.fields(Optics)}
    if unknown := arguments.keys() - names:
        raise SimulatorError(f"mount knows no {', '.join(sorted(unknown))}; it knows {', '.join(sorted(names))}")
    given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in arguments.items()}
    for name, value in given.items():
        usual = getattr(STRAIGHT, name)
        numbers = value if isinstance(value, tuple) else (value,)
        as_many = len(numbers) == (len(usual) if isinstance(usual, tuple) else 1)
        if not as_many or not all(isinstance(number, int | float) for number in numbers):
            raise SimulatorError(f"{name} is given as {usual!r} is, not as {value!r}")
    return Optics(**given)


def _encode(frame: Image) -> bytes:
    return cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _writer(frames: Sequence[Image]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for i, frame in enumerate(frames):
            (folder / f"{i}.jpg").write_bytes(_encode(frame))

    return write
