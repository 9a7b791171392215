"""The simulated scanner, against published bytes: what it gets wrong, no driver test would notice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.errors import DeviceError, DeviceTimeout
from drivers.sim.code_scanner import FAULTS, ScannerSetting, ScannerSimulator
from drivers.sim.fault import SimulatorError
from drivers.transport import Transport, open_transport
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

EAN = "6901234567892"
EAN_HEX = "36393031323334353637383932"
Plug = Callable[..., tuple[ScannerSimulator, Transport]]


@pytest.fixture
def plug(nothing_left: None, tmp_path: Path) -> Iterator[Plug]:  # noqa: ARG001 - it shall watch the simulator
    open_now: list[tuple[ScannerSimulator, Transport]] = []

    def start(setting: ScannerSetting | None = None) -> tuple[ScannerSimulator, Transport]:
        scanner = ScannerSimulator(tmp_path / "sim" / "code-scanner", setting)
        scanner.start()
        open_now.append((scanner, open_transport(str(scanner.link), deadline=Deadline.after(5))))
        return open_now[-1]

    yield start
    for scanner, line in open_now:
        line.close()
        scanner.stop()


def listen(line: Transport, size: int) -> str:
    """Return `size` bytes in hex."""
    heard, deadline = b"", Deadline.after(5)
    while len(heard) < size:
        heard += line.read(size - len(heard), deadline)
    return heard.hex().upper()


def is_silent(line: Transport) -> bool:
    try:
        return not line.read(1, Deadline.after(0.1))
    except DeviceTimeout:
        return True


@pytest.mark.parametrize(
    ("setting", "published"),
    [
        (ScannerSetting(), EAN_HEX + "0D"),
        (ScannerSetting("lf"), EAN_HEX + "0A"),
        (ScannerSetting("crlf"), EAN_HEX + "0D0A"),
        (ScannerSetting("tab"), EAN_HEX + "09"),
        (ScannerSetting("stx_etx"), "02" + EAN_HEX + "03"),
        (ScannerSetting("idle"), EAN_HEX),
        (ScannerSetting(kinds=True), "5D4530" + EAN_HEX + "0D"),
        (ScannerSetting("stx_etx", kinds=True), "025D4530" + EAN_HEX + "03"),
    ],
)
def test_it_types_in_the_published_bytes(plug: Plug, setting: ScannerSetting, published: str) -> None:
    """Promise 3: an EAN-13 in every setting, byte for byte."""
    scanner, line = plug(setting)
    scanner.do("show", code=EAN, kind="E0")
    assert listen(line, len(published) // 2) == published
    assert is_silent(line)


@pytest.mark.parametrize(("encoding", "published"), [("utf-8", "E5BCA00D"), ("gb18030", "D5C50D")])
def test_it_types_chinese_in_the_charset_it_is_set_to(plug: Plug, encoding: str, published: str) -> None:
    """Promise 5: 张 in UTF-8 and in GB 18030."""
    scanner, line = plug(ScannerSetting(encoding=encoding))
    scanner.do("show", code="张")
    assert listen(line, len(published) // 2) == published


@pytest.mark.parametrize(
    ("trigger", "start", "stop"),
    [("honeywell", "16540D", "16550D"), ("newland", "1B31", "1B30"), ("datalogic", "45", "44")],
)
def test_it_knows_the_published_triggers(plug: Plug, trigger: str, start: str, stop: str) -> None:
    """Promise 3: dark until the start command, dark after the stop command, however they are chopped."""
    scanner, line = plug(ScannerSetting(trigger=trigger))
    scanner.do("show", code=EAN)
    assert is_silent(line)
    for byte in bytes.fromhex(start):
        line.write(bytes([byte]), Deadline.after(5))
    assert listen(line, 14) == EAN_HEX + "0D"
    line.write(b"noise" + bytes.fromhex(stop), Deadline.after(5))
    eventually(lambda: (scanner.do("state") or {})["lit"] is False)
    scanner.do("show", code=EAN)
    scanner.do("take_away")
    line.write(bytes.fromhex(start), Deadline.after(5))
    assert is_silent(line)


@pytest.mark.parametrize(
    ("fault", "published"),
    [
        ("half_code", EAN_HEX[:12]),
        ("glued", (EAN_HEX + "0D") * 2),
        ("doubled", (EAN_HEX + "0D") * 2),
        ("dribble", EAN_HEX + "0D"),
        ("wrong_encoding", "00".join(EAN_HEX[at : at + 2] for at in range(0, 26, 2)) + "000D"),
        ("silent", ""),
    ],
)
def test_every_fault_spoils_the_bytes_as_it_says(plug: Plug, fault: str, published: str) -> None:
    """Promise 3: so that a driver's test of it tests something."""
    scanner, line = plug()
    scanner.do("fault", name=fault)
    scanner.do("show", code=EAN)
    assert listen(line, len(published) // 2) == published
    assert is_silent(line)


@pytest.mark.parametrize("seed", range(5))
def test_its_garbage_is_no_text(plug: Plug, seed: int) -> None:
    """Promise 4: neither in UTF-8 nor in GB 18030, and the same with the same seed."""
    scanner, line = plug()
    heard = []
    for _ in range(2):
        scanner.do("fault", name="garbage", seed=seed)
        scanner.do("show", code=EAN)
        garbage = b""
        while not garbage.endswith(b"\r"):
            garbage += line.read(100, Deadline.after(5))
        heard.append(garbage)
        scanner.do("heal")
    assert heard[0] == heard[1]
    for charset in ("utf-8", "gb18030"):
        with pytest.raises(UnicodeDecodeError):
            heard[0].decode(charset)


def test_its_port_goes_and_comes_back_at_the_same_place(plug: Plug) -> None:
    """Promise 3: as a cable that is pulled and put back."""
    scanner, line = plug()
    scanner.do("fault", name="vanish", until={"after_seconds": 0.1})
    with pytest.raises(DeviceError):
        line.read(1, Deadline.after(5))
    eventually(scanner.link.is_symlink)
    again = open_transport(str(scanner.link), deadline=Deadline.after(5))
    scanner.do("show", code=EAN)
    assert listen(again, 14) == EAN_HEX + "0D"
    again.close()


def test_it_says_how_it_is_and_what_it_cannot(plug: Plug) -> None:
    """Promise 8: whoever works it by hand gets a sentence; what a code said is not told."""
    scanner, _ = plug()
    scanner.do("show", code=EAN)
    scanner.do("fault", name="silent")
    assert scanner.do("state") == {"typed": 1, "lit": True, "faults": ["silent"]}
    assert scanner.do("faults") == {"faults": list(FAULTS)}
    for action, arguments in (("dance", {}), ("show", {"code": ""}), ("fault", {"name": "rain"})):
        with pytest.raises(SimulatorError):
            scanner.do(action, **arguments)
