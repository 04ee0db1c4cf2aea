"""Rules of the roster policy one by one, on small sheets made for each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.people.importing import SheetLayout, dry_run, read_roster
from centerdesk.features.people.importing_values import BAD_DATE, PartialDate, read_date, read_name
from centerdesk.features.people.importing_words import field_of, relation_of, sex_of, tags_of
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.idnumber import check_character
from centerdesk.kernel.spreadsheet_in import Sheet, Workbook

TODAY = date(2026, 11, 22)
HEAD = [
    "姓名",
    "公民身份号码",
    "性别",
    "出生日期",
    "联系电话",
    "户主姓名",
    "与户主关系",
    "小区",
    "楼栋门牌",
    "网格",
    "标签",
    "迁入日期",
]
FIELDS = [
    "name",
    "id",
    "sex",
    "birth",
    "phone",
    "head",
    "relation",
    "compound",
    "address",
    "grid",
    "tags",
    "move_in",
]


def number(serial: int, birth: str = "19600102") -> str:
    body = f"230811{birth}{serial:03d}"
    return body + check_character(body)


def person(**other):
    row = {
        "name": "张三",
        "id": number(1),
        "sex": "男",
        "birth": "1960-01-02",
        "phone": "",
        "head": "张三",
        "relation": "户主",
        "compound": "云和小区",
        "address": "3-2-501",
        "grid": "一网格",
        "tags": "",
        "move_in": "",
    }
    return [(row | other)[field] for field in FIELDS]


def read(*rows, head=HEAD, merged=(), **options):
    every = [list(head), *rows]
    width = max(map(len, every))
    sheet = Sheet("表", True, [row + [""] * (width - len(row)) for row in every], width, merged)
    return read_roster(
        Workbook("xlsx", (sheet,)),
        known_grids=["一网格"],
        known_compounds=["云和小区"],
        today=TODAY,
        **options,
    )


def problems(reading):
    return [(p.cell, p.kind, p.severity) for p in reading.problems]


def statuses(reading):
    return [row.status for row in reading.rows]


CASES = [
    ({"name": ""}, ("A2", "name_missing", "refuse"), "refuse"),
    ({"id": number(1)[:-1]}, ("B2", "id_length", "refuse"), "refuse"),
    ({"id": float(number(1))}, ("B2", "id_float", "refuse"), "refuse"),
    ({"id": ""}, ("B2", "id_missing", "warn"), "warn"),
    ({"sex": "女"}, ("C2", "sex_contradicts_id", "warn"), "warn"),
    ({"sex": 2.0}, ("C2", "sex_contradicts_id", "warn"), "warn"),
    ({"birth": "1960.1.3"}, ("D2", "birth_contradicts_id", "warn"), "warn"),
    ({"birth": "1960年2月30日"}, ("D2", "birth_impossible", "warn"), "warn"),
    ({"birth": "1960.13.5"}, ("D2", "birth_impossible", "warn"), "warn"),
    ({"phone": "1990000123"}, ("E2", "phone_invalid", "warn"), "warn"),
    ({"phone": "19900001234/1990000123"}, ("E2", "phone_invalid", "warn"), "warn"),
    ({"grid": "九网格"}, ("J2", "grid_unknown", "warn"), "warn"),
    ({"tags": "空巢、广场舞队"}, ("K2", "tag_unknown", "warn"), "warn"),
    ({"move_in": "2021-02-30"}, ("L2", "movein_impossible", "warn"), "warn"),
    ({"move_in": "2021年2月"}, ("L2", "movein_impossible", "warn"), "warn"),
    ({"address": "3#2单元501"}, ("I2", "address_free_form", "fix"), "accept"),
    ({"address": "老锅炉房后面"}, ("I2", "address_free_form", "warn"), "warn"),
    ({"name": "张\ue863"}, ("A2", "name_pua", "fix"), "accept"),
    ({"name": "张\uf8f8"}, ("A2", "name_pua", "warn"), "warn"),
]


@pytest.mark.parametrize(("change", "problem", "status"), CASES, ids=[str(case[0]) for case in CASES])
def test_one_defect_one_problem(change, problem, status):
    reading = read(person(**change))
    assert problems(reading) == [problem]
    assert statuses(reading) == [status]


FINE = [
    {"sex": "1"},
    {"sex": 1.0},
    {"sex": ""},
    {"birth": 19600102.0},
    {"birth": date(1960, 1, 2)},
    {"birth": datetime(1960, 1, 2)},  # noqa: DTZ001 - a sheet has no zone
    {"birth": 21917.0},
    {"birth": "1960-01"},
    {"birth": "一九六〇年一月二日"},
    {"birth": "1960-01-02 00:00:00"},
    {"phone": 19900001234.0},
    {"phone": "无"},
    {"name": "张　三"},
    {"grid": "一网格 "},
    {"tags": "无"},
    {"move_in": "-"},
]


@pytest.mark.parametrize("change", FINE, ids=str)
def test_ordinary_mess_is_no_problem(change):
    reading = read(person(**change))
    assert problems(reading) == []
    assert reading.rows[0].person.birth == date(1960, 1, 2)
    assert reading.rows[0].person.sex == "男"
    assert reading.rows[0].person.name == "张三"


def test_the_number_wins_over_sex_and_birth():
    taken = read(person(sex="女", birth="1960-01-03")).rows[0].person
    assert (taken.sex, taken.birth) == ("男", date(1960, 1, 2))


def test_without_a_number_the_columns_count():
    taken = read(person(id="待补", sex="2", birth="1960/3/4")).rows[0].person
    assert (taken.id, taken.sex, taken.birth) == (None, "女", date(1960, 3, 4))


def test_a_repeat_is_merged_a_clash_is_refused():
    reading = read(
        person(),
        person(name="张 三", birth="19600102"),  # the same once normalised
        person(phone="19900001234"),  # the same person, other content
        person(name="李四"),  # another person with this number
    )
    assert statuses(reading) == ["accept", "merged", "refuse", "refuse"]
    assert problems(reading) == [
        ("A3", "row_duplicate_identical", "fix"),
        ("B4", "person_twice_phone_differs", "refuse"),
        ("B5", "id_duplicate", "refuse"),
    ]


def test_repeats_are_compared_with_taken_rows_only():
    reading = read(person(name="", relation="子"), person())
    assert statuses(reading) == ["refuse", "accept"]


def test_a_remark_is_content():
    head = [*HEAD, "备注"]
    reading = read([*person(), "已核"], [*person(), "租房"], head=head)
    assert statuses(reading) == ["accept", "refuse"]


def test_fifteen_digits_and_their_upgrade_are_one_person():
    old = "230811600102001"
    reading = read(person(id=old), person(id=number(1)))
    assert statuses(reading) == ["warn", "merged"]


def test_an_unknown_grid_is_told_once_and_hints_the_whole_household():
    blank = {"head": "", "compound": "", "address": "", "grid": ""}
    reading = read(
        person(grid="九网格"),
        person(name="李四", id=number(2), sex="女", relation="妻", **blank),
        person(name="王五", id=number(3), relation="子", **dict.fromkeys(blank, "同上")),
        person(name="赵六", id=number(5), relation="子", grid="九网格", head="张三"),
    )
    assert problems(reading) == [("J2", "grid_unknown", "warn")]
    assert statuses(reading) == ["warn"] * 4
    assert {row.person.grid for row in reading.rows} == {None}
    assert len({row.person.household for row in reading.rows}) == 1


def test_the_second_head_is_taken_with_a_hint():
    reading = read(person(), person(name="李四", id=number(3), head="", address="", compound="", grid=""))
    assert problems(reading) == [("G3", "household_two_heads", "warn")]
    assert statuses(reading) == ["accept", "warn"]


def test_a_refused_head_is_still_the_head():
    assert statuses(read(person(name=""), person())) == ["refuse", "warn"]


def test_ditto_means_the_row_above_and_blank_means_nothing():
    head = [*HEAD, "民族", "政治面貌"]
    reading = read(
        [*person(), "回", "党员"],
        [*person(name="李四", id=number(3), relation="子", head="″"), "同上", "〃"],
        [*person(name="王五", id=number(5), relation="子", head='"'), "", ""],
        head=head,
    )
    assert [(r.person.ethnic, r.person.political) for r in reading.rows] == [
        ("回族", "中共党员"),
        ("回族", "中共党员"),
        (None, None),
    ]


def test_a_joined_cell_counts_for_all_its_rows():
    head = [*HEAD, "政治面貌"]
    rows = [[*person(name=f"甲{n}", id=number(2 * n + 1)), "党员" if n == 0 else ""] for n in range(3)]
    reading = read(*rows, head=head, merged=((2, 13, 3, 13),))
    assert [row.person.political for row in reading.rows] == ["中共党员", "中共党员", None]


def test_other_papers_are_not_judged_as_identity_numbers():
    reading = read([*person(id="E12345678"), "护照"], head=[*HEAD, "证件类型"])
    assert problems(reading) == [("B2", "id_missing", "warn")]


def test_what_is_no_person():
    reading = read(
        person(),
        ["合　计", "", "", "", "共1户 1人"],
        ["—— 二号院 ——"],
        ["【三号院】"],
        HEAD,
        ["", "", "", "", ""],
        [3.0],
        ["填表人：某某    审核人：", ""],
        ["注：一式两份"],
        ["以下空白"],
    )
    assert len(reading.rows) == 1
    assert (reading.sheets[0].first_data_row, reading.sheets[0].last_data_row) == (2, 2)


def test_a_given_layout_is_believed():
    layout = {"表": SheetLayout((1,), {1: "name", 2: "id"})}
    reading = read(["张三", number(1)], head=["甲", "乙"], layout=layout)
    assert statuses(reading) == ["accept"]


def test_a_sheet_without_names_says_so():
    reading = read(["x", 1.0], head=["指标", "数量"])
    assert (reading.sheets[0].role, reading.has_data) == ("skipped", False)
    assert "姓名" in reading.sheets[0].why
    shown = dry_run(reading)
    assert shown["counts"]["rows"] == 0
    assert shown["sheets"][0]["columns"] is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓 名", "name"),
        ("*身份证号码（必填）", "id"),
        ("聯繫方式", "phone"),
        ("联系电话2", "phone"),
        ("与户主关系", "relation"),
        ("户主姓名", "head"),
        ("監護人姓名", None),
        ("网格员", None),
        ("网格长电话", None),
        ("年龄", None),
        ("户籍所在地详细地址", None),
        ("居民身份证号（18位）", "id"),
    ],
)
def test_headings(header, field):
    found = field_of(header)
    assert (found and found[0]) == field


def test_words():
    assert tags_of("慢病/独居老人，低保户 爱心人士") == (("独居", "低保", "慢性病"), ("爱心人士",))
    assert tags_of("獨居；殘疾") == (("独居", "残疾"), ())
    assert relation_of("妻子") == ("妻", "12")
    assert relation_of("02") == ("户主", "02")
    assert relation_of("干儿子") == ("干儿子", None)
    assert sex_of("男性") == "男"
    assert sex_of("未知") is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2021/3/4", date(2021, 3, 4)),
        ("3/4/2021", date(2021, 3, 4)),
        ("20210304", date(2021, 3, 4)),
        ("二〇二一年三月四日", date(2021, 3, 4)),
        ("2021年3月", PartialDate(2021, 3)),
        ("202103", PartialDate(2021, 3)),
        ("2021", PartialDate(2021)),
        ("79.3.18", PartialDate(79, 3, 18)),
        ("2021-02-29", BAD_DATE),
        ("去年", BAD_DATE),
        (float("nan"), BAD_DATE),
        (float("inf"), BAD_DATE),
        (True, BAD_DATE),
        (1e30, BAD_DATE),
        (-5.0, BAD_DATE),
        (timedelta(hours=30), BAD_DATE),
        ("", None),
        ("不详", None),
        (0.0, None),
    ],
)
def test_dates(cell, day):
    assert read_date(cell) == day


def test_a_1904_file_counts_from_another_day():
    assert read_date(1.0, date1904=True) == date(1904, 1, 2)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("李　三", "李三"),
        (" 脱脱蒙哥•帖木迭儿 ", "脱脱蒙哥·帖木迭儿"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("John  Smith", "John Smith"),
        ("張\u202e三", "張三"),
        ("-", ""),
    ],
)
def test_names(raw, name):
    assert read_name(raw)[0] == name


CELLS = st.one_of(
    st.text(max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.timedeltas(),
    st.sampled_from(["同上", "″", "合计", "姓名", number(1), "3-2-501", "1-1", "无", "户主"]),
)


@given(st.lists(st.lists(CELLS, max_size=14), max_size=6))
def test_any_sheet_ends_in_a_reading(rows):
    reading = read(*rows)
    assert reading.counts["rows"] == len(reading.rows)
    for row in reading.rows:
        assert row.status in {"accept", "warn", "refuse", "merged"}


def book(*sheets):
    return Workbook("xlsx", tuple(sheets))


def sheet(name, rows, visible=True, merged=()):
    width = max((len(row) for row in rows), default=0)
    return Sheet(name, visible, [list(row) for row in rows], width, merged)


def roles(*sheets):
    reading = read_roster(book(*sheets), known_grids=(), known_compounds=(), today=TODAY)
    return [(s.name, s.role) for s in reading.sheets]


def test_sheet_roles():
    persons = [HEAD, person()]
    assert roles(
        sheet("台账", persons),
        sheet("旧台账", persons, visible=False),
        sheet("选项", [["性别", "网格"], ["男", "一"], ["女", "二"]]),
        sheet("可选值", [["性别", "所属网格"], ["男", "一"], ["女", "二"]]),
        sheet("填表说明", [["1.一户一档。"], ["2.按文本填写。"], ["例", "张三"]]),
        sheet("空", []),
        sheet("空白", [["", ""]]),
        sheet("统计", [["指标", "数量"], ["户数", 3.0], ["人数", 3.0], ["男", 3.0]]),
        sheet("空表样", [HEAD]),
        sheet("名单", [["姓名", "部门", "职务"], ["张三", "办公室", "主任"]]),
    ) == [
        ("台账", "data"),
        ("旧台账", "skipped"),
        ("选项", "dictionary"),
        ("可选值", "dictionary"),
        ("填表说明", "notes"),
        ("空", "skipped"),
        ("空白", "skipped"),
        ("统计", "skipped"),
        ("空表样", "skipped"),
        ("名单", "skipped"),
    ]


def test_columns_that_mean_nothing_to_us_are_named():
    reading = read([*person(), "大学", 66.0], head=[*HEAD, "文化程度", "年龄"])
    assert "M 文化程度、N 年龄" in reading.sheets[0].why


def test_a_header_of_two_rows_without_joins():
    """As csv exports write it: the group label stands over its first column only."""
    reading = read(
        ["", "", "", "小区", "楼", "单元", "室", ""],
        ["张三", number(1), "男", "云和小区", "3", "2", "501", "户主"],
        head=["姓名", "身份证号", "性别", "住址", "", "", "", "与户主关系"],
    )
    assert reading.sheets[0].layout is not None
    assert reading.sheets[0].layout.header_rows == (1, 2)
    assert reading.rows[0].person.address.door.text == "3-2-501"


def test_the_heads_name_is_the_name_where_there_is_no_other():
    reading = read(
        ["张三", number(1), "3-2-501", "19900001234"], head=["户主姓名", "证件号码", "地址", "电话"]
    )
    assert reading.rows[0].person.name == "张三"


def test_a_column_named_building_with_whole_doors_is_the_address():
    reading = read(["张三", number(1), "3-2-501"], head=["姓名", "证件号码", "楼号"])
    assert reading.rows[0].person.address.door.text == "3-2-501"


def test_the_second_column_of_a_field_is_left_out():
    reading = read([*person(), "女"], head=[*HEAD, "性别"])
    assert reading.rows[0].person.sex == "男"
    assert "性别" in reading.sheets[0].why


def test_household_numbers_count_by_sheet_where_there_are_two():
    head = ["户号", "姓名", "公民身份号码", "性别"]
    reading = read_roster(
        book(
            sheet("一", [head, [1.0, "张三", number(1), "男"]]),
            sheet("二", [head, [1.0, "李四", number(3), "男"]]),
        ),
        known_grids=(),
        known_compounds=(),
        today=TODAY,
    )
    assert len({row.person.household for row in reading.rows}) == 2


def test_another_households_door_is_not_inherited():
    head = ["户号", "姓名", "公民身份号码", "网格", "楼栋门牌"]
    reading = read(
        ["1", "张三", number(1), "一网格", "3-2-501"],
        ["1", "李四", number(3), "", ""],
        ["2", "王五", number(5), "", ""],
        head=head,
    )
    assert [(r.person.address.door.text, r.person.grid) for r in reading.rows] == [
        ("3-2-501", "一网格"),
        ("3-2-501", "一网格"),
        ("", "一网格"),
    ]


def test_stopping():
    with pytest.raises(Cancelled):
        read(*[person(id=number(n)) for n in range(1, 600)], cancel=lambda: True)


def test_two_persons_without_number_who_are_the_same_are_one():
    reading = read(person(id=""), person(id="无"), person(id="", phone="19900001234"))
    assert statuses(reading) == ["warn", "merged", "warn"]


def test_a_person_does_not_print_itself():
    taken = read(person()).rows[0].person
    assert "张三" not in repr(taken)
    assert number(1) not in repr(taken)
