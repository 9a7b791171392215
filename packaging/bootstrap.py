"""Bring this machine to what the project needs, showing progress: Debian packages, virtual environment, fonts.

Usage: python3.11 packaging/bootstrap.py run|dev

Runs on the bare standard library. A second run finds its marks and installs nothing; one that was interrupted goes on.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import progress

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
FONTS = ROOT / "assets" / "fonts"
SYSTEM_FONTS = Path("/usr/share/fonts")
PYTHON_VERSION = (3, 11)

# What the kiosk's window, its fonts and its virtual screen need from Debian 12; then smart cards, with a virtual reader
# (pyscard is had as source only and is built here); then a virtual IPP printer and the bus it announces itself on; then
# what the keyboard on the screen writes Chinese with: pinyin, strokes, handwriting; then what speaks into headphones.
RUN_PACKAGES = (
    "tzdata", "xvfb", "libgl1", "libgl1-mesa-dri", "libegl1", "libmtdev1", "libglib2.0-0", "libfribidi0",
    "fonts-noto-cjk", "fonts-hanazono", "fonts-babelstone-han",
    "pcscd", "libpcsclite-dev", "swig", "gcc", "libc6-dev", "vsmartcard-vpcd",
    "cups-ipp-utils", "dbus",
    "librime1", "librime-data", "rime-data-luna-pinyin", "rime-data-stroke", "libzinnia0",
    "tegaki-zinnia-simplified-chinese",
    "espeak-ng",
)  # fmt: skip
PYTHON_PACKAGES = {"run": ("python3.11-venv", "python3.11-dev"), "dev": ("python3.11-venv", "python3.11-dev")}
DEV_PACKAGES = (*RUN_PACKAGES, "binutils", "git", "poppler-utils")

# Font name in assets/fonts -> (file below /usr/share/fonts, face in the collection or None).
# Noto's collections begin with the Japanese face; a screen that opens "the file" would draw Japanese shapes.
FONT_SOURCES = {
    "NotoSansCJKsc-Regular.otf": ("opentype/noto/NotoSansCJK-Regular.ttc", 2),
    "NotoSansCJKsc-Bold.otf": ("opentype/noto/NotoSansCJK-Bold.ttc", 2),
    "HanaMinA.ttf": ("truetype/hanazono/HanaMinA.ttf", None),
    "HanaMinB.ttf": ("truetype/hanazono/HanaMinB.ttf", None),
    "BabelStoneHan.ttf": ("truetype/babelstone/BabelStoneHan.ttf", None),
}

EXTRACT_FACE = """
import sys
from fontTools.ttLib import TTCollection
collection = TTCollection(sys.argv[1], lazy=True)
collection.fonts[int(sys.argv[2])].save(sys.argv[3])
"""

APT_OPTIONS = (
    "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20",
    "-o", "DPkg::Lock::Timeout=300",  # a machine that has just started may be updating itself
)  # fmt: skip
APT_STAGES = {"Get:": "fetched", "Unpacking ": "unpacked", "Setting up ": "set up"}


class SetupError(Exception):
    """The machine cannot be brought to what is needed; the text is one sentence that says why and what to do."""


def check_python() -> None:
    """Refuse any Python but the one that the lock and Debian 12 are for.

    Raises:
        SetupError: it is another.
    """
    if sys.version_info[:2] != PYTHON_VERSION:
        version = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(f"Python 3.11 is needed, {sys.executable} is {version}: apt-get install python3.11")


def wanted_packages(what: str) -> list[str]:
    """Return the Debian packages for `run` or `dev`."""
    packages = list(RUN_PACKAGES if what == "run" else DEV_PACKAGES)
    if sys.base_prefix == "/usr":  # Debian's own Python comes in pieces
        packages += PYTHON_PACKAGES[what]
    return packages


def missing_packages(packages: list[str]) -> list[str]:
    """Return those that are not installed.

    Raises:
        SetupError: this is not a Debian.
    """
    if shutil.which("dpkg-query") is None:
        raise SetupError(f"this is no Debian 12 (no dpkg-query); what is needed of it: {' '.join(packages)}")
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *packages],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def install_packages(packages: list[str]) -> None:
    """Install the Debian packages that are missing, or say which command does.

    Raises:
        SetupError: not root, or they cannot be had.
    """
    missing = missing_packages(packages)
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        update = "apt-get update && "
        raise SetupError(f"Debian packages are missing; run as root:  {update}{' '.join(command)}")
    progress.say(f"step 1 of 4: Debian packages: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    trouble = ""
    try:
        progress.run(["dpkg", "--configure", "-a"], lambda _: "finishing an interrupted one", environment=environment)
        trouble = read_lists(environment)
        counter = AptCounter()
        progress.run([*command, "--simulate"], counter.plan, environment=environment)
        progress.run([*command, *APT_OPTIONS], counter.take, environment=environment)
    except progress.ProgramError as fault:
        raise SetupError(
            f"the Debian packages {' '.join(missing)} could not be fetched and installed ({trouble or fault.said}); "
            "is this machine on the network? The next start goes on from here"
        ) from fault


def read_lists(environment: dict[str, str]) -> str:
    """Let apt read what Debian has; return what went wrong, which matters only if the packages then cannot be had."""
    command = ["apt-get", "update", "--error-on=any", *APT_OPTIONS]
    try:
        progress.run(command, lambda _: "Debian packages: reading what Debian has", environment=environment)
    except progress.ProgramError as fault:
        return fault.said
    return ""


class AptCounter:
    """How far apt-get is, from what it prints: k of n packages fetched, unpacked, set up."""

    def __init__(self) -> None:
        self._total = 0
        self._counts = dict.fromkeys(APT_STAGES, 0)
        self._state = "Debian packages: beginning"

    def plan(self, line: str) -> str:
        """Take one line of a simulated run, which names each package that will be installed."""
        self._total += line.startswith("Inst ")
        return f"Debian packages: {self._total} to install"

    def take(self, line: str) -> str:
        """Take one line, and return how far it is."""
        for start, stage in APT_STAGES.items():
            if line.startswith(start):
                self._counts[start] += 1
                self._state = f"Debian packages: {stage} {self._counts[start]} of {self._total}"
        return self._state


class PipCounter:
    """How far pip is: k of n packages fetched, as it prints; then k of n installed, as they appear in `site`."""

    def __init__(self, lock: Path, site: Path) -> None:
        self._total = len(re.findall(r"^[a-z0-9][^ ]*==", lock.read_text("utf-8"), re.MULTILINE))
        self._site = site
        self._fetched = 0
        self.fetching = True

    def take(self, line: str) -> str:
        """Take one line, and return how far it is."""
        if line.startswith("Ignoring "):  # its marker is of another system
            self._total -= 1
        elif line.startswith(("Collecting ", "Requirement already satisfied")):
            self._fetched += 1
        elif line.startswith("Installing collected packages"):
            self.fetching = False
        if self.fetching:
            return f"Python packages: fetched {self._fetched} of {self._total}"
        installed = len(list(self._site.glob("*.dist-info")))  # pip's own is among them
        return f"Python packages: installed {min(installed, self._total)} of {self._total}"


def install_python(lock: Path) -> None:
    """Make the virtual environment hold what the lock says, checked by hash; one left half-done is made anew.

    Raises:
        SetupError: a package cannot be had.
    """
    mark = VENV / f"installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    whole = (VENV / "bin" / "pip").is_file() and PYTHON.exists() and not UNFINISHED.exists()
    if whole and mark.is_file() and mark.read_text() == wanted:
        return
    counter = None
    try:
        if not whole:
            progress.say("step 2 of 4: the virtual environment .venv")
            making = [sys.executable, "-m", "venv", "--clear", str(VENV)]
            progress.run(making, lambda _: "making the virtual environment")
        progress.say(f"step 3 of 4: the Python packages of packaging/{lock.name}")
        UNFINISHED.touch()  # what dies while installing leaves halves behind that pip would take for wholes
        counter = PipCounter(lock, VENV / "lib" / f"python{PYTHON_VERSION[0]}.{PYTHON_VERSION[1]}" / "site-packages")
        pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        pip += ["--disable-pip-version-check", "--require-hashes", "--no-build-isolation"]  # what builds is locked too
        progress.run([*pip, "-r", str(HERE / "build.lock")], lambda _: "Python packages: what builds others")
        progress.run([*pip, "-r", str(lock)], counter.take)
    except progress.ProgramError as fault:
        if counter is not None and counter.fetching:
            UNFINISHED.unlink()  # it had installed nothing yet: what was there is whole
        raise SetupError(
            f"the Python packages of packaging/{lock.name} could not be fetched and installed ({fault.said}); "
            "is this machine on the network? What was fetched is kept, try again"
        ) from fault
    mark.write_text(wanted)
    UNFINISHED.unlink()


def install_fonts() -> None:
    """Lay the fonts into assets/fonts, the simplified-Chinese face taken out of Noto's collections."""
    missing = {name: source for name, source in FONT_SOURCES.items() if not (FONTS / name).is_file()}
    if not missing:
        return
    progress.say(f"step 4 of 4: {len(missing)} fonts into assets/fonts")
    FONTS.mkdir(parents=True, exist_ok=True)
    for name, (source, face) in missing.items():
        origin, target = SYSTEM_FONTS / source, FONTS / name
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        if face is None:
            part.symlink_to(origin)
        else:
            extract = [str(PYTHON), "-c", EXTRACT_FACE, str(origin), str(face), str(part)]
            progress.run(extract, lambda _: "fonts: taking the simplified-Chinese face out of its collection")
        part.replace(target)


def main(arguments: list[str]) -> int:
    """Install for `run` or for `dev` (tests, checks, bench, dist); return the exit code."""
    if arguments not in (["run"], ["dev"]):
        print(__doc__)
        return 2
    try:
        check_python()
        install_packages(wanted_packages(arguments[0]))
        install_python(HERE / ("requirements.lock" if arguments[0] == "run" else "dev.lock"))
        install_fonts()
    except (SetupError, OSError) as fault:
        print(f"budayang: {fault}", file=sys.stderr)
        return 1
    except progress.ProgramError as fault:
        print(f"budayang: the fonts could not be laid into assets/fonts ({fault.said})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("budayang: stopped; the next start goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
