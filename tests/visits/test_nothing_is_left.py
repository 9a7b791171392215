"""Nothing personal is on the kiosk's disk in the clear: a search of all it wrote, in the encodings it could be in."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from drivers.model import DeviceClass
from drivers.sim.code_scanner import ScannerSimulator
from drivers.sim.specimens import SPECIMENS
from kiosk.visit_core import PrintOutcome
from roles.processes import ROOT
from tests.visits.conftest import Bench
from tests.visits.visitor import PHONE, Resident, made_signature

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
TOKEN = "SFM-20261124-7f3a9c51d2"
SHARED_MEMORY = Path("/dev/shm")


def needles(texts: list[str], pieces: list[bytes]) -> set[bytes]:
    """Return what must not be found."""
    spelt = {text.encode(encoding) for text in texts for encoding in ENCODINGS}
    escaped = {form for text in texts for form in (text.encode("unicode_escape"), quote(text).encode())}
    return spelt | escaped | set(pieces)


def found_in(folder: Path, wanted: set[bytes]) -> list[str]:
    """Return the files below `folder` that hold any of it."""
    return [str(path) for path in folder.rglob("*") if holds(path, wanted)]


def holds(path: Path, wanted: set[bytes]) -> bool:
    """Tell whether a file is there and holds any of it; one that goes while it is looked at has not been left."""
    try:
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except FileNotFoundError:
        return False
    return any(needle in content for needle in wanted)


def is_ours(path: Path) -> bool:
    """Tell whether a file is there and this user's own."""
    try:
        return path.stat().st_uid == os.getuid()
    except FileNotFoundError:
        return False


@pytest.fixture
def scanner(bench: Bench) -> Iterator[ScannerSimulator]:
    """The code scanner at its wire."""
    url = next(device.url for device in bench.config.devices if device.device_class is DeviceClass.CODE_SCANNER)
    scanner = ScannerSimulator(Path(url))
    scanner.start()
    yield scanner
    scanner.stop()


def present(resident: Resident, scanner: ScannerSimulator) -> None:
    """Hold a code before the scanner, again until it was taken, as people do."""
    for _ in range(20):
        if resident.visit.presented is not None:
            return
        scanner.do("show", code=TOKEN)
        resident.idle(0.5)
    raise AssertionError("the code was never taken")


@pytest.fixture
def state_of_one_visit(
    bench: Bench, scanner: ScannerSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, set[bytes]]]:
    """Walk one visit to its printed receipt with every log on; the kiosk still runs while its disk is searched."""
    state, temporary = bench.config.kiosk.state, tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    handler = logging.FileHandler(state.parent / "kiosk.log", encoding="utf-8")
    root = logging.getLogger()
    root.addHandler(handler)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    with Resident(bench.config) as resident:
        resident.consent()
        present(resident, scanner)
        bench.reader.do("put_card", card="wang")
        resident.wait_for_card()
        resident.fill()
        bench.tray.do("lay", page="hukou", seed=3)
        resident.until("a page was taken", lambda: bool(resident.visit.tasks[0].pages), 90)
        page = resident.visit.tasks[0].pages[0].jpeg
        bench.tray.do("clear")
        resident.visit.finish_material()
        signature = made_signature("wang")
        resident.hand_in(signature)
        resident.until("it is printed", lambda: resident.visit.print_outcome is PrintOutcome.PRINTED)
        document = SPECIMENS["wang"].document
        texts = [document["name"], document["number"], document["address"], PHONE, TOKEN]
        pieces = [page[len(page) // 2 :][:24], signature[40:64]]
        resident.leave()
        resident.idle(0.3)
        yield tmp_path, needles(texts, pieces)
    root.removeHandler(handler)
    handler.close()


def test_a_search_of_everything_the_kiosk_wrote_finds_nobody(
    state_of_one_visit: tuple[Path, set[bytes]],
) -> None:
    """Promise 2: name, number, address, phone, code, page and signature are in no database, log, or temporary file."""
    folder, wanted = state_of_one_visit
    wrote = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {"outbox.sqlite3", "kiosk.log"} <= wrote
    assert found_in(folder / "kiosk", wanted) == []
    assert found_in(folder / "tmp", wanted) == []
    assert not any(needle in (folder / "kiosk.log").read_bytes() for needle in wanted)
    assert [path.name for path in SHARED_MEMORY.iterdir() if is_ours(path) and holds(path, wanted)] == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Promise 4: a search that cannot find proves nothing."""
    for encoding in ENCODINGS:
        (tmp_path / encoding).write_bytes(b"\x00\x01" + "王小明".encode(encoding) + b"\xff")
    (tmp_path / "json").write_text(json.dumps({"name": "王小明"}), "ascii")
    (tmp_path / "url").write_text("/?name=" + quote("王小明"), "ascii")
    (tmp_path / "page").write_bytes(b"\x00piece of a page\xff")
    assert len(found_in(tmp_path, needles(["王小明"], [b"piece of a page"]))) == len(ENCODINGS) + 3


@pytest.mark.parametrize("role", ["kiosk", "deliver"])
def test_a_crash_leaves_no_core_on_the_disk(tmp_path: Path, role: str) -> None:
    """Promise 2: the role gives up core dumps, for good, before it opens anything, whatever the machine allows."""
    program = (
        f"from resource import *; from roles.{role} import main; most = getrlimit(RLIMIT_CORE)[1];"
        " setrlimit(RLIMIT_CORE, (most, most)); main(['--config', 'none.toml']); print(getrlimit(RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "KIVY_NO_ARGS": "1", "HOME": str(tmp_path)},
    )
    assert done.stdout.splitlines()[-1] == "(0, 0)"
