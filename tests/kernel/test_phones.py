"""Phone cells of real ledgers: separators, groups, full-width, and what must not be taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel.phones import is_mobile, last_four, normal_phone, parse_phones


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        ("19900017064", ["19900017064"]),
        ("19900006362.0", ["19900006362"]),
        ("１９９０００１５８９６", ["19900015896"]),
        ("199-0000-8161 0454-8000539", ["19900008161", "0454-8000539"]),
        ("199 0001 4133；0454 8000981", ["19900014133", "0454-8000981"]),
        ("199 0001 8378 0454 8000007", ["19900018378", "0454-8000007"]),
        ("19900002091 04548000033", ["19900002091", "0454-8000033"]),
        ("19900012468 199-0001-1142", ["19900012468", "19900011142"]),
        ("１９９０００１３１８６、１９９００００１１７４", ["19900013186", "19900001174"]),
        ("19900007699/19900006227", ["19900007699", "19900006227"]),
        ("+86 19900007699", ["19900007699"]),
        ("008619900007699", ["19900007699"]),
        ("86-19900007699", ["19900007699"]),
        ("010-80001234", ["010-80001234"]),
        ("(0454)8000123", ["0454-8000123"]),
        ("（0454）8000123转8", ["0454-8000123-8"]),
        ("0454-800-0123", ["0454-8000123"]),
        ("0454—8000123-802", ["0454-8000123-802"]),
        ("4008001234", ["400-800-1234"]),
        ("800-810-1234", ["800-810-1234"]),
        ("12345", ["12345"]),
        ("95598", ["95598"]),
        ("儿子：19900007699", ["19900007699"]),
        ("19900007699（女儿） 19900006227（本人）", ["19900007699", "19900006227"]),
        ("19900007699\n19900007699", ["19900007699"]),
        ("", []),
        ("无", []),
        (" － ", []),
    ],
)
def test_usable_numbers(cell, good):
    assert parse_phones(cell) == (good, [])


@pytest.mark.parametrize(
    ("cell", "good", "bad"),
    [
        ("199000069936", [], ["199000069936"]),
        ("1990000075", [], ["1990000075"]),
        ("12800001234", [], ["12800001234"]),
        ("8000033", [], ["8000033"]),
        ("0454-800012", [], ["0454-800012"]),
        ("1990000769919900006227", [], ["1990000769919900006227"]),
        ("19900007699、1990000622", ["19900007699"], ["1990000622"]),
        ("19900007699 1990000622", ["19900007699"], ["1990000622"]),
        ("问邻居", [], ["问邻居"]),
        ("123456", [], ["123456"]),
    ],
)
def test_refused_pieces_are_handed_back(cell, good, bad):
    assert parse_phones(cell) == (good, bad)


MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(
    st.lists(MOBILES, min_size=1, max_size=4, unique=True), st.sampled_from(["/", "、", ";", " ", "，", "\n"])
)
def test_any_list_of_mobiles_comes_back(numbers, separator):
    assert parse_phones(separator.join(numbers)) == (numbers, [])


@given(MOBILES, st.sampled_from(["-", " "]))
def test_grouping_never_changes_a_number(number, mark):
    assert normal_phone(mark.join((number[:3], number[3:7], number[7:]))) == number


@given(st.text(max_size=40))
def test_any_text_is_answered_and_what_is_good_stays_good(text):
    good, _bad = parse_phones(text)
    for number in good:
        assert parse_phones(number) == ([number], [])


@pytest.mark.parametrize(
    ("number", "mobile", "tail"),
    [
        ("19900007699", True, "7699"),
        ("0454-8000123", False, "0123"),
        ("0454-8000123-802", False, "0123"),
        ("400-800-1234", False, "1234"),
        ("110", False, "110"),
    ],
)
def test_kind_and_tail(number, mobile, tail):
    assert (is_mobile(number), last_four(number)) == (mobile, tail)


def test_two_numbers_are_not_one():
    assert normal_phone("19900007699 19900006227") is None
