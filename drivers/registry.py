"""Which driver serves which device of kiosk.toml: names to factories, filled by a decorator beside each driver.

One decision: a device class names the modules its drivers live in, and they are imported when one is first looked up,
so that a kiosk without a camera never loads OpenCV.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar

from drivers.cadence import Cadence
from drivers.device import Driver
from drivers.model import DeviceClass
from drivers.recorder import FlightRecorder

Factory = Callable[[str, Any, FlightRecorder], Driver]
"""``factory(url, options, recorder)`` makes a driver and touches nothing; `options` is of the registered class."""

F = TypeVar("F", bound=Factory)

HOMES: dict[DeviceClass, tuple[str, ...]] = {
    DeviceClass.ID_CARD_READER: ("drivers.sam",),
    DeviceClass.CITIZEN_CARD_READER: ("drivers.citizen_card",),
    DeviceClass.DOCUMENT_CAMERA: ("drivers.camera",),
    DeviceClass.RECEIPT_PRINTER: ("drivers.receipt_printer",),
    DeviceClass.DOCUMENT_PRINTER: ("drivers.document_printer",),
    DeviceClass.AUXILIARIES: ("drivers.auxiliaries",),
    DeviceClass.CODE_SCANNER: ("drivers.code_scanner",),
}
"""Where the drivers of each class live. A new module of drivers is one more name here."""


_USUAL = Cadence()


class RegistrationError(Exception):
    """Two drivers want one name, or no driver has it."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One driver: device class, name in kiosk.toml, how to make one, its options' frozen dataclass, and its rhythm."""

    device_class: DeviceClass
    name: str
    factory: Factory
    options: type
    cadence: Cadence = _USUAL


_registrations: dict[tuple[DeviceClass, str], Registration] = {}


def register(device_class: DeviceClass, name: str, *, options: type, cadence: Cadence = _USUAL) -> Callable[[F], F]:
    """Give a driver its name: ``@register(DeviceClass.ID_CARD_READER, "sam", options=SamOptions)``.

    `cadence`: the rhythm its worker keeps, where the usual one does not fit.

    Raises:
        RegistrationError: the name is taken, or `options` is no dataclass.
    """
    if not is_dataclass(options):
        raise RegistrationError(f"{device_class}/{name}: {options.__name__} is no dataclass")

    def keep(factory: F) -> F:
        if (device_class, name) in _registrations:
            raise RegistrationError(f"{device_class}/{name} is registered twice")
        _registrations[device_class, name] = Registration(device_class, name, factory, options, cadence)
        return factory

    return keep


def lookup(device_class: DeviceClass, driver_name: str) -> Registration:
    """Return the driver of that name.

    Raises:
        RegistrationError: there is none; the message names those there are.
    """
    for module in HOMES.get(device_class, ()):
        importlib.import_module(module)
    found = _registrations.get((device_class, driver_name))
    if found is None:
        names = sorted(name for kind, name in _registrations if kind == device_class)
        raise RegistrationError(f"no driver {driver_name!r} for {device_class}; there is {', '.join(names) or 'none'}")
    return found
