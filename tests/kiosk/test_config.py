"""kiosk.toml: what a technician writes, and what they are told when it is wrong."""

import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from drivers.model import DeviceClass
from kiosk.config import ConfigError, KioskConfig, load
from kiosk.visit_states import State

SHIPPED = Path(__file__).resolve().parents[2] / "kiosk.toml"


def changed(folder: Path, old: str, new: str) -> Path:
    """Write the shipped file with one change into `folder`."""
    text = SHIPPED.read_text("utf-8")
    assert old in text
    file = folder / "kiosk.toml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file


def refusal(file: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(file)
    return caught.value


@pytest.fixture(scope="module")
def shipped() -> KioskConfig:
    return load(SHIPPED)


def test_the_shipped_file_is_the_simulated_kiosk(shipped: KioskConfig) -> None:
    """Design §9: real and simulated differ by url alone."""
    urls = {device.name: device.url for device in shipped.devices}
    assert urls == {
        "id_card": str(SHIPPED.parent / "var/sim/id-card"),
        "citizen_card": str(SHIPPED.parent / "var/sim/pcscd.comm"),
        "receipt_printer": "socket://127.0.0.1:9100",
        "document_printer": "ipp://127.0.0.1:8631/ipp/print",
        "document_camera": str(SHIPPED.parent / "var/sim/tray"),
        "auxiliaries": str(SHIPPED.parent / "var/sim/auxiliaries"),
        "code_scanner": str(SHIPPED.parent / "var/sim/code-scanner"),
    }
    assert shipped.office.url == "http://127.0.0.1:8081"


def test_paths_are_relative_to_the_file_wherever_the_program_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise 8: a technician must not have to guess where a path begins."""
    monkeypatch.chdir(tmp_path)
    assert load(SHIPPED).kiosk.state == SHIPPED.parent / "var/kiosk"


def test_every_device_has_its_driver_and_checked_options(shipped: KioskConfig) -> None:
    """Promise 3: a device is found by class and driver, and its options are the driver's own dataclass."""
    assert [device.device_class for device in shipped.devices] == [
        DeviceClass.ID_CARD_READER,
        DeviceClass.RECEIPT_PRINTER,
        DeviceClass.DOCUMENT_PRINTER,
        DeviceClass.DOCUMENT_CAMERA,
        DeviceClass.CODE_SCANNER,
        DeviceClass.AUXILIARIES,
        DeviceClass.CITIZEN_CARD_READER,
    ]
    for device in shipped.devices:
        assert isinstance(device.options, device.registration.options)


@pytest.mark.parametrize(
    ("old", "new", "key", "nearest"),
    [
        ("diagonal_inches =", "diagonal_inch =", "screen.diagonal_inch", "diagonal_inches"),
        ('url = "http', 'ulr = "http', "office.ulr", "url"),
        ("class = ", "clas = ", "device.0.clas", "class"),
        (
            "elder_idle_seconds = 180",
            "elder_idel_seconds = 180",
            "state_limit.0.elder_idel_seconds",
            "elder_idle_seconds",
        ),
        ("[screen]", "[sreen]", "sreen", "screen"),
    ],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_right_key(
    tmp_path: Path, old: str, new: str, key: str, nearest: str
) -> None:
    """Promise 8: a fault in kiosk.toml says where it is and what was meant."""
    file = changed(tmp_path, old, new)
    error = refusal(file)
    fault = next(fault for fault in error.faults if fault.what == "unknown key")
    assert (fault.key, fault.nearest) == (key, nearest)
    assert new in file.read_text("utf-8").splitlines()[fault.line - 1]
    assert str(file) in str(error)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("width = 1080", 'width = "1080"', "screen.width"),
        ("countdown_seconds = 20", "countdown_seconds = 5", "limits.countdown_seconds"),
        ("http://127.0.0.1:8081", "http://10.0.0.7:8081", "office.url"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:99999", "office.url"),
        ('state = "RATE"', 'state = "RATES"', "state_limit.1.state"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Changshu"', "kiosk.timezone"),
        ('id = "ZT-K01"', 'id = "支塘 1"', "kiosk.id"),
        ("# kib_per_second = 512", "kib_per_second = 4", "delivery.kib_per_second"),
        ('# quiet = ["08:30-11:30"]', 'quiet = ["08:30-24:30"]', "delivery.quiet.0"),
        ('# quiet = ["08:30-11:30"]', 'quiet = ["08:30-08:30"]', "delivery.quiet.0"),
        ('class = "id_card_reader"', 'class = "card_reader"', "device.0.class"),
        ('driver = "sam"', 'driver = "sma"', "device.0.driver"),
        ('name = "receipt_printer"', 'name = "id_card"', "device.1.name"),
    ],
)
def test_a_wrong_value_is_refused_at_its_line(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Promise 8: nothing in kiosk.toml is guessed or rounded."""
    file = changed(tmp_path, old, new)
    error = refusal(file)
    assert error.key == key
    assert new.split(" = ", maxsplit=1)[0] in file.read_text("utf-8").splitlines()[error.line - 1]


def test_a_drivers_option_that_it_does_not_have_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """Promise 8: options belong to the driver, and are checked before the device is opened."""
    file = changed(tmp_path, 'driver = "sam"\n', 'driver = "sam"\noptions = { baudrate = 9600 }\n')
    error = refusal(file)
    assert (error.key, error.nearest) == ("device.0.options.baudrate", "baud")
    assert "baudrate" in file.read_text("utf-8").splitlines()[error.line - 1]


def test_a_drivers_option_of_the_wrong_type_is_refused(tmp_path: Path) -> None:
    """Promise 8: a number in quotes is no number."""
    file = changed(tmp_path, 'driver = "sam"\n', 'driver = "sam"\noptions = { baud = "9600" }\n')
    assert refusal(file).key == "device.0.options.baud"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Promise 8: one walk to the cabinet, not three."""
    file = changed(tmp_path, "width = 1080", "widht = 1080")
    file.write_text(file.read_text("utf-8").replace('region = "ZT"', "region = 7"), "utf-8")
    assert {fault.key for fault in refusal(file).faults} == {"screen.widht", "screen.width", "kiosk.region"}


@pytest.mark.parametrize(
    ("text", "line"), [("[kiosk\n", 1), ("[kiosk]\nid = \n", 2), ('[kiosk]\nid = "a"\nid = "b"\n', 3)]
)
def test_what_is_not_toml_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """Promise 8: a torn file is told as one."""
    file = tmp_path / "kiosk.toml"
    file.write_text(text, "utf-8")
    assert refusal(file).line == line


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    """Promise 8: the sentence names the file."""
    assert str(tmp_path / "none.toml") in str(refusal(tmp_path / "none.toml"))


def test_elder_mode_and_single_states_have_their_own_limits(shipped: KioskConfig) -> None:
    """Promise 7: who needs more time gets it."""
    assert shipped.limit(State.CHOOSE, elder=False).idle_seconds == 60
    assert shipped.limit(State.CHOOSE, elder=True).countdown_seconds == 40
    assert shipped.limit(State.RECEIPT, elder=False).idle_seconds == 90
    assert shipped.limit(State.RECEIPT, elder=True).idle_seconds == 180


@pytest.mark.parametrize(("width", "height", "hangs"), [(1080, 1920, "portrait"), (1920, 1080, "landscape")])
def test_the_screen_knows_how_it_hangs_and_how_large_a_millimetre_is(
    tmp_path: Path, width: int, height: int, hangs: str
) -> None:
    """Promise 7: sizes are millimetres (27 inches at 1920 x 1080: 0.311 mm a pixel)."""
    file = changed(tmp_path, "width = 1080", f"width = {width}")
    file.write_text(file.read_text("utf-8").replace("height = 1920", f"height = {height}"), "utf-8")
    screen = load(file).screen
    assert screen.orientation == hangs
    assert screen.mm_per_pixel == pytest.approx(0.311, abs=0.001)


def test_reading_the_configuration_loads_no_heavy_library() -> None:
    """Promise 6: the first page does not wait for what only a print or a scan needs."""
    program = (
        "import sys, pathlib, kiosk.config\n"
        "kiosk.config.load(pathlib.Path('kiosk.toml'))\n"
        "print(*{'cv2', 'escpos', 'segno'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=SHIPPED.parent, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_a_site_says_how_much_of_its_line_papers_may_have(tmp_path: Path, shipped: KioskConfig) -> None:
    """Promise 3: the line carries other things by day; without a word of the site nothing is held back."""
    file = changed(tmp_path, "# kib_per_second = 512", "kib_per_second = 512")
    text = file.read_text("utf-8").replace('# quiet = ["08:30-11:30"]', 'quiet = ["08:30-11:30", "22:00-06:00"]')
    file.write_text(text, "utf-8")
    delivery = load(file).delivery
    assert delivery.bytes_per_second == 512 * 1024
    assert delivery.quiet_hours == ((time(8, 30), time(11, 30)), (time(22), time(6)))
    assert (shipped.delivery.bytes_per_second, shipped.delivery.quiet_hours) == (None, ())
