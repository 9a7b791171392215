"""What a technician set at the kiosk: over kiosk.toml, checked as it is, and named where it is wrong."""

from pathlib import Path

import pytest

from kiosk.config import ConfigError, KioskConfig, load
from kiosk.serial_ports import serial_ports
from kiosk.site_overlay import overlay_file, set_device
from roles.private_config import write_private_config
from roles.processes import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A kiosk.toml of this test's own."""
    return write_private_config(ROOT / "kiosk.toml", tmp_path, {})


def state(file: Path) -> Path:
    """Return where that kiosk keeps its things."""
    return file.parent / "kiosk"


def reader(config: KioskConfig) -> tuple[str, int, Path | None]:
    """Return what is used for the ID-card reader."""
    [device] = [each for each in config.devices if each.name == "id_card"]
    return device.url, device.options.baud, device.site_file


def test_without_a_site_file_kiosk_toml_alone_counts(file: Path) -> None:
    """Promise 8: nothing is set by itself."""
    url, baud, site = reader(load(file))
    assert (url, baud, site) == (str(file.parent / "id-card"), 115200, None)


def test_url_and_speed_set_at_the_kiosk_are_used_and_named(file: Path) -> None:
    """Promise 8: two acts, one after the other, are both kept; the rest stays as kiosk.toml has it."""
    set_device(state(file), "id_card", url="/dev/serial/by-id/usb-reader")
    set_device(state(file), "id_card", options={"baud": 9600})
    config = load(file)
    assert reader(config) == ("/dev/serial/by-id/usb-reader", 9600, overlay_file(state(file)))
    assert all(device.site_file is None for device in config.devices if device.name != "id_card")


def test_the_file_is_private_and_says_what_it_is(file: Path) -> None:
    """Promise 8: whoever finds it reads who wrote it and how to be rid of it."""
    set_device(state(file), "id_card", url="/dev/ttyUSB0")
    path = overlay_file(state(file))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text("utf-8").startswith("# Set at the kiosk by a technician")
    path.unlink()
    assert reader(load(file))[2] is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[device.id_cart]\nurl = "/dev/ttyUSB0"\n', 1, "did you mean id_card?"),
        ('\n[device.id_card]\nurl = "/dev/ttyUSB0"\nspeed = 3\n', 4, "unknown key"),
        ("[device.id_card]\noptions = { baud = 12 }\n", 2, "baud"),
        ("[device.id_card\n", 1, "is not TOML"),
    ],
)
def test_a_fault_names_the_site_file_its_line_and_key(file: Path, text: str, line: int, said: str) -> None:
    """Promise 8: nobody looks for it in kiosk.toml."""
    state(file).mkdir(parents=True, exist_ok=True)
    overlay_file(state(file)).write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file)
    assert refused.value.file == overlay_file(state(file))
    assert f"site.toml: line {line}:" in str(refused.value)
    assert said in str(refused.value)


def test_what_is_plugged_in_is_the_port_that_was_not_there(tmp_path: Path) -> None:
    """Promise 8: by its lasting name, once, and no file or folder beside it."""
    by_id = tmp_path / "dev/serial/by-id"
    by_id.mkdir(parents=True)
    (tmp_path / "dev/ttyUSB0").symlink_to("/dev/null")
    (tmp_path / "tray").mkdir()
    before = serial_ports(None, tmp_path)
    assert before == {str(tmp_path / "dev/ttyUSB0")}
    (by_id / "usb-reader").symlink_to("/dev/zero")
    (tmp_path / "dev/ttyUSB1").symlink_to("/dev/zero")
    assert serial_ports(None, tmp_path) - before == {str(by_id / "usb-reader")}


def test_a_simulators_port_beside_is_found(tmp_path: Path) -> None:
    """Promise 8: the simulated kiosk is practised on in the same way."""
    (tmp_path / "tray").mkdir()
    (tmp_path / "id-card").symlink_to("/dev/null")
    assert serial_ports(tmp_path, tmp_path / "nothing") == {str(tmp_path / "id-card")}
