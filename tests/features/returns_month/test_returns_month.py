"""A month built, kept, signed and written on a real station: September of 云和社区, against its truth files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from centerdesk.app.features import manifests
from centerdesk.features.people.models import Resident
from centerdesk.features.returns import api
from centerdesk.features.returns.commands import RecordAnnex, RecordExport
from centerdesk.features.returns.models import ReturnEdition
from centerdesk.features.returns.queries import month_view
from centerdesk.features.returns.queries_records import all_records, page_records
from centerdesk.features.returns.rules import station_only
from centerdesk.features.returns.rules_checks import findings
from centerdesk.kernel.clock import Month
from centerdesk.kernel.errors import Cancelled, ConflictError, NotFound, ValidationError
from centerdesk.kernel.journal import JournalOp
from tests.helpers.elders import truth
from tests.helpers.people import draft
from tests.helpers.september import SEPTEMBER, build, keep

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.databases]
KEYS = {
    "indicator", "where", "unit", "month", "previous", "year_to_date", "n", "d", "definition", "rows",
}  # fmt: skip


def numbers(built):
    return {f.indicator: f for f in station_only(built.figures)}


def test_the_rates_are_those_of_the_truth(built):
    found, expected = numbers(built), truth()["rates"]
    counted = {
        "due": "F1_due", "paused": "paused", "seen": "seen", "in_time": "in_window", "missed": "unseen",
        "alarms": "alerts_look", "unseen_alarms": "alerts_unseen", "handling_median": "handling_minutes_median",
        "handling_max": "handling_minutes_max", "handling_open": "handling_open",
        "days_at_end": "F6_days_without_miss_at_end", "days_longest": "F6_longest",
    }  # fmt: skip
    assert {k: found[f"curtain.{k}"].month.value for k in counted} == {
        k: expected[v] for k, v in counted.items()
    }
    rates = {
        "care_rate": "F2_care_rate_pct", "timely_rate": "F3_timely_rate_pct", "missed_rate": "F4_missed_rate_pct",
        "abnormal_rate": "F5_abnormal_rate_pct", "false_rate": "F5_false_rate_pct",
    }  # fmt: skip
    assert {k: found[f"curtain.{k}"].month.value for k in rates} == {k: expected[v] for k, v in rates.items()}
    care = found["curtain.care_rate"].month
    assert (care.value, care.n, care.d) == (95.4, 2619, 2744)


@pytest.mark.parametrize(
    ("indicator", "count"),
    [
        ("people.aged60", 1226),  # 816 + 279 + 131 of the street's elder-care form, same roster, same day
        ("people.aged80", 410),
        ("people.alone60", 324),
        ("people.residents", 4998),
        ("people.male", 2368),
        ("people.female", 2630),
        ("people.moved_in", 22),
        ("curtain.elders", 46),
    ],
)
def test_the_population_is_that_of_the_roster(built, indicator, count):
    assert numbers(built)[indicator].month.value == count


def test_the_year_so_far(built):
    found = numbers(built)
    assert found["people.moved_in"].year_to_date.value == 140, "a flow is counted from 1 January"
    assert found["people.residents"].year_to_date.value == 4998, "a stock is what stands at the end"
    assert found["people.residents"].previous.value == 4977


def test_every_count_is_as_many_records_as_it_says(station, built, edition_id):
    """E6: the list behind a number has as many rows as the number, in every grid, and no row twice."""
    looked = 0
    with station.read() as session:
        for f in built.figures:
            if f.unit in ("%", "分钟", "天"):
                assert f.count == (f.month.d or f.count)
                continue
            assert f.count == f.month.value == len(set(f.rows)), f.key
            if f.where_id is None or f.indicator == "curtain.missed":
                rows = all_records(session, station.actor, edition_id, f.key)
                assert [r.id for r in rows] == list(f.rows), f.key
                assert [r.number for r in rows] == list(range(1, f.count + 1))
                looked += len(rows)
    assert looked > 20_000


def test_the_grids_add_up_but_for_those_without_one(built):
    hints = findings(built.figures)
    assert {h.level.value for h in hints} == {"提示"}
    assert "12 人没有网格" in hints[0].title
    assert "各网格 4,986，全站 4,998" in hints[0].text


def test_records_come_page_by_page_and_in_words(station, edition_id):
    with station.read() as session:
        first = page_records(session, station.actor, edition_id, "curtain.missed@", None, 100)
        rest = page_records(session, station.actor, edition_id, "curtain.missed@", first.next_key, 100)
    assert (len(first.rows), len(rest.rows), rest.next_key) == (100, 25, None)
    row = first.rows[0]
    assert (row.door, row.mark, row.note, row.page) == ("9-1-602", "未看", "09-02 晚", "people")
    assert row.detail.startswith("云和小区 · E27")
    assert {r.mark for r in (*first.rows, *rest.rows)} == {"未看"}


@pytest.mark.parametrize(
    ("key", "note", "mark", "detail"),
    [
        ("people.alone60@", " 岁", "", "独居"),
        ("people.households@", "常住 ", "", ""),
        ("people.moved_in@", "09-", "", "**"),
        ("curtain.alarms@", "09-09 07:44", "未开", "住院 41 分钟"),
        ("curtain.unseen_alarms@", "09-01 09:00", "未看", "补看 83 分钟"),
        ("curtain.seen@", "09-01 早", "已开", "已开 0"),
    ],
)
def test_each_kind_of_record_says_what_it_is(station, edition_id, key, note, mark, detail):
    with station.read() as session:
        row = page_records(session, station.actor, edition_id, key, None, 1).rows[0]
    assert note in row.note
    assert row.mark == mark
    assert detail in row.detail
    assert row.title
    assert row.door.count("-") >= 2
    assert row.target_id is not None


def test_every_kind_of_record_is_described():
    from centerdesk.features.returns.queries_records import _DESCRIBE

    assert {i.record for i in manifests().indicators()} == set(_DESCRIBE)


def test_no_full_identity_number_is_in_a_list(station, edition_id):
    with station.read() as session:
        rows = all_records(session, station.actor, edition_id, "people.aged80@")
    assert sum("****" in r.detail for r in rows) > 400
    assert not [r for r in rows for part in r.detail.split(" · ") if len(part) == 18 and part[:17].isdigit()]


def test_an_unknown_number_or_edition_is_told(station, edition_id):
    with station.read() as session:
        with pytest.raises(NotFound, match="没有这个数"):
            page_records(session, station.actor, edition_id, "people.unicorns@", None, 5)
        with pytest.raises(NotFound, match="重新编一次"):
            page_records(session, station.actor, station.actor.account_id, "people.aged80@", None, 5)


def test_the_json_contract(built):
    answers = [f.as_json() for f in built.figures]
    assert all(set(a) == KEYS for a in answers)
    json.dumps(answers, ensure_ascii=False)
    by_key = {(a["indicator"], a["where"]): a for a in answers}
    assert len(by_key) == len(answers) == 42 * 9
    care = by_key["curtain.care_rate", None]
    assert (care["month"], care["n"], care["d"], care["rows"], care["previous"]) == (
        95.4,
        2619,
        2744,
        2744,
        None,
    )
    elders = by_key["people.aged60", None]
    assert (elders["month"], elders["n"], elders["d"], elders["rows"]) == (1226, None, None, 1226)
    nobody = by_key["curtain.due", "云和八网格"]
    assert (nobody["month"], nobody["rows"], nobody["n"]) == (0, 0, None)
    no_base = by_key["curtain.care_rate", "云和八网格"]
    assert (no_base["month"], no_base["n"], no_base["d"]) == (None, 0, 0)


# --- keeping and signing ----------------------------------------------------------------------------------------
# These change the station; each works on a month of its own.


def _editions(station, month):
    with station.read() as session:
        return api.editions(session, station.actor, month)


def test_the_same_figures_are_kept_once(station):
    month = Month(2026, 8)
    first = keep(station, build(station, month))
    assert keep(station, build(station, month)) == first
    assert [e.edition for e in _editions(station, month)] == [1]


@pytest.fixture(scope="module")
def july(station, edition_id):  # September is counted before somebody more lives there
    """(the signed first edition, the draft that replaced it) of a month that changed in between."""
    from centerdesk.features.people.commands import AddResident

    month = Month(2026, 7)
    first = keep(station, build(station, month))
    station.run(api.SignReturn(first, _editions(station, month)[0].version))
    station.run(
        AddResident(draft("温一新", compound="云和小区", door="9-1-602", move_in_on=date(2026, 7, 15)))
    )
    return first, keep(station, build(station, month))


def test_other_figures_make_a_new_edition_and_leave_the_signed_one(station, july):
    first, second = july
    month = Month(2026, 7)
    known = {e.id: e for e in _editions(station, month)}
    new, old = known[second], known[first]
    assert (new.edition, new.is_draft) == (2, True)
    assert (old.edition, old.is_draft, old.signed_by) == (1, False, station.actor.account_id)
    with station.read() as session:
        after = month_view(session, station.actor, month, second)
        before = month_view(session, station.actor, month, first)
    assert after.signed == before.signed == old
    count = {v.edition.edition: numbers(v)["people.moved_in"].month.value for v in (after, before)}
    assert count[2] == count[1] + 1
    assert after.names[station.actor.account_id] == "测试secretary"


def test_what_was_signed_is_signed_once_and_a_replaced_draft_never(station, july):
    known = {e.id: e for e in _editions(station, Month(2026, 7))}
    with pytest.raises(ConflictError, match="已经签发过"):
        station.run(api.SignReturn(july[0], known[july[0]].version))
    third = keep(station, replace(build(station, Month(2026, 7)), figures=()))
    with pytest.raises(ConflictError, match="更新的一版"):
        station.run(api.SignReturn(july[1], known[july[1]].version))
    with pytest.raises(ConflictError, match="刚被别人改过"):
        station.run(api.SignReturn(third, 99))


def test_an_error_keeps_a_return_from_being_signed(station):
    built = build(station, Month(2026, 6))
    wrong = [
        replace(f, month=replace(f.month, value=9999)) if f.key == "people.aged80@" else f
        for f in built.figures
    ]
    edition_id = station.run(api.KeepEdition("2026-06", built.as_of, tuple(wrong)))
    with pytest.raises(ValidationError, match="1 处错"):
        station.run(api.SignReturn(edition_id, 1))


def test_an_empty_month_gives_zeros(station):
    built = build(station, Month(2024, 2))
    station_figures = station_only(built.figures)
    watched = [f for f in station_figures if f.record in ("expected_check", "alarm")]
    assert watched
    assert not [f for f in watched if f.count or f.month.value or f.month.d]
    assert keep(station, built)


def test_a_stop_while_counting_keeps_nothing(station):
    before = _count_editions(station)
    with station.read() as session, pytest.raises(Cancelled, match="没有动"):
        api.build_figures(
            session, station.actor, station.clock, SEPTEMBER, manifests().indicators(), cancel=lambda: True
        )
    assert _count_editions(station) == before


def _count_editions(station):
    with station.read() as session:
        return session.scalar(select(func.count()).select_from(ReturnEdition))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11", "还没到"),
        ("2026-13", "2026-11 这样"),
        ("昨天", "2026-11 这样"),
        ("2026-1", "2026-11 这样"),
    ],
)
def test_months_to_come_and_nonsense_are_refused(station, text, words):
    with pytest.raises(ValidationError, match=words):
        api.month_of(text, station.clock)


def test_exports_are_booked_without_a_name(station, edition_id):
    station.run(RecordExport(edition_id, "xlsx", bytes(range(32))))
    station.run(RecordAnnex(edition_id, 125, bytes(range(32))))
    with station.read() as session:
        annex, export = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc()).limit(2)).all()
        known = {r for (r,) in session.execute(select(Resident.name).limit(50))}
    assert export.action == "RecordExport"
    assert export.object_id == annex.object_id == edition_id
    assert export.reason == "xlsx AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert annex.reason.startswith("annex ")
    assert annex.counts == {"rows": 125, "masked": 1}
    assert not any(name in json.dumps([annex.counts, annex.reason, export.reason]) for name in known)


def test_only_papers_that_exist_are_booked(station, edition_id):
    with pytest.raises(ValueError, match="no such paper"):
        station.run(RecordExport(edition_id, "fax", bytes(32)))
    with pytest.raises(ValueError, match="32 bytes"):
        station.run(RecordExport(edition_id, "xlsx", b"short"))
    with pytest.raises(NotFound):
        station.run(RecordExport(station.actor.account_id, "xlsx", bytes(32)))
