"""Bring this machine to what the project needs, showing progress: Debian packages, virtual environment, fonts.

Usage: python3.11 packaging/bootstrap.py run|dev

Runs on the bare standard library of Python 3.11. A second run finds its marks and installs nothing.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
FONTS = ROOT / "assets" / "fonts"
SYSTEM_FONTS = Path("/usr/share/fonts")

# What the kiosk's window, its fonts and its virtual screen need from Debian 12.
RUN_PACKAGES = (
    "python3.11-venv", "tzdata", "xvfb", "libgl1", "libgl1-mesa-dri", "libegl1", "libmtdev1", "libglib2.0-0",
    "libfribidi0",
    "fonts-noto-cjk", "fonts-hanazono", "fonts-babelstone-han",
)  # fmt: skip
DEV_PACKAGES = (*RUN_PACKAGES, "binutils", "git")

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


def say(sentence: str) -> None:
    """Print one line of progress."""
    print(f"budayang: {sentence}", flush=True)


def installed(package: str) -> bool:
    """Tell whether a Debian package is installed."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and answer.stdout == "installed"


def install_packages(packages: tuple[str, ...]) -> None:
    """Install the Debian packages that are missing, or say which command does."""
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        sys.exit(f"budayang: {len(missing)} Debian packages are missing; run as root:  {command}")
    say(f"installing {len(missing)} Debian packages: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL, env=environment)
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL, env=environment)


def install_python(lock: Path) -> None:
    """Make the virtual environment hold exactly what the lock says, checked by hash."""
    mark = VENV / f"installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return
    if not (VENV / "bin" / "pip").is_file():
        say("making the virtual environment .venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    say(f"installing the Python packages of packaging/{lock.name} (about a minute)")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    mark.write_text(wanted)


def install_fonts() -> None:
    """Lay the fonts into assets/fonts, the simplified-Chinese face taken out of Noto's collections."""
    missing = {name: source for name, source in FONT_SOURCES.items() if not (FONTS / name).is_file()}
    if not missing:
        return
    say(f"laying {len(missing)} fonts into assets/fonts")
    FONTS.mkdir(parents=True, exist_ok=True)
    for name, (source, face) in missing.items():
        origin, target = SYSTEM_FONTS / source, FONTS / name
        if face is None:
            target.symlink_to(origin)
            continue
        part = target.with_suffix(".part")
        python = str(VENV / "bin" / "python")
        subprocess.run([python, "-c", EXTRACT_FACE, str(origin), str(face), str(part)], check=True)
        part.replace(target)


def main(what: str) -> None:
    """Install for `run` or for `dev` (tests, checks, bench, dist)."""
    install_packages(RUN_PACKAGES if what == "run" else DEV_PACKAGES)
    install_python(HERE / ("requirements.lock" if what == "run" else "dev.lock"))
    install_fonts()


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["dev"]):
        sys.exit(__doc__)
    main(sys.argv[1])
