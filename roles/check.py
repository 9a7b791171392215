"""All that CI checks, the cheapest fault first. `make check` and `.ci/run` are this and no more."""

import subprocess
import sys
import time

from roles.processes import ROOT

CODE = ["drivers", "kiosk", "sync", "office", "screens", "roles", "bench", "tests", "packaging", "run.py"]
# Tests misspell on purpose, to see what is said to it. The Chinese words are held by tests/kiosk/test_words.py.
PROSE = [*(folder for folder in CODE if folder != "tests"), "docs", "assets/words", "README.md", "CHANGELOG.md"]

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", ["-m", "ruff", "format", "--check", "--quiet", *CODE]),
    ("lint", ["-m", "ruff", "check", "--quiet", *CODE]),
    ("imports point one way", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
    ("strict types, code and tests", ["-m", "mypy"]),
    ("spelling", ["-m", "codespell_lib", *PROSE]),
    ("plain words", ["-m", "kiosk.words_check"]),
    ("tests", ["-m", "pytest", "--cov", "--cov-report=term:skip-covered", "--cov-fail-under=85"]),
)


def main(arguments: list[str]) -> int:
    """Run every step; stop at the first that fails, with its name."""
    if arguments:
        print(__doc__)
        return 2
    for name, command in STEPS:
        began = time.monotonic()
        print(f"check: {name}", flush=True)
        code = subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode  # noqa: S603 - our own tools
        if code != 0:
            print(f"check: {name} failed (exit {code})", file=sys.stderr)
            return 1
        print(f"check: {name} ok, {time.monotonic() - began:.0f} s", flush=True)
    return 0
