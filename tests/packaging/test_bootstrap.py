"""The first start: what it says, how it goes on after it was cut off, and that the lock is whole."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from roles.processes import ROOT

PACKAGING = ROOT / "packaging"


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[ModuleType]:
    """packaging/bootstrap.py, loaded by its path: the name `packaging` is another library's."""
    sys.path.insert(0, str(PACKAGING))  # for its neighbour, as when it is run
    spec = importlib.util.spec_from_file_location("bootstrap", PACKAGING / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(PACKAGING))


@pytest.fixture
def progress(bootstrap: ModuleType) -> ModuleType:
    """packaging/progress.py as the bootstrap knows it."""
    found: ModuleType = bootstrap.progress
    return found


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs of our own making, to be put before the machine's."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def write_program(path: Path, script: str) -> None:
    """Write a shell program."""
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def test_progress_is_told_while_a_program_is_silent(progress: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 6: no wait without a word, whether the program speaks or not."""
    told = iter(range(1000))
    silent = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    progress.run(silent, lambda _line: f"asked {next(told)}", tell_seconds=0.1)
    said = capsys.readouterr().out.splitlines()
    assert len(said) >= 2
    assert re.fullmatch(r"budayang: +\d+ s  asked \d+", said[0])


def test_a_program_that_fails_is_told_with_its_own_error(progress: ModuleType) -> None:
    """Promise 8: why, in the program's words; the network's fault before what followed from it."""
    cases = {
        "echo E: Unable to locate package; echo bye; exit 100": "E: Unable to locate package",
        "echo one; echo two; exit 1": "two",
        "exit 3": "it said nothing",
        "echo 'Retrying after connection broken by X: name resolution'; echo ERROR: none; exit 1": (
            "connection broken by X: name resolution"
        ),
    }
    for script, telling in cases.items():
        with pytest.raises(progress.ProgramError) as error:
            progress.run(["sh", "-c", script], lambda _line: "")
        assert error.value.said == telling


def test_apt_and_pip_are_counted(bootstrap: ModuleType, tmp_path: Path) -> None:
    """Promise 6: k of n, from what they print."""
    apt = bootstrap.AptCounter()
    for package in ("xvfb", "libgl1", "tzdata"):
        apt.plan(f"Inst {package} (1 Debian)")
    assert apt.plan("Conf xvfb (1 Debian)") == "Debian packages: 3 to install"
    assert apt.take("Get:1 http://somewhere xvfb") == "Debian packages: fetched 1 of 3"
    apt.take("Unpacking xvfb (1) ...")
    assert apt.take("Setting up xvfb (1) ...") == "Debian packages: set up 1 of 3"

    lock = tmp_path / "some.lock"
    lock.write_text(
        "one==1 \\\n    --hash=sha256:00\ntwo==2 ; sys_platform == 'win32'\nthree[x]==3\n    # via one==0\n"
    )
    pip = bootstrap.PipCounter(lock, tmp_path)
    pip.take("Ignoring two: markers do not match")
    assert pip.take("Collecting one==1") == "Python packages: fetched 1 of 2"
    pip.take("Installing collected packages: one, three")
    (tmp_path / "one-1.dist-info").mkdir()
    assert pip.take("") == "Python packages: installed 1 of 2"


def test_without_root_one_sentence_names_packages_and_command(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: whoever may not install reads what root must type."""
    monkeypatch.setattr(bootstrap, "missing_packages", lambda _packages: ["xvfb", "libgl1"])
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    with pytest.raises(bootstrap.SetupError) as error:
        bootstrap.install_packages(["xvfb", "libgl1", "tzdata"])
    assert "apt-get install -y --no-install-recommends xvfb libgl1" in str(error.value)
    assert "\n" not in str(error.value)


def test_any_python_but_3_11_is_a_sentence(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8."""
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    with pytest.raises(bootstrap.SetupError, match=r"Python 3\.11 is needed, .* is 3\.12"):
        bootstrap.check_python()


def test_make_finds_python3_where_there_is_no_python3_11(tools: Path) -> None:
    """Promise 8: and without any, it says so instead of running nothing."""
    for program in ("make", "sh"):
        found = subprocess.run(["which", program], capture_output=True, text=True, check=True).stdout.strip()
        (tools / program).symlink_to(found)

    def dry_run() -> str:
        done = subprocess.run(
            [str(tools / "make"), "-n", "run"], capture_output=True, text=True, check=False, cwd=ROOT,
            env={"PATH": str(tools)},
        )  # fmt: skip
        return done.stdout

    assert "Python 3.11 is needed" in dry_run()
    write_program(tools / "python3", "exit 0")
    assert f"{tools / 'python3'} packaging/bootstrap.py run" in dry_run()
    write_program(tools / "python3.11", "exit 0")
    assert f"{tools / 'python3.11'} packaging/bootstrap.py run" in dry_run()


@pytest.fixture(scope="module")
def fresh(bootstrap: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModuleType, Path]]:
    """A checkout with a virtual environment of its own, and an empty lock, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("checkout")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "VENV", folder / ".venv")
        patch.setattr(bootstrap, "PYTHON", folder / ".venv" / "bin" / "python")
        patch.setattr(bootstrap, "UNFINISHED", folder / ".venv" / "unfinished")
        lock = folder / "requirements.lock"
        lock.write_text("")
        bootstrap.install_python(lock)
        yield bootstrap, lock


def test_what_cannot_be_fetched_is_a_sentence_and_costs_nothing(fresh: tuple[ModuleType, Path]) -> None:
    """Promise 8: without a network, what was installed stays, and the sentence says what was being fetched."""
    bootstrap, lock = fresh
    lock.write_text("./nowhere-at-all\n")
    with pytest.raises(bootstrap.SetupError, match=r"requirements\.lock could not be fetched and installed \(ERROR: "):
        bootstrap.install_python(lock)
    lock.write_text("")
    assert not bootstrap.UNFINISHED.exists()


def test_a_start_that_was_cut_off_is_mended_and_a_finished_one_is_left_alone(
    fresh: tuple[ModuleType, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 3: half-installed packages look whole to pip, so the environment is made anew; a whole one stays."""
    bootstrap, lock = fresh
    half = bootstrap.VENV / "half-a-package"
    half.touch()
    bootstrap.install_python(lock)
    assert capsys.readouterr().out == ""
    assert half.exists()
    bootstrap.UNFINISHED.touch()
    bootstrap.install_python(lock)
    assert not half.exists()
    assert not bootstrap.UNFINISHED.exists()


@pytest.mark.parametrize("name", ["requirements", "dev"])
def test_the_lock_has_a_hash_for_each_package_and_no_address(name: str) -> None:
    """Promise 1: what runs is what was tried, wherever it is fetched from."""
    text = (PACKAGING / f"{name}.lock").read_text("utf-8")
    assert "://" not in text
    pins = re.findall(r"^\S+==\S+[^\n]*\n(    --hash=sha256:[0-9a-f]{64})?", text, re.MULTILINE)
    assert len(pins) > 30
    assert all(pins)
    wanted = re.findall(r"^[a-z][a-zA-Z0-9-]*", (PACKAGING / f"{name}.in").read_text("utf-8"), re.MULTILINE)
    assert [package for package in wanted if f"\n{package.lower()}==" not in f"\n{text}".lower()] == []
