"""Commands by characters, pinyin and first letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.app.palette.match import match


@pytest.mark.parametrize(
    ("text", "wanted", "rank", "marks"),
    [
        ("现在备份", "现在", 0, (0, 1)),
        ("现在备份", "备份", 1, (2, 3)),
        ("锁屏", "sp", 2, (0, 1)),
        ("锁屏", "suoping", 2, (0, 1)),
        ("锁屏", "suop", 2, (0, 1)),
        ("新增居民", "jm", 2, (2, 3)),
        ("新增居民", "xinzjm", 2, (0, 1, 2, 3)),
        ("楼栋格局录入", "lgl", 3, (0, 2, 4)),
        ("李桂兰", "lgl", 2, (0, 1, 2)),
        ("单玉华", "dyh", 2, (0, 1, 2)),
        ("Excel 导出", "exc", 0, (0, 1, 2)),
        ("锁屏", " S P ", 2, (0, 1)),
    ],
)
def test_it_finds(text, wanted, rank, marks):
    found = match(text, wanted)
    assert found is not None
    assert (found.rank, found.marks) == (rank, marks)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("锁屏", "x"), ("锁屏", "ps"), ("锁屏", "屏锁"), ("新增居民", "z居"), ("居民", "jmm"), ("", "a")],
)
def test_it_does_not_find(text, wanted):
    assert match(text, wanted) is None


def test_a_blank_wish_matches_all_and_marks_nothing():
    found = match("锁屏", "  ")
    assert found is not None
    assert found.marks == ()


@given(st.text(max_size=12), st.text(max_size=40))
def test_marks_are_places_of_the_text(text, wanted):
    found = match(text, wanted)
    if found is not None:
        assert list(found.marks) == sorted(set(found.marks))
        assert all(0 <= place < len(text) for place in found.marks)


@given(st.text(alphabet="锁屏备份居民新增撤销", min_size=1, max_size=8))
def test_a_text_answers_to_itself_first(text):
    found = match(text, text)
    assert found is not None
    assert found.rank == 0
