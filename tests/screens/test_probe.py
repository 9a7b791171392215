"""The probe and the bridge: the two ways other threads and processes come near the window."""

import contextlib
import socket
from pathlib import Path

import pytest

from screens.probe import Probe, ask


def test_every_connection_is_told_the_latest_page(tmp_path: Path) -> None:
    """Promise 7: who steers by the probe sees the page that is on the glass, each time anew."""
    told: dict[str, object] = {"screen": "attract"}
    probe = Probe(tmp_path / "probe.sock", lambda: told)
    probe.start()
    try:
        assert ask(tmp_path / "probe.sock") == {"screen": "attract"}
        told["screen"] = "choose"
        assert ask(tmp_path / "probe.sock") == {"screen": "choose"}
    finally:
        probe.stop()


def test_the_probe_takes_no_commands_and_survives_a_caller_who_leaves(tmp_path: Path) -> None:
    """Promise 2: it only answers; what is written to it is not read."""
    probe = Probe(tmp_path / "probe.sock", lambda: {"screen": "x" * 100_000})
    probe.start()
    try:
        with socket.socket(socket.AF_UNIX) as rude:
            rude.connect(str(tmp_path / "probe.sock"))
            with contextlib.suppress(BrokenPipeError):  # it may have been quicker to hang up
                rude.sendall(b'{"do": "submit"}\n')
        assert len(str(ask(tmp_path / "probe.sock")["screen"])) == 100_000
    finally:
        probe.stop()
    assert not (tmp_path / "probe.sock").exists()


def test_a_socket_left_by_a_killed_window_is_replaced(tmp_path: Path) -> None:
    """Promise 3: a crash before does not keep the next window from being asked."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "probe.sock"))
    with pytest.raises(OSError, match="refused"):
        ask(tmp_path / "probe.sock")
    probe = Probe(tmp_path / "probe.sock", lambda: {"frame": 1})
    probe.start()
    try:
        assert ask(tmp_path / "probe.sock") == {"frame": 1}
    finally:
        probe.stop()
