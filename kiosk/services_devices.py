"""The workers of one kiosk's devices, and what is said where a kiosk has none of a class."""

from collections.abc import Callable
from pathlib import Path

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass, Event
from drivers.recorder import FlightRecorder
from drivers.worker import DeviceWorker
from kiosk.calibration_teaching import teach_calibration
from kiosk.config import DeviceConfig
from kiosk.printer_fonts import teach_fonts


def absent(device: DeviceClass) -> DeviceError:
    """Return the error of a wish to a device this kiosk does not have."""
    detail = f"kiosk.toml has no {device}"
    return DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.GONE, ErrorAction.CONFIGURATION, detail)


def new_worker(
    device: DeviceConfig, recorder: FlightRecorder, report: Callable[[Event], None], state: Path
) -> DeviceWorker:
    """Return the worker of a configured device, not yet started; `report` is told its events on its thread.

    `state` is the kiosk's folder, where what was measured of the camera is kept.
    """
    driver = device.registration.factory(device.url, device.options, recorder)
    teach_fonts(device.device_class, driver)
    teach_calibration(device.device_class, driver, state)
    cadence = device.registration.cadence
    return DeviceWorker(device.name, device.device_class, driver, report, cadence=cadence, recorder=recorder)
