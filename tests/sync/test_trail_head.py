"""The end of the audit trail in the heartbeat: told to an office that takes it, and kept from one that does not."""

import json
import random

from starlette.responses import Response

from sync.contract import Heartbeat, TrailHead, canonical
from sync.delivery import Delivery
from tests.sync.conftest import KIOSK_TIME, Kiosk
from tests.sync.office_double import OfficeDouble

HEAD = TrailHead(n=7, hash="ab" * 32)


def telling(kiosk: Kiosk) -> Delivery:
    """Return a delivery whose kiosk has a trail."""
    return Delivery(kiosk.queue, kiosk.client, kiosk.clock, random.Random(7), software="test", trail=lambda: HEAD)


def test_each_heartbeat_tells_where_the_trail_ends(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 8: what staff did is known at two places."""
    kiosk.delivery = telling(kiosk)
    kiosk.step_for(70)
    assert [each.trail for each in office.heartbeats] == [HEAD, HEAD, HEAD]


def test_without_a_trail_the_heartbeat_is_what_every_office_knows() -> None:
    """Promise 6: an office from before the field refuses one it does not know."""
    beat = Heartbeat(kiosk_id="K01", sent_at=KIOSK_TIME, software="test", committed=0, delivered=0, parked=0)
    assert "trail" not in json.loads(canonical(beat))
    with_trail = beat.model_copy(update={"trail": HEAD})
    assert Heartbeat.model_validate_json(canonical(with_trail)).trail == HEAD
    assert Heartbeat.model_validate_json(canonical(beat)).trail is None


def test_an_older_office_gets_its_heartbeats_without(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: it refuses the first, and the line is up again with the second."""
    office.faults["heartbeats"].append(lambda _: Response(status_code=422))
    kiosk.delivery = telling(kiosk)
    kiosk.step_for(5)
    assert kiosk.delivery.status().line_up is False
    kiosk.step_for(60)
    assert kiosk.delivery.status().line_up
    assert {each.trail for each in office.heartbeats} == {None}
