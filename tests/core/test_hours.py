"""When people work: hours in their own zone, holidays, the weekends China works in exchange."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import list_supported_countries
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.hours import LONGEST_HOLIDAY, WEEKDAYS, Hours, next_working, works, works_on
from core.values import countries

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SIX_DAYS = WEEKDAYS[:6]
ZONES = (
    *("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo"),
    *("America/Nuuk", "Pacific/Apia", "Asia/Kathmandu", "America/Santiago", "UTC"),
)


def hours(start: str = "09:00", end: str = "18:00", **values: object) -> Hours:
    return Hours.model_validate({"start": start, "end": end, **values})


@pytest.mark.parametrize(
    ("at", "expected"),
    [  # 09:00 to 18:00 in Shanghai (+8) on Thursday, 5 March 2026
        (datetime(2026, 3, 5, 0, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 5, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 5, 9, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 5, 10, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 7, 3, 0, tzinfo=UTC), False),  # a Saturday
    ],
)
def test_the_first_moment_counts_and_the_last_does_not(at: datetime, expected: bool) -> None:
    assert works(hours(), SHANGHAI, at) is expected


def test_without_hours_somebody_always_works() -> None:
    at = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
    assert works(None, SHANGHAI, at)
    assert next_working(None, SHANGHAI, at) == at


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        # Thursday 20:00 in Shanghai → Friday 09:00 there
        (SHANGHAI, datetime(2026, 3, 5, 12, 0, tzinfo=UTC), datetime(2026, 3, 6, 1, 0, tzinfo=UTC)),
        # Friday 20:00 in Berlin → Monday 09:00, after the clocks went from +1 to +2 on Sunday
        (BERLIN, datetime(2026, 3, 27, 19, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        # Friday in New York → Monday, after they went from −4 to −5 on 1 November
        (
            NEW_YORK,
            datetime(2026, 10, 30, 23, 0, tzinfo=UTC),
            datetime(2026, 11, 2, 14, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_message_waits_for_the_next_working_hour(
    zone: ZoneInfo, at: datetime, expected: datetime
) -> None:
    assert next_working(hours(), zone, at) == expected


# The State Council's calendar for 2025: Spring Festival from 28 January to 4 February, with
# Sunday 26 January and Saturday 8 February worked in exchange.
@pytest.mark.parametrize("day", [date(2025, 1, 26), date(2025, 1, 27), date(2025, 2, 8)])
def test_china_works_on_weekends_that_were_exchanged(day: date) -> None:
    assert works_on(hours(holidays="CN"), day)


@pytest.mark.parametrize("offset", range(8))
@pytest.mark.parametrize("days", [WEEKDAYS[:5], SIX_DAYS, WEEKDAYS])
def test_china_rests_all_of_the_spring_festival(offset: int, days: list[str]) -> None:
    day = date(2025, 1, 28) + timedelta(days=offset)
    assert not works_on(hours(days=days, holidays="CN"), day)  # its Saturday and Sunday too


def test_an_alert_of_new_years_eve_waits_until_the_festival_is_over() -> None:
    at = datetime(2025, 1, 27, 15, 0, tzinfo=UTC)  # 23:00 on the last working day
    over = datetime(2025, 2, 5, 1, 0, tzinfo=UTC)  # 09:00 on Wednesday, 5 February
    assert next_working(hours(days=SIX_DAYS, holidays="CN"), SHANGHAI, at) == over


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 26), False),  # Thanksgiving, the fourth Thursday
        (date(2026, 11, 27), True),
        (date(2026, 7, 4), False),  # a Saturday …
        (date(2026, 7, 3), False),  # … so the Friday is off
        (date(2026, 12, 26), True),  # the Saturday after Christmas: no holiday
    ],
)
def test_american_holidays(day: date, expected: bool) -> None:
    assert works_on(hours(days=SIX_DAYS, holidays="US"), day) is expected


def test_saturdays_beside_a_holiday_are_worked_where_no_weekends_are_exchanged() -> None:
    assert works_on(hours(days=SIX_DAYS, holidays="DE"), date(2026, 5, 2))  # 1 May is a Friday


def test_every_country_has_its_holidays() -> None:
    assert countries() <= set(list_supported_countries())
    assert {"CN", "US", "DE"} <= countries()


@pytest.mark.parametrize("country", ["XX", "cn", "China", "EU", ""])
def test_what_is_no_country_is_refused(country: str) -> None:
    with pytest.raises(ValidationError, match="two capital letters"):
        hours(holidays=country)


@pytest.mark.parametrize(("start", "end"), [("09:00", "09:00"), ("22:00", "06:00")])
def test_hours_end_after_they_start(start: str, end: str) -> None:
    with pytest.raises(ValidationError, match="must be later"):
        hours(start, end)


def test_days_away_are_passed_over() -> None:
    at = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)  # Thursday evening
    monday = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert next_working(hours(), SHANGHAI, at, lambda day: day == date(2026, 3, 6)) == monday


def test_nobody_waits_for_somebody_who_never_comes() -> None:
    at = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    assert next_working(hours(), SHANGHAI, at, lambda _: True) == at


some_hours = st.builds(
    lambda clocks, days, country: Hours(
        start=min(clocks), end=max(clocks), days=sorted(days), holidays=country
    ),
    st.sets(st.times().map(lambda t: time(t.hour, t.minute)), min_size=2, max_size=2),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.sampled_from([None, "CN", "US", "DE", "SA"]),
)
some_moments = st.integers(0, 1_500 * 24 * 60).map(
    lambda minutes: datetime(2023, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(some_hours, st.sampled_from(ZONES).map(ZoneInfo), some_moments, st.integers(0, 9))
def test_whoever_is_waited_for_works_then(
    hours: Hours, zone: ZoneInfo, at: datetime, away_for: int
) -> None:
    today = at.astimezone(zone).date()

    def is_away(day: date) -> bool:
        return today < day <= today + timedelta(days=away_for)

    reached = next_working(hours, zone, at, is_away)
    assert at <= reached <= at + timedelta(days=LONGEST_HOLIDAY)
    assert works(hours, zone, reached) or reached == at
    assert reached == at or not is_away(reached.astimezone(zone).date())


@given(some_hours, st.sampled_from(ZONES).map(ZoneInfo), some_moments, st.floats(0, 1))
def test_nobody_is_waited_for_while_they_work(
    hours: Hours, zone: ZoneInfo, at: datetime, part: float
) -> None:
    reached = next_working(hours, zone, at)
    between = at + part * (reached - at)
    assert between == reached or not works(hours, zone, between)
