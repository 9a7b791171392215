"""What a service asks and gives at this hour: at 3 a.m., at noon, in the evening, at the weekend."""

from datetime import UTC, date, datetime

import pytest

from kiosk.catalogue import Catalogue, load
from kiosk.dates import CHINA, working_days_after
from kiosk.guide import Guide, guide
from kiosk.hours import always_open, is_open, next_opening
from kiosk.words import LANGUAGES, Language

NIGHT = datetime(2026, 11, 24, 3, 8, tzinfo=CHINA)  # a Tuesday
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)
LATE = datetime(2026, 11, 27, 23, 30, tzinfo=CHINA)  # a Friday


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def told(catalogue: Catalogue, service: str, now: datetime, language: Language = "zh") -> Guide:
    return guide(catalogue.service(service), catalogue, now, language)


@pytest.mark.parametrize(
    ("hour", "minute", "opened"), [(3, 8, False), (5, 59, False), (6, 0, True), (22, 59, True), (23, 0, False)]
)
def test_a_line_is_open_from_the_first_minute_of_its_window_to_the_last(
    catalogue: Catalogue, hour: int, minute: int, *, opened: bool
) -> None:
    """Promise 4: 06:00-23:00 means open at 6:00 and closed at 23:00."""
    assert is_open(catalogue.lines["citizen_card"], NIGHT.replace(hour=hour, minute=minute)) is opened


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (NIGHT, datetime(2026, 11, 24, 6, 0, tzinfo=CHINA)),
        (NOON, NOON),
        (LATE, datetime(2026, 11, 28, 6, 0, tzinfo=CHINA)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=CHINA), datetime(2027, 1, 1, 6, 0, tzinfo=CHINA)),
        (NIGHT.astimezone(UTC), datetime(2026, 11, 24, 6, 0, tzinfo=CHINA)),
    ],
)
def test_the_next_opening_is_now_today_or_tomorrow(catalogue: Catalogue, now: datetime, opens: datetime) -> None:
    """Promise 6: a wait says when it ends."""
    assert next_opening(catalogue.lines["citizen_card"], now) == opens


def test_the_extranet_never_closes(catalogue: Catalogue) -> None:
    """Promise 4: 00:00-24:00 is every minute."""
    line = catalogue.lines["extranet"]
    assert always_open(line)
    assert all(is_open(line, NIGHT.replace(hour=hour, minute=59)) for hour in range(24))


def test_a_time_without_a_zone_is_refused(catalogue: Catalogue) -> None:
    """Promise 4: nothing is said of an hour that could be any."""
    with pytest.raises(ValueError, match="zone"):
        is_open(catalogue.lines["tax"], NIGHT.replace(tzinfo=None))


def test_at_three_in_the_morning_the_resident_is_told_when_the_line_opens(catalogue: Catalogue) -> None:
    """Promise 6: hand in now, sent at six, done today."""
    steps = told(catalogue, "ZT-RS-001", NIGHT).steps
    assert [(step.when, step.what) for step in steps] == [
        ("03:08", "交件，拿回执"),
        ("今天 06:00", "市民卡与人社医保专线开放，自动送达"),
        ("11月24日周二", "当天办结，遇节假日顺延，办好发短信告诉您"),
    ]


def test_at_noon_it_is_sent_right_after(catalogue: Catalogue) -> None:
    """Promise 4: an open line is not called closed."""
    assert told(catalogue, "ZT-RS-001", NOON).steps[1].when == "随后"
    assert told(catalogue, "ZT-RS-001", NOON, "en").steps[1].when == "Right after"


def test_after_hours_the_promise_begins_on_the_next_working_day(catalogue: Catalogue) -> None:
    """Promise 4: on a Friday night nobody promises Friday; Saturday's opening is taken up on Monday."""
    steps = told(catalogue, "ZT-RS-001", LATE).steps
    assert steps[1].when == "明天 06:00"
    assert steps[2].when == "11月30日周一"


