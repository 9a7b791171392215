"""What the office refused is parked: a technician lists it, and sends it again."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.config import KioskConfig
from roles import deliver
from sync.delivery_queue import DeliveryQueue
from sync.enrol import load_identity
from sync.outbox import Outbox
from tests.roles.test_command_line import start
from tests.visits.conftest import enrol_without_office
from tests.visits.visitor import Places

REASON = "the office refuses it: 409 other bytes"


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    """An enrolled kiosk that runs nowhere."""
    found = Places(tmp_path).config(devices=False)
    enrol_without_office(found)
    return found


@pytest.fixture
def deliver_main(config: KioskConfig, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Call `run.py deliver` with this kiosk's file."""
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)  # a test's own logging stays as it is
    return lambda *options: deliver.main(["--config", str(config.kiosk.state.parent / "kiosk.toml"), *options])


@pytest.fixture
def parked(config: KioskConfig) -> str:
    """Commit one submission and park it; return its id."""
    identity = load_identity(config.kiosk.identity)
    outbox = Outbox(config.kiosk.outbox, identity.sealer, identity, reserve_bytes=1, page_bytes=1)
    numbering = outbox.begin().commit(lambda _: b"{}")
    outbox.close()
    queue = DeliveryQueue(config.kiosk.outbox)
    queue.park(numbering.submission_id, REASON)
    queue.close()
    return numbering.submission_id


def waiting(config: KioskConfig) -> list[str]:
    """Return what will be sent."""
    queue = DeliveryQueue(config.kiosk.outbox)
    found = [each.submission_id for each in queue.waiting()]
    queue.close()
    return found


def test_what_is_parked_is_listed_with_its_reason(
    parked: str, deliver_main: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: a person must act, and reads on what."""
    assert deliver_main("--parked") == 0
    [row] = capsys.readouterr().out.splitlines()
    assert row.startswith(parked)
    assert row.endswith(REASON)


def test_what_is_sent_again_is_no_longer_parked(
    parked: str, config: KioskConfig, deliver_main: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 1: nothing that was promised stays behind for good."""
    assert waiting(config) == []
    assert deliver_main("--unpark", parked) == 0
    assert waiting(config) == [parked]
    capsys.readouterr()
    assert deliver_main("--parked") == 0
    assert capsys.readouterr().out == "nothing is parked\n"


def test_what_is_not_parked_cannot_be_sent_again(
    parked: str, deliver_main: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: a wrong id is a sentence."""
    assert deliver_main("--unpark", parked[::-1]) == 1
    assert "is not parked; --parked lists what is" in capsys.readouterr().err


@pytest.mark.parametrize("role", ["deliver", "enrol"])
def test_an_address_that_is_none_is_a_sentence(config: KioskConfig, role: str) -> None:
    """Promise 8: a technician reads what to change, not where the program stopped."""
    file = config.kiosk.state.parent / "kiosk.toml"
    text = file.read_text("utf-8").replace(config.office.url, "http://127.0.0.1:port")
    file.write_text(text, "utf-8")
    done = start(role, "--config", str(file), *(("--code", "12345678") if role == "enrol" else ()))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{role}: ")
    assert "Traceback" not in done.stderr
