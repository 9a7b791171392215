"""Run a program of the first start and say how far it is: never more than a few seconds without a word.

Standard library alone, and nothing that an older Python could not import: it must be able to say that it is wrong.
"""

from __future__ import annotations

import collections
import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

TELL_SECONDS = 4.0
KEPT_LINES = 12
CHUNK_BYTES = 65536
ERRORS = ("E:", "ERROR:", "Error:", "dpkg: error", "OSError")
BROKEN_CONNECTION = re.compile(r"connection broken by .*")

_began = time.monotonic()


class ProgramError(Exception):
    """A program ended with an error.

    Attributes:
        said: its last lines, the most telling ones where it marked them as errors.
    """

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def say(sentence: str) -> None:
    """Print one line of progress with the seconds since the start."""
    print(f"budayang: {time.monotonic() - _began:4.0f} s  {sentence}", flush=True)


def run(
    command: Sequence[str],
    progress: Callable[[str], str],
    *,
    environment: Mapping[str, str] | None = None,
    tell_seconds: float = TELL_SECONDS,
) -> None:
    """Run `command` to its end.

    `progress` is given each line it prints, and "" when it is silent, and returns how far it is; that is said every
    `tell_seconds` whether or not it has changed.

    Raises:
        ProgramError: it did not end with 0.
        OSError: it could not be started.
    """
    last_lines: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    ) as program:
        if program.stdout is None:
            raise OSError("no pipe to the program")
        try:
            _follow(program.stdout.fileno(), progress, last_lines, tell_seconds)
        except KeyboardInterrupt:  # the program got it too; a package manager first finishes what it has in hand
            say("stopping: waiting for the program under way to end")
            program.communicate()
            raise
    if program.returncode != 0:
        raise ProgramError(_most_telling(last_lines))


def _follow(pipe: int, progress: Callable[[str], str], last_lines: collections.deque[str], tell_seconds: float) -> None:
    """Read the program's lines until it closes them, telling how far it is."""
    rest, told_at = b"", time.monotonic()
    while True:
        wait = max(0.0, told_at + tell_seconds - time.monotonic())
        state = ""
        if select.select([pipe], [], [], wait)[0]:
            data = os.read(pipe, CHUNK_BYTES)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for raw in lines:
                line = raw.decode("utf-8", "replace").rstrip()
                last_lines.append(line)
                state = progress(line)
        if time.monotonic() >= told_at + tell_seconds:
            say(state or progress(""))
            told_at = time.monotonic()


def _most_telling(lines: collections.deque[str]) -> str:
    """Return what the program said of its error: why the network failed, else its first error, else its last line."""
    for line in lines:
        if why := BROKEN_CONNECTION.search(line):
            return why[0]
    errors = [line for line in lines if line.startswith(ERRORS)]
    return (errors or [line for line in reversed(lines) if line.strip()] or ["it said nothing"])[0]
