"""The calibration against cameras of known truth: what is found is what is, and what cannot be measured is not."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera_lens import Lens, fit
from drivers.camera_measure import MOST_BLUR
from drivers.camera_sheet import SQUARE_MM, corners_mm, draw_sheet
from drivers.model import DeviceInformation
from drivers.sim.pages import PIXELS_PER_MM, DrawnPage
from drivers.sim.photograph import Optics, Scene
from kiosk.calibration import Calibration, CalibrationError, Fault, Progress, Step, calibrate
from kiosk.calibration_file import CalibrationFile, CalibrationRefused
from kiosk.calibration_light import flicker
from kiosk.calibration_sheet import sheet_pdf
from kiosk.words import LANGUAGES, Words
from tests.kiosk.calibrating import FONT, VARIANTS, Desk, desk, sheet

BENT = Optics(radial=(-0.06, 0.015), blur=1.2, flicker=0.02)
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CAMERA = DeviceInformation(model_name="Document Camera", serial_number="A1")


@pytest.fixture(scope="module")
def bent() -> tuple[Scene, Desk, Calibration]:
    scene, under = desk(BENT)
    return scene, under, calibrate(under.grab, under.say)


@pytest.fixture(scope="module")
def straight() -> Scene:
    return Scene("dark", 3)


def test_millimetres_a_pixel_are_right_to_half_a_percent(bent: tuple[Scene, Desk, Calibration]) -> None:
    """Promise 4: a paper comes out in its true size, across and down."""
    scene, _, found = bent
    for measured, true in zip(found.lens.mm_per_pixel(), scene.true_mm_per_pixel(), strict=True):
        assert measured == pytest.approx(true, rel=0.005)


def test_the_lens_is_known_to_a_pixel_wherever_the_sheet_lay(bent: tuple[Scene, Desk, Calibration]) -> None:
    """Promise 4: what is said of the distortion is what the lens does."""
    scene, _, found = bent
    inside = corners_mm()
    straight = Lens(found.lens.matrix, (0.0, 0.0), scene.size).pixels(inside)
    centre = (np.array(scene.size) - 1) / 2
    r2 = (((straight - centre) / (np.hypot(*scene.size) / 2)) ** 2).sum(axis=1, keepdims=True)
    true = centre + (straight - centre) * (1 + BENT.radial[0] * r2 + BENT.radial[1] * r2**2)
    assert float(np.linalg.norm(found.lens.pixels(inside) - true, axis=1).max()) < 1
    assert found.residual < 0.3
    assert found.worst < 1
    assert found.lens.bend() > 30
    assert found.lens.radial == pytest.approx(BENT.radial, abs=0.01)


def test_a_sheet_of_eighty_corners_gives_the_lens_back_exactly() -> None:
    """Promise 4: without a camera's noise nothing is left over."""
    true = Lens(np.array([[5.8, 0.2, 500], [-0.1, 5.7, 90], [2e-5, -3e-5, 1]]), (0.04, -0.02), (2592, 1944))
    found, off = fit(corners_mm(), true.pixels(corners_mm()), true.size)
    assert off.max() < 1e-4
    assert found.radial == pytest.approx(true.radial, abs=1e-5)


def test_focus_light_and_flicker_are_measured(bent: tuple[Scene, Desk, Calibration]) -> None:
    """Promise 4: the numbers kept are those of this very camera and lamp."""
    _, _, found = bent
    assert found.blur == pytest.approx(BENT.blur, abs=0.35)
    assert 0.8 < found.evenness < 1
    assert found.contrast > 150
    assert found.flicker.depth == pytest.approx(2 * 0.866 * BENT.flicker, rel=0.3)
    assert found.flicker.mains_hz == 50


def test_the_empty_tray_is_kept_without_the_sheet(bent: tuple[Scene, Desk, Calibration]) -> None:
    """Promise 2: no paper gets into what is kept."""
    scene, under, found = bent
    small = cv2.resize(scene.empty(9).frames[0], found.empty_tray.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert float(cv2.blur(cv2.absdiff(small, found.empty_tray), (9, 9)).max()) < 8
    assert [each.step for each in under.told if each.part == 0.0] == [*list(Step)[:4]]
    assert under.told[-1] == Progress(Step.DONE, 1.0)


def _black_out_code(page: DrawnPage) -> None:
    page.image[round(240 * PIXELS_PER_MM) :, : round(54 * PIXELS_PER_MM)] = 255


@pytest.mark.parametrize(
    ("fault", "frames"),
    [
        (Fault.NOT_FOUND, lambda scene: scene.empty(1, VARIANTS).frames),
        (Fault.PART_VISIBLE, lambda scene: sheet(scene, defects=("cut_off",))),
        (Fault.TOO_DARK, lambda scene: sheet(scene, defects=("dark",))),
        (Fault.BLURRED, lambda scene: sheet(scene, defects=("blur",))),
        (Fault.TOO_BRIGHT, lambda scene: tuple(cv2.multiply(f, np.ones_like(f), scale=1.6) for f in sheet(scene))),
        (Fault.OTHER_VERSION, lambda scene: sheet(scene, change=_black_out_code)),
        (Fault.MOVING, lambda scene: sheet(scene, seed=5)[:1] + sheet(scene, seed=6)[:1]),
    ],
)
def test_each_hindrance_is_told_and_ends_the_wait(straight: Scene, fault: Fault, frames: object) -> None:
    """Promise 6 and 8: the technician hears what to do, and the wait ends."""
    assert callable(frames)
    under = Desk(frames(straight), ())
    with pytest.raises(CalibrationError) as raised:
        calibrate(under.grab, under.say, patience=0.2)
    assert raised.value.fault is fault
    assert Progress(Step.LAY_SHEET, 0.0, fault) in under.told


def test_a_sheet_left_lying_is_no_empty_tray(straight: Scene) -> None:
    """Promise 4: the tray is kept only when it is empty."""
    lies = sheet(straight)
    under = Desk(lies, lies)
    with pytest.raises(CalibrationError) as raised:
        calibrate(under.grab, under.say, patience=1.5)
    assert raised.value.fault is Fault.TRAY_NOT_EMPTY


def test_a_shrunken_print_is_put_right_by_a_ruler(straight: Scene) -> None:
    """Promise 4: a printer that fits the page to its margins does not falsify the millimetres."""
    under = Desk(sheet(straight), straight.empty(1, VARIANTS).frames)
    found = calibrate(under.grab, under.say, line_mm=97.0)
    assert found.mm_per_pixel == pytest.approx(0.97 * np.sqrt(np.prod(straight.true_mm_per_pixel())), rel=0.005)


def test_every_step_and_fault_has_its_sentence() -> None:
    """Promise 6 and 8: nothing is told by a bare word, in either language."""
    progress = [Progress(step) for step in Step] + [Progress(Step.LAY_SHEET, 0.0, fault) for fault in Fault]
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.say(each.key) for each in progress)


