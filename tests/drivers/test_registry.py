"""Names of drivers."""

from dataclasses import dataclass

import pytest

from drivers import registry
from drivers.model import DeviceClass
from drivers.recorder import FlightRecorder
from drivers.registry import RegistrationError, lookup, register
from drivers.sam import SamOptions, SamReader


@dataclass(frozen=True)
class Options:
    speed: int = 1


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_registrations", dict(registry._registrations))


def test_a_driver_is_found_by_class_and_name() -> None:
    """Promise 3: kiosk.toml names a driver, and that one is made."""
    found = lookup(DeviceClass.ID_CARD_READER, "sam")
    assert found.options is SamOptions
    assert isinstance(found.factory("var/sim/id-card", SamOptions(), FlightRecorder()), SamReader)


def test_a_name_is_given_once() -> None:
    """Promise 4: two drivers never fight for one name in silence."""
    register(DeviceClass.CODE_SCANNER, "line", options=Options)(SamReader)
    with pytest.raises(RegistrationError, match="code_scanner/line is registered twice"):
        register(DeviceClass.CODE_SCANNER, "line", options=Options)(SamReader)


def test_options_are_a_dataclass() -> None:
    """Promise 8: options that cannot be checked are refused when the driver is written, not at the site."""
    with pytest.raises(RegistrationError, match="dataclass"):
        register(DeviceClass.CODE_SCANNER, "line", options=dict)


def test_an_unknown_name_is_answered_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8: a slip in kiosk.toml is easy to mend."""
    with pytest.raises(RegistrationError, match=r"no driver 'sma' for id_card_reader; there is sam"):
        lookup(DeviceClass.ID_CARD_READER, "sma")
    monkeypatch.setattr(registry, "_registrations", {})
    monkeypatch.setitem(registry.HOMES, DeviceClass.AUXILIARIES, ())
    with pytest.raises(RegistrationError, match="there is none"):
        lookup(DeviceClass.AUXILIARIES, "line")
