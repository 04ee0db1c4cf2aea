"""A month built, kept, signed and written on a real station: September of 云和社区, against its truth files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from centerdesk.app.features import manifests
from centerdesk.features.people.models import Resident
from centerdesk.features.returns import api
from centerdesk.features.returns.commands import RecordAnnex, RecordExport
from centerdesk.features.returns.models import ReturnEdition
from centerdesk.features.returns.queries import month_view
from centerdesk.features.returns.queries_records import all_records, page_records
from centerdesk.features.returns.rules import line_numbers, station_only
from centerdesk.features.returns.rules_checks import findings
from centerdesk.kernel.clock import Month
from centerdesk.kernel.errors import Cancelled, ConflictError, EnvironmentFault, NotFound, ValidationError
from centerdesk.kernel.journal import JournalOp
from tests.golden import pdfprobe
from tests.helpers.elders import truth
from tests.helpers.people import draft
from tests.helpers.september import SEPTEMBER, build, keep, september_station

pytestmark = [pytest.mark.db, pytest.mark.slow]
KEYS = {
    "indicator", "where", "unit", "month", "previous", "year_to_date", "n", "d", "definition", "rows",
}  # fmt: skip


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    made = september_station(tmp_path_factory.mktemp("september"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def built(station):
    return build(station)


@pytest.fixture(scope="module")
def edition_id(station, built):
    return keep(station, built)


@pytest.fixture(scope="module")
def how(station, edition_id):
    with station.read() as session:
        edition, _ = api.get_edition(session, station.actor, edition_id)
        return api.printing(session, station.actor, station.clock, "云和社区", edition)


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


# --- papers -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def papers(station, built, how, tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    return api.write_papers(folder, built.figures, how, station.clock, system_faces=False)


def test_three_papers_and_their_digests(papers):
    assert [p.name for p in papers.files] == [
        "云和社区_2026-09_月报表.xlsx",
        "云和社区_2026-09_月报表.pdf",
        "云和社区_2026-09_报告.pdf",
    ]
    assert dict(papers.sha256) == {
        name: hashlib.sha256(path.read_bytes()).digest()
        for name, path in zip(api.PAPERS, papers.files, strict=True)
    }


def test_the_excel_form_and_its_annexes(papers):
    book = openpyxl.load_workbook(papers.files[0])
    form, grids, words = book.worksheets
    assert form.print_title_rows == "$5:$5"
    assert [c.value for c in form[5]] == [
        "指标名称",
        "行号",
        "单位",
        "本月",
        "上月",
        "环比%",
        "本年累计",
        "备注",
    ]
    headings = [
        r[0].value for r in form.iter_rows(min_row=6) if r[1].value is None and "、" in str(r[0].value)[:2]
    ]
    assert headings == ["一、窗帘暗号", "二、居民", "三、特殊群体", "四、人口变动"]
    lines = {r[1].value: [c.value for c in r] for r in form.iter_rows(min_row=6) if r[1].value}
    assert lines["02"][0] == "应看"
    assert lines["03"][0] == "其中：看过"
    assert lines["07"] == ["看护率", "07", "%", 95.4, "—", "—", 95.4, "2619/2744"]
    assert grids.print_title_rows == "$3:$3"
    assert [c.value for c in grids[3]][3:] == [*(f"云和{n}网格" for n in "一二三四五六七八"), "全站"]
    due = next(r for r in grids.iter_rows(min_row=4, values_only=True) if r[0] == "应看")
    assert due[3:] == (420, 480, 529, 360, 0, 295, 660, 0, 2744)
    assert sum(due[3:-1]) == due[-1], "numbers, so that Excel can add them"
    assert words.title == "指标口径"
    assert words.max_row == 3 + 42
    for sheet in book:
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def _text(path, page):
    return "".join(text for text, _x, _y in pdfprobe.lines(path, page))


def test_the_pdf_form_repeats_its_header_and_carries_the_annexes(papers):
    path = papers.files[1]
    pages = pdfprobe.page_count(path)
    texts = ["".join(g.char for g in pdfprobe.glyphs(path, page) if g.char.strip()) for page in range(pages)]
    assert all("指标名称" in text for text in texts)
    assert all(f"第{n}页共{pages}页" in text for n, text in enumerate(texts, 1))
    assert "一、窗帘暗号" in texts[0]
    assert "四、人口变动" in texts[1]
    assert "单位负责人" in texts[1]
    assert any("分网格情况" in text for text in texts[2:])
    assert "指标口径" in texts[-2] + texts[-1]


def test_the_letter_has_no_empty_page(papers):
    path = papers.files[2]
    pages = pdfprobe.page_count(path)
    texts = [_text(path, page) for page in range(pages)]
    assert pages == 2
    assert "望河街道党工委：" in texts[0]
    assert "一、窗帘暗号" in texts[0]
    assert "看护率95.4%（2619/2744）" in "".join(texts)
    assert "云和社区党群服务中心2026年10月2日印发" in texts[-1]
    assert f"第{pages}页共{pages}页" in texts[-1]


def test_the_annex_lists_the_records(station, built, edition_id, how, tmp_path):
    figure = numbers(built)["curtain.missed"]
    with station.read() as session:
        rows = all_records(session, station.actor, edition_id, figure.key)
    line = line_numbers(built.figures)[figure.indicator]
    annex = api.write_annex(tmp_path, figure, line, rows, how, system_faces=False)
    path = annex.files[0]
    assert path.name == f"云和社区_2026-09_{line}行_明细.pdf"
    text = "".join(_text(path, page) for page in range(pdfprobe.page_count(path)))
    assert text.count("未看") == 125
    assert rows[-1].door in text


def test_a_stop_leaves_no_half_file(station, built, how, tmp_path):
    asked = []

    def stopped() -> bool:
        asked.append(1)
        return len(asked) > 2  # the Excel is through, the PDF is under way

    with pytest.raises(Cancelled):
        api.write_papers(tmp_path, built.figures, how, station.clock, system_faces=False, stopped=stopped)
    assert [p.name for p in tmp_path.iterdir()] == ["云和社区_2026-09_月报表.xlsx"]


def test_a_folder_that_cannot_be_made_is_told(station, built, how, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFault, match="换一个能写的文件夹"):
        api.write_papers(tmp_path / "file" / "in", built.figures, how, station.clock)


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
