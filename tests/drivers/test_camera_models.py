"""How a camera is set by its model, what it did not take, and how the system names it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import CameraOptions
from drivers.camera_inspector import Inspector
from drivers.camera_models import MODELS, model_of, wanted
from drivers.camera_name import identify
from drivers.camera_settings import apply
from drivers.camera_source import Wanted
from drivers.errors import Reason

MANUAL = Wanted(1920, 1080, 30, "MJPG", exposure=156, focus=40, white_balance="auto")


class Camera:
    """Keeps what it is set to, but for what it does not have."""

    def __init__(self, lacks: tuple[int, ...] = ()) -> None:
        self.taken: dict[int, float] = {}
        self._lacks = lacks

    def set(self, key: int, value: float, /) -> bool:
        if key in self._lacks:
            return False
        self.taken[key] = value
        return True

    def get(self, key: int, /) -> float:
        return self.taken.get(key, -1.0)


def test_every_setting_reaches_the_camera_automatics_first() -> None:
    """Promise 4: what kiosk.toml says is what the camera is told."""
    camera = Camera()
    assert apply(camera, MANUAL) == ()
    assert camera.taken[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert (camera.taken[cv2.CAP_PROP_AUTO_EXPOSURE], camera.taken[cv2.CAP_PROP_EXPOSURE]) == (1, 156)
    assert (camera.taken[cv2.CAP_PROP_AUTOFOCUS], camera.taken[cv2.CAP_PROP_FOCUS]) == (0, 40)
    assert camera.taken[cv2.CAP_PROP_AUTO_WB] == 1
    assert cv2.CAP_PROP_WB_TEMPERATURE not in camera.taken
    order = list(camera.taken)
    assert order.index(cv2.CAP_PROP_AUTO_EXPOSURE) < order.index(cv2.CAP_PROP_EXPOSURE)


def test_what_was_not_taken_is_said_with_what_it_is() -> None:
    """Promise 4: a camera without a focus motor is not silently taken for one that has it."""
    assert apply(Camera(lacks=(cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_FPS)), MANUAL) == (
        "fps: wanted 30, is -1",
        "focus: wanted 40, is -1",
    )


def test_a_real_capture_that_takes_nothing_says_all_of_it(tmp_path: Path) -> None:
    """Promise 4: OpenCV's own refusal is heard (a film cannot be set)."""
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 25, (80, 60))
    writer.write(np.zeros((60, 80, 3), np.uint8))
    writer.release()
    capture = cv2.VideoCapture(str(film))
    try:
        refused = [phrase.split(":")[0] for phrase in apply(capture, MANUAL)]
    finally:
        capture.release()
    assert refused[:3] == ["width", "height", "fps"]
    assert "exposure" in refused


def test_what_nobody_tried_is_left_alone() -> None:
    """Promise 4: an unknown camera keeps its own exposure, focus and colours."""
    usual = wanted(model_of("Some Camera: Some", CameraOptions()), CameraOptions())
    assert usual == Wanted(2592, 1944, 20.0)
    camera = Camera()
    apply(camera, usual)
    assert camera.taken.keys() == {
        cv2.CAP_PROP_BUFFERSIZE,
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [("HD Pro Webcam C920", "logitech_c920"), ("Logitech BRIO", "logitech_brio"), ("", "usual"), (None, "usual")],
)
def test_a_camera_is_known_by_the_name_the_system_gives_it(name: str | None, model: str) -> None:
    """Promise 3: a known camera needs no option."""
    assert model_of(name, CameraOptions()) == model


def test_options_go_before_the_table_one_by_one() -> None:
    """Promise 4: what a technician sets counts, and nothing beside it changes."""
    options = CameraOptions(model="logitech_c920", focus=30, width=1280)
    settings = wanted(model_of("Some Camera", options), options)
    assert settings == Wanted(1280, 1080, 30.0, "MJPG", exposure="auto", focus=30, white_balance="auto")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (partial(CameraOptions, model="c920"), "there are usual, logitech_c920"),
        (partial(CameraOptions, fourcc="H264X"), "four letters"),
    ],
)
def test_a_wrong_option_names_the_right_ones(given: Callable[[], CameraOptions], said: str) -> None:
    """Promise 8: the technician reads what would be right."""
    with pytest.raises(ValueError, match=said):
        given()


def test_no_two_models_have_one_name() -> None:
    """Promise 4: a camera's name leads to one row."""
    names = [name for model in MODELS.values() for name in model.named]
    assert len(names) == len(set(names))


def test_the_system_says_which_camera_it_is(tmp_path: Path) -> None:
    """Promise 4: name, serial number, maker and firmware, as the kernel tells them."""
    usb = tmp_path / "usb1" / "1-2"
    (usb / "1-2:1.0").mkdir(parents=True)
    for name, text in {"serial": "8A5F", "manufacturer": "Maker", "bcdDevice": "0011"}.items():
        (usb / name).write_text(f"{text}\n")
    entry = tmp_path / "video4linux" / "video2"
    entry.mkdir(parents=True)
    (entry / "name").write_text("HD Pro Webcam C920\n")
    (entry / "device").symlink_to(usb / "1-2:1.0")
    for url in ("2", "/dev/video2"):
        found = identify(url, tmp_path / "video4linux")
        assert (found.model_name, found.serial_number) == ("HD Pro Webcam C920", "8A5F")
        assert (found.maker, found.firmware) == ("Maker", "0011")


def test_what_the_system_does_not_say_is_not_known(tmp_path: Path) -> None:
    """Promise 4: no serial number is None, never an empty one."""
    entry = tmp_path / "video0"
    entry.mkdir()
    (entry / "name").write_text("Plain Camera\n")
    found = identify("0", tmp_path)
    assert (found.model_name, found.serial_number, found.maker) == ("Plain Camera", None, None)
    assert identify("7", tmp_path).model_name is None


def _noise(mean: float) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    noise = np.random.default_rng(1).normal(mean, 3, (64, 96, 3))
    return noise.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("mean", "reason", "measured"),
    [(3, Reason.DARK, "brightness 3 of 255"), (300, Reason.OVEREXPOSED, "brightness 255 of 255"), (90, None, "")],
)
def test_a_frame_is_judged_by_its_brightness(mean: float, reason: Reason | None, measured: str) -> None:
    """Promise 4: black and white pictures are told apart, with what was measured."""
    fault = Inspector((96, 64)).fault(_noise(mean), 1.0, live=True)
    assert (fault and fault.reason) == reason
    assert measured in (fault.detail if fault else "")