@pytest.mark.parametrize(("hour", "day"), [(16, "11月27日周五"), (17, "11月30日周一"), (19, "11月30日周一")])
def test_what_is_sent_after_the_office_has_closed_is_taken_up_on_the_next_day(
    catalogue: Catalogue, hour: int, day: str
) -> None:
    """Promise 4: the line is open until 23:00, the clerks are there until 17:00."""
    now = datetime(2026, 11, 27, hour, 0, tzinfo=CHINA)
    assert told(catalogue, "ZT-RS-001", now).steps[2].when == day


def test_a_package_waits_for_the_last_of_its_lines(catalogue: Catalogue) -> None:
    """Promise 6: the housing fund opens at 08:30, later than the others."""
    step = told(catalogue, "ZT-PK-02", NIGHT).steps[1]
    assert (step.when, step.what) == ("今天 08:30", "4 条线路都开放，自动送达")


def test_a_package_says_how_many_papers_it_saves(catalogue: Catalogue) -> None:
    """Promise 7: 9 papers, not 14."""
    birth = told(catalogue, "ZT-PK-01", NIGHT)
    assert (len(birth.papers), birth.saved) == (9, 5)
    assert birth.steps[2].when == "5 个工作日内"


def test_each_paper_says_how_it_is_got(catalogue: Catalogue) -> None:
    """Promise 4: card, screen or camera; and what no kiosk can take is brought to a window."""
    ways = {paper.material.id: paper.way for paper in told(catalogue, "ZT-RS-001", NIGHT).papers}
    assert ways == {"id_card": "card", "hukou_book": "scan", "pension_reg_form": "fill"}
    retirement = {paper.material.id: paper.way for paper in told(catalogue, "ZT-PK-10", NIGHT).papers}
    assert retirement["staff_archive"] == "later"


def test_what_is_done_at_a_window_says_when_the_window_is_open(catalogue: Catalogue) -> None:
    """Promise 3: what a kiosk cannot do has another way."""
    steps = told(catalogue, "ZT-RS-013", NIGHT).steps
    assert steps[0].when == "周一到周五 08:30 到 17:00"
    assert "支塘镇为民服务中心" in steps[0].what
    assert [item.id for item in told(catalogue, "ZT-PK-10", NIGHT).elsewhere] == ["ZT-RS-013"]


def test_a_fee_is_told_with_what_it_depends_on(catalogue: Catalogue) -> None:
    """Promise 4: no fee comes as a surprise."""
    items = [item for item in catalogue.items.values() if item.fee_note]
    assert items
    for item in items:
        assert (told(catalogue, item.id, NOON).fee, told(catalogue, item.id, NOON).fee_note) == (
            item.fee,
            item.fee_note,
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("now", [NIGHT, NOON, LATE])
def test_every_service_has_a_guide_at_every_hour_in_both_languages(
    catalogue: Catalogue, now: datetime, language: Language
) -> None:
    """Promise 7: all 304 services."""
    for service in catalogue.at_site("ZT-S00").services:
        each = guide(service, catalogue, now, language)
        assert each.steps
        assert all(step.when and step.what for step in each.steps)
        assert 2 <= each.minutes < 30
        assert len(each.papers) == len(service.materials)


@pytest.mark.parametrize(
    ("count", "day"), [(0, date(2026, 11, 27)), (1, date(2026, 11, 30)), (5, date(2026, 12, 4)), (6, date(2026, 12, 7))]
)
def test_working_days_leave_out_weekends(count: int, day: date) -> None:
    """Promise 4: five working days from a Friday end on the next Friday."""
    assert working_days_after(date(2026, 11, 27), count) == day


def test_no_working_days_from_a_saturday_is_monday() -> None:
    """Promise 4: nothing is taken up on a Saturday."""
    assert working_days_after(date(2026, 11, 28), 0) == date(2026, 11, 30)
