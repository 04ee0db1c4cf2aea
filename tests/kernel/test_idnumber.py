"""Identity numbers: every case with the decision written beside it."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel.idnumber import IdNumber, IdProblem, check_character, known_areas, parse
from centerdesk.kernel.paths import resource

TODAY = date(2026, 11, 22)


def with_check(body: str) -> str:
    return body + check_character(body)


GOOD = with_check("23081119780515165")
GOOD_X = next(n for n in (with_check(f"23081119780515{k:03d}") for k in range(100, 200)) if n.endswith("X"))

# (what the cell holds, decision: kind of the problem, or the notes of a usable number)
CASES = [
    (GOOD, ()),
    (GOOD_X, ()),
    (GOOD_X.lower(), ("id_lowercase_x",)),  # x for X: rewritten, told as a fix
    (GOOD_X[:-1] + "ｘ", ("id_fullwidth", "id_lowercase_x")),
    (
        GOOD_X[:-1] + "×",
        ("id_lowercase_x",),
    ),  # a multiplication sign looks the same and can mean nothing else
    (GOOD.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}), ("id_fullwidth",)),
    (f"{GOOD[:6]} {GOOD[6:14]}\u3000{GOOD[14:]}", ("id_spaces",)),
    (f"{GOOD[:14]}\xa0{GOOD[14:]}", ("id_spaces",)),
    (f" {GOOD} ", ("id_spaces",)),
    (f"{GOOD[:6]}\u200b{GOOD[6:]}", ("id_spaces",)),  # a hidden mark is a blank nobody sees
    (f"\t{GOOD}", ()),  # guards of exports are not worth telling
    (f"'{GOOD}", ()),
    (f'="{GOOD}"', ()),
    ("230811601118370", ("id_15_upgraded",)),  # 15 digits: 19 and the check character added, a hint
    ("２３０８１１６０１１１８３７０", ("id_fullwidth", "id_15_upgraded")),
    (with_check("23990019780515165"), ("area_code_unknown",)),  # never a place: a hint, the number is taken
    (with_check("23022119700101001"), ()),  # 呼兰县, abolished 2004: people keep their number
    (with_check("81000019940823002"), ()),  # residence permit, Hong Kong
    (with_check("82000019940823002"), ()),  # residence permit, Macao
    (with_check("83000019920130002"), ()),  # residence permit, Taiwan
    (with_check("91112419810803002"), ()),  # foreigner's permanent residence card, 2023 form
    (with_check("23081120261122001"), ()),  # born today
    (with_check("23081120261123001"), "id_impossible_date"),  # born tomorrow
    (with_check("23081120990101001"), "id_impossible_date"),
    (with_check("23081119000101001"), ()),
    (with_check("23081118991231001"), "id_impossible_date"),  # before 1900 nobody lives
    (with_check("23081119780230001"), "id_impossible_date"),
    (with_check("23081119781301001"), "id_impossible_date"),
    (with_check("23081119000229001"), "id_impossible_date"),  # 1900 was no leap year
    ("230811600231370", "id_impossible_date"),  # 15 digits, 31 February
    (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "id_check_digit"),
    (GOOD[:10] + GOOD[11] + GOOD[10] + GOOD[12:], "id_impossible_date"),  # 5 and 0 exchanged: month 50
    (GOOD[:17], "id_length"),
    (GOOD + "2", "id_length"),
    ("2308", "id_length"),
    (GOOD[:7] + "O" + GOOD[8:], "id_bad_chars"),  # a letter O for a zero
    (GOOD[:5] + "X" + GOOD[6:], "id_bad_chars"),  # X anywhere but at the end
    ("23081160111837X", "id_bad_chars"),  # the old number had no check character
    (GOOD[:14] + "****", "id_bad_chars"),  # masked in the source
    ("CHN110101199001", "id_bad_chars"),  # foreigner's card before 2023: no such check, not this field
    (int(GOOD), "id_float"),  # a number cell is refused even if the check character happens to fit
    (float(GOOD), "id_float"),
    (230811601118370.0, "id_float"),
    (date(1978, 5, 15), "id_float"),
    ("2.30811E+17", "id_float"),
    ("2.30811e+17", "id_float"),
    (f"{GOOD}.0", "id_float"),
    ("230,811,197,805,151,656", "id_float"),
    (None, "id_missing"),
    ("", "id_missing"),
    ("  ", "id_missing"),
    (0, "id_missing"),
    ("无", "id_missing"),
    ("待补", "id_missing"),
    ("-", "id_missing"),
    ("暂无", "id_missing"),
]


@pytest.mark.parametrize(("cell", "decision"), CASES, ids=[repr(case[0]) for case in CASES])
def test_each_cell_gets_its_decision(cell, decision):
    found = parse(cell, TODAY)
    if isinstance(decision, str):
        assert isinstance(found, IdProblem)
        assert found.kind == decision
        assert found.message.endswith("。")
    else:
        assert isinstance(found, IdNumber)
        assert found.notes == decision
        assert found.canonical[17] == check_character(found.canonical)


# The 22 assertions of id-validator (`resources/data/idcard/id_vectors.tsv`), in file order. `strict` is its
# switch for "born before the area code was issued"; we have no such rule, because codes are reissued and
# people renumbered. (ours, why, and where it differs from the library)
VECTORS = [
    ("id_length", "14 digits"),
    (
        "id_check_digit",
        "the library blames the unknown area; for us that is a hint, the check character fails",
    ),
    ("id_impossible_date", "30 February"),
    ("id_check_digit", ""),
    ("id_impossible_date", "15 digits, 32 September"),
    ("id_check_digit", ""),
    (
        (),
        "differs: strict refuses a birth before 500154 (开州区) was issued in 2016; refused nobody born there",
    ),
    ((), "the same number, not strict: accepted"),
    ((), ""),
    ((), ""),
    ((), "区 issued later than the birth; not strict accepts"),
    ((), "differs: strict refuses 411082 长葛 before it became a city"),
    ((), "the same, not strict"),
    (("id_15_upgraded",), "the library accepts without a word, we show what was added"),
    ((), "residence permit, Hong Kong and Macao residents"),
    ((), "residence permit, Taiwan residents"),
    ((), "珠海市市辖区, abolished: known"),
    (("area_code_unknown",), "太原市市区, gone before the first revision we ship (2002): taken, with a hint"),
    (("area_code_unknown",), "罗定市 under 肇庆, gone before 2002: taken, with a hint"),
    ("id_check_digit", ""),
    ("id_impossible_date", ""),
    (("id_15_upgraded",), "upgraded to 610104196209276908 as the library does"),
]


def vectors() -> list[str]:
    with resource("data", "idcard", "id_vectors.tsv").open(encoding="utf-8", newline="") as file:
        return [row["number"] for row in csv.DictReader(file, delimiter="\t")]


def test_the_librarys_cases_are_explained_one_by_one():
    decided = []
    for number in vectors():
        found = parse(number, TODAY)
        decided.append(found.notes if isinstance(found, IdNumber) else found.kind)
    assert decided == [decision for decision, _ in VECTORS]


def test_upgrade_agrees_with_the_library():
    found = parse("610104620927690", TODAY)
    assert isinstance(found, IdNumber)
    assert found.canonical == "610104196209276908"
    assert (found.birth, found.sex) == (date(1962, 9, 27), 2)


def test_abolished_codes_are_in_the_table():
    assert {"230221", "440401", "230811", "110000"} <= known_areas()
    assert "239911" not in known_areas()


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_what_is_computed_is_read_back(birth, serial):
    number = with_check(f"230811{birth:%Y%m%d}{serial:03d}")
    found = parse(number, TODAY)
    assert isinstance(found, IdNumber)
    assert (found.canonical, found.birth, found.sex) == (number, birth, 1 if serial % 2 else 2)


@given(st.integers(0, 17), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(place, shift):
    wrong = str((int(GOOD[place]) + shift) % 10) if GOOD[place] != "X" else str(shift)
    found = parse(GOOD[:place] + wrong + GOOD[place + 1 :], TODAY)
    assert isinstance(found, IdProblem)


@given(st.text(max_size=40))
def test_any_text_ends_in_an_answer_and_messages_quote_nothing(text):
    found = parse(text, TODAY)
    if isinstance(found, IdProblem) and len(text) > 4:
        assert text not in found.message


def test_a_number_does_not_print_itself():
    assert GOOD not in repr(parse(GOOD, TODAY))
