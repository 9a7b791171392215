"""The rows of the document camera."""

from concurrent.futures import Future
from dataclasses import replace
from typing import Any, ClassVar

from drivers.camera import CameraOptions, DocumentCamera, Frame, GrabFrame, LearnCalibration, StartCapture, StopCapture
from drivers.device import Driver
from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus
from drivers.sim import tray
from drivers.sim.tray import TraySimulator
from tests.drivers.camera_bench import SIZE, small_tray
from tests.drivers.matrix import BRISK, GARBLED, GONE, HEALTH, OUTER, WELL, Ending, Row, Stand, Verdict, either, row

ONLINE, BROKEN, OFF = DeviceStatus.ONLINE, DeviceStatus.HARDWARE_ERROR, DeviceStatus.POWER_OFF
HARDWARE = CompletionCode.HARDWARE_ERROR
FROZEN: Verdict = (HARDWARE, Reason.FROZEN, ErrorAction.RESET)
DARK: Verdict = (HARDWARE, Reason.DARK, ErrorAction.MAINTENANCE)
DAZZLED: Verdict = (HARDWARE, Reason.OVEREXPOSED, ErrorAction.MAINTENANCE)
OTHER_SIZE: Verdict = (HARDWARE, Reason.REFUSED, ErrorAction.CONFIGURATION)
NO_SHEET: Verdict = (CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)
BLIND = ("StopCapture", "LearnCalibration", "INTERNAL")
"""Commands that take no picture."""


def seen(fault: str, verdict: Verdict) -> Row:
    """Return the row of what only a picture shows: without one nobody knows, and so nobody says it."""
    ends: dict[str, Ending] = {"GrabFrame": verdict, **dict.fromkeys(OUTER, verdict), "*": WELL}
    return row(fault, BROKEN, verdict, ends=ends, unseen=BLIND)


class CameraStand(Stand):
    """The document camera. At the beginning of a cell it is closed, so that no frame from before the fault is left."""

    device_class = DeviceClass.DOCUMENT_CAMERA
    home = "drivers.camera"
    commands: ClassVar = {
        "GrabFrame": GrabFrame,
        "StartCapture": StartCapture,
        "StopCapture": StopCapture,
        "LearnCalibration": LearnCalibration,
        **HEALTH,
    }
    proof = "GrabFrame"
    faults = tray.FAULTS
    unplugging = "die"
    brisk = replace(BRISK, answer=5.0, open=20.0)  # a capture process takes its time to start, on a busy machine longer
    others = frozenset({"lay", "mount", "clear", "recover", "faults", "state"})
    rows: ClassVar[tuple[Row, ...]] = (
        seen("freeze", FROZEN),
        seen("dark", DARK),
        seen("dazzle", DAZZLED),
        seen("lie", GARBLED),
        seen("shrink", OTHER_SIZE),
        seen("garbage", GARBLED),
        # One picture for ever is a still until two seconds have passed: only who looks for so long can know.
        row(
            "repeat", BROKEN, FROZEN,
            ends={"*": WELL, "INTERACTIVE": FROZEN},
            unseen=("GrabFrame", "EXTERNAL", "StartCapture", *BLIND),
        ),
        # Without a calibration to compare with it is not noticed, and stops nothing; no sheet lies there.
        row("move", ONLINE, ends={"*": WELL, "INTERACTIVE": NO_SHEET}, seconds=2.0),
        row(
            "die", OFF, GONE,
            ends={
                "*": GONE,
                # a driver that has not looked since
                **dict.fromkeys(("StartCapture", "StopCapture", "LearnCalibration"), either(GONE, WELL)),
            },
        ),
    )  # fmt: skip

    def make_simulator(self) -> TraySimulator:
        return small_tray(self.folder)

    def make_driver(self) -> Driver:
        width, height = SIZE
        options = CameraOptions(width=width, height=height, fps=30, idle_seconds=1.5, stall_seconds=0.5)
        return DocumentCamera(str(self.folder / "tray"), options, self.recorder)

    def fault(self, name: str, **_more: Any) -> None:
        self._is_well = False
        self.simulator.do("fault", name=name)

    def heal(self) -> None:
        self._is_well = True
        self.simulator.do("recover")

    def help(self, name: str, future: Future[Any]) -> None:  # noqa: ARG002 - it is laid, whatever becomes of it
        if name == "INTERACTIVE" and self._is_well:
            self.simulator.do("lay", page="calibration")

    def settle(self) -> None:
        self.simulator.do("clear")
        assert self.run("StopCapture") == WELL

    def is_right(self, result: object) -> bool:
        return not isinstance(result, Frame) or result.image.shape == (SIZE[1], SIZE[0], 3)

    _is_well = True