def test_the_printed_squares_are_twenty_millimetres(tmp_path: Path) -> None:
    """Promise 4: the paper is what the measuring takes it for, once it has gone through a PDF."""
    (tmp_path / "sheet.pdf").write_bytes(sheet_pdf())
    subprocess.run(
        ["pdftoppm", "-r", "127", "-gray", "-singlefile", tmp_path / "sheet.pdf", tmp_path / "sheet"], check=True
    )
    printed = cv2.imread(str(tmp_path / "sheet.pgm"), cv2.IMREAD_GRAYSCALE)
    assert printed is not None
    assert printed.shape == pytest.approx((1485, 1050), abs=1), "A4 at 5 pixels a millimetre"
    below = printed[: (15 + 20 * 11) * 5, round(5 * (15 + SQUARE_MM / 2))]  # down the first column's middle
    borders = np.flatnonzero(np.abs(np.diff((below > 128).astype(int))))
    assert borders[0] / 5 == pytest.approx(15, abs=0.3)
    row = printed[(5 * 16), :]
    edges = np.flatnonzero(np.abs(np.diff((row > 128).astype(int)))) / 5
    assert np.diff(edges[:10]) == pytest.approx(np.full(9, 20.0), abs=0.25)
    assert SQUARE_MM == 20.0


def test_the_sheet_is_the_same_each_time() -> None:
    """Promise 4: two prints of one version are one sheet."""
    assert np.array_equal(draw_sheet(FONT), draw_sheet(FONT))


def test_what_was_kept_is_read_back_and_private(tmp_path: Path, bent: tuple[Scene, Desk, Calibration]) -> None:
    """Promise 4: the values of the day it was done, by whom, of which camera."""
    _, _, found = bent
    file = CalibrationFile(tmp_path / "state")
    kept = file.keep(found, CAMERA, "1234", AT)
    assert file.read() == kept
    assert (kept.model, kept.serial, kept.by, kept.at) == ("Document Camera", "A1", "1234", AT)
    assert file.path.stat().st_mode & 0o777 == 0o600
    known = kept.known()
    assert known.mm_per_pixel == pytest.approx(found.mm_per_pixel)
    assert known.empty_tray.shape == found.empty_tray.shape
    assert "empty_tray" not in repr(kept)


def test_nothing_kept_is_no_calibration(tmp_path: Path) -> None:
    """Promise 4: what nobody measured is not known."""
    assert CalibrationFile(tmp_path).read() is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _text: "",
        lambda text: json.dumps(json.loads(text) | {"sheet": "BUDAYANG-CALIBRATION-9"}),
        lambda text: json.dumps(json.loads(text) | {"mm_per_pixel_x": 0.0}),
        lambda text: json.dumps(json.loads(text) | {"mm_per_pixel_y": float("nan")}),
        lambda text: json.dumps(json.loads(text) | {"empty_tray": "AAAA"}),
        lambda text: json.dumps(json.loads(text) | {"empty_tray": "?"}),
        lambda text: json.dumps(json.loads(text) | {"unknown": 1}),
    ],
)
def test_a_torn_or_foreign_file_is_refused(
    tmp_path: Path, bent: tuple[Scene, Desk, Calibration], spoil: object
) -> None:
    """Promise 4: half a calibration is none, and says so."""
    file = CalibrationFile(tmp_path)
    file.keep(bent[2], CAMERA, "1234", AT)
    assert callable(spoil)
    file.path.write_text(spoil(file.path.read_text("utf-8")), "utf-8")
    with pytest.raises(CalibrationRefused, match=r"calibration\.json"):
        file.read()


def test_light_without_a_swing_has_no_mains() -> None:
    """Promise 4: where nothing flickers, nothing is guessed of the mains."""
    times = [number / 30 for number in range(48)]
    assert flicker(times, [120 + number * 0.1 for number in range(48)]).mains_hz is None


@pytest.mark.parametrize(("swings", "fps", "mains"), [(100, 30, 50), (120, 25, 60), (100, 24, 50), (100, 20, None)])
def test_the_mains_are_known_by_their_alias(swings: int, fps: int, mains: int | None) -> None:
    """Promise 4: 50 or 60 Hz, or not known where the camera cannot see it."""
    times = [number / fps for number in range(48)]
    assert flicker(times, [120 + 3 * np.sin(2 * np.pi * swings * at + 1) for at in times]).mains_hz == mains


def test_more_blur_than_allowed_is_what_the_eye_calls_blurred() -> None:
    """Promise 4: the limit lies between the sharpest and the most blurred that is simulated."""
    assert Optics().blur < MOST_BLUR < 5
