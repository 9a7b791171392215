"""A card left on the real reader's wire: asked for, told to staff, and forgiven when it is taken."""

import logging
from functools import partial

import pytest

from drivers.errors import ErrorAction, Reason
from kiosk import services
from kiosk.card_watch import CardWatch
from kiosk.device_health import health_file, read_health, utc_now
from sync.contract import DeviceHealth
from tests.drivers.helpers import eventually
from tests.visits.conftest import Bench
from tests.visits.visitor import Resident


def reader_told(bench: Bench) -> DeviceHealth | None:
    """Return what the kiosk's health record says of the reader."""
    record = read_health(health_file(bench.config), utc_now())
    return None if record is None else next(each for each in record.devices if each.name == "id_card")


def issues(resident: Resident) -> list[Reason]:
    """Return what the board says of the reader."""
    return [issue.reason for issue in resident.services.board.issues() if issue.device == "id_card"]


def says_forgotten(bench: Bench) -> bool:
    told = reader_told(bench)
    return told is not None and (told.reason, told.action) == (Reason.MEDIA_FORGOTTEN, ErrorAction.CLEAR)


def test_a_card_left_on_the_reader_is_asked_for_and_then_told_to_staff(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Promises 6 and 8: the resident is asked to take it; half a minute later staff is, and not once it is gone."""
    monkeypatch.setattr(services, "CardWatch", partial(CardWatch, seconds=0.3))
    with Resident(bench.config) as resident, caplog.at_level(logging.WARNING):
        resident.consent()
        bench.reader.do("put_card", card="wang")
        resident.wait_for_card()
        resident.visit.cancel()
        resident.until("the card is asked for", lambda: resident.visit.must_take_card is not None)
        resident.until("staff is told", lambda: issues(resident) == [Reason.MEDIA_FORGOTTEN])
        eventually(lambda: says_forgotten(bench))
        assert "MEDIA_FORGOTTEN" in caplog.text
        assert "王小明" not in caplog.text
        bench.reader.do("lift_card")
        resident.until("it is taken", lambda: resident.visit.must_take_card is None)
        assert issues(resident) == []
        eventually(lambda: not says_forgotten(bench))
