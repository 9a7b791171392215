"""Who is believed: enrolment, signatures, clocks."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from office.enrolment import issue_code
from office.errors import OfficeError
from sync.contract import PART_TYPE, EnrolAnswer, Heartbeat, canonical
from tests.office.kiosk import Kiosk
from tests.office.people import SUBMITTED, a_case
from tests.office.running import Running

BEAT = Heartbeat(kiosk_id="K01", sent_at=SUBMITTED, software="0.1.0", committed=3, delivered=1, parked=0)


def beat(kiosk: Kiosk) -> int:
    return kiosk.send("POST", "/v1/heartbeats", canonical(BEAT)).status_code


def test_a_code_enrols_its_kiosk_once(running: Running) -> None:
    """Promise 2: a code that was overheard later is worth nothing."""
    code = issue_code(running.office, "K01", "ZT-S00")
    with Kiosk(running.url, "K01") as kiosk, Kiosk(running.url, "K01") as thief:
        identity = EnrolAnswer.model_validate_json(kiosk.enrol(code).raise_for_status().content)
        assert (identity.region, identity.site_id, identity.seal_key_id) == ("ZT", "ZT-S00", running.office.keys.key_id)
        refused = thief.enrol(code)
        assert refused.status_code == 403
        assert "used" in refused.json()["reason"]
        assert beat(kiosk) == 204


def test_a_code_of_another_kiosk_or_none_at_all_is_refused(running: Running) -> None:
    """Promise 2: a code is bound to its kiosk."""
    code = issue_code(running.office, "K01", "ZT-S00")
    with Kiosk(running.url, "K02") as kiosk:
        assert kiosk.enrol(code).status_code == 403
        assert kiosk.enrol("AAAABBBBCCCCDDDD").status_code == 403


def test_a_code_is_too_old_after_a_quarter_of_an_hour(running: Running) -> None:
    """Promise 2: a forgotten code opens nothing."""
    code = issue_code(running.office, "K01", "ZT-S00")
    running.clock.ahead = timedelta(minutes=15)
    with Kiosk(running.url, "K01") as kiosk:
        refused = kiosk.enrol(code)
    assert refused.status_code == 403
    assert "too old" in refused.json()["reason"]


def test_enrolling_again_replaces_the_key(running: Running) -> None:
    """Promise 2: a stolen kiosk is shut out by enrolling its successor."""
    with running.kiosk() as stolen, running.kiosk() as successor:
        assert beat(successor) == 204
        assert beat(stolen) == 401


def test_an_identifier_that_is_none_gets_no_code(running: Running) -> None:
    """Promise 8: the error names what is wrong."""
    with pytest.raises(OfficeError, match="kiosk_id"):
        issue_code(running.office, "../K01", "ZT-S00")


def test_a_kiosk_that_never_enrolled_is_refused(running: Running) -> None:
    """Promise 2: only enrolled kiosks speak."""
    with Kiosk(running.url, "K09") as stranger:
        assert stranger.put_manifest(a_case(running.office.keys, kiosk_id="K09")).status_code == 403


def test_an_unsigned_or_altered_request_is_refused(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: what was changed on the way is not believed."""
    case = a_case(running.office.keys)
    path = f"/v1/submissions/{case.id}"
    assert kiosk.http.put(path, content=case.body).status_code == 401
    request = kiosk.signed("PUT", path, case.body)
    altered = kiosk.http.build_request("PUT", path, content=case.body[:-1] + b" ", headers=dict(request.headers))
    assert kiosk.http.send(altered).status_code == 401


def test_a_request_cannot_be_sent_twice(kiosk: Kiosk) -> None:
    """Promise 1: replay is refused."""
    request = kiosk.signed("POST", "/v1/heartbeats", canonical(BEAT))
    copy = kiosk.http.build_request("POST", request.url, content=request.content, headers=dict(request.headers))
    assert kiosk.http.send(request).status_code == 204
    assert kiosk.http.send(copy).status_code == 401


def test_a_wrong_clock_is_answered_with_the_offices_time(running: Running, kiosk: Kiosk) -> None:
    """Promise 3: a kiosk whose clock is wrong learns the right time and goes on."""
    kiosk.clock_error = timedelta(hours=9)
    answer = kiosk.send("POST", "/v1/heartbeats", canonical(BEAT))
    assert answer.status_code == 401
    office_time = parsedate_to_datetime(answer.headers["date"])
    assert abs(office_time - running.office.clock()) < timedelta(minutes=1)


def test_a_blob_signed_by_another_kiosk_is_refused(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: nobody delivers in another kiosk's name."""
    case = a_case(running.office.keys)
    kiosk.put_manifest(case)
    sha256, data = next(iter(case.blobs.items()))
    with running.kiosk("K02") as stranger:
        for method in ("PATCH", "HEAD"):
            answer = stranger.send(method, f"/v1/blobs/K01/{sha256}", data, PART_TYPE, **{"upload-offset": "0"})
            assert answer.status_code == 403
    assert kiosk.head_blob(sha256).headers["upload-offset"] == "0"
