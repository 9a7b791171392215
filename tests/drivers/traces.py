"""What a test may leave in the process by mistake: threads, open files, child processes, links that lead nowhere."""

import contextlib
import re
import threading
from collections import Counter
from multiprocessing import resource_tracker
from pathlib import Path

_NUMBER = re.compile(r"\d+")


def start_helpers() -> None:
    """Start what Python keeps for the life of the process once it has spawned another one."""
    resource_tracker.ensure_running()


def traces() -> Counter[str]:
    """Return what this process has, counted by kind: numbers say nothing, for what was opened anew has another one."""
    kinds = [f"thread {thread.name}" for thread in threading.enumerate()]
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists the folder
            kinds.append(f"file {entry.readlink()}")
    for children in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            kinds += [f"process {_name(pid)}" for pid in children.read_text().split()]
    return Counter(_NUMBER.sub("N", kind) for kind in kinds)


def _name(pid: str) -> str:
    """Return a process's name, and whether it has ended and nobody asked how."""
    try:
        name, _, rest = Path("/proc", pid, "stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return "gone"
    return f"{name} (zombie)" if rest.split()[0] == "Z" else name


def dangling(folder: Path) -> list[str]:
    """Return the links below `folder` that lead nowhere."""
    return [str(path) for path in folder.rglob("*") if path.is_symlink() and not path.exists()]
