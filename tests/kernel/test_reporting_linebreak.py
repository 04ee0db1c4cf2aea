"""Where a line may end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel.reporting.linebreak import NO_END, NO_START, break_lines


def _broken(text: str, width: float, indent: float = 0.0) -> list[str]:
    widths = [1.0 if ord(char) > 0x2000 else 0.5 for char in text]
    return [text[line.start : line.end] for line in break_lines(text, widths, width, first_indent=indent)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五六", 3, ["一二三", "四五六"]),
        ("一二三，四五", 3, ["一二", "三，四", "五"]),  # no line begins with a comma
        ("一二（三四）五", 3, ["一二", "（三", "四）五"]),  # none ends with an opening bracket
        ("看护率99.4%（高）", 4, ["看护率", "99.4%", "（高）"]),  # a figure stays whole
        ("一二三……四五", 3, ["一二", "三……", "四五"]),
        ("破折——号", 3, ["破", "折——", "号"]),
        ("一二 三四", 2, ["一二 ", "三四"]),  # a blank at the end hangs
        ("甲\n乙", 5, ["甲", "乙"]),
        ("甲\n", 5, ["甲", ""]),
        ("\n\n", 5, ["", "", ""]),
        ("", 5, [""]),
        ("WWWWWWWWWW", 2, ["WWWW", "WWWW", "WW"]),  # wider than a line: cut anywhere
        ("，，，，，", 2, ["，，", "，，", "，"]),
    ],
)
def test_break(text: str, width: float, lines: list[str]) -> None:
    assert _broken(text, width) == lines


def test_first_line_is_shorter_by_its_indent() -> None:
    assert _broken("一二三四五六七", 4, indent=2) == ["一二", "三四五六", "七"]


chinese = st.text(st.sampled_from("一二三四五，。、；（）《》“”％…—abc 12.5%\n"), max_size=80)


@given(chinese, st.integers(3, 12), st.sampled_from([0.0, 2.0]))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int, indent: float) -> None:
    lines = _broken(text, width, indent)
    assert "".join(lines) == text.replace("\n", "")
    for at, line in enumerate(lines):
        room = width - (indent if at == 0 else 0)
        assert sum(1.0 if ord(char) > 0x2000 else 0.5 for char in line.rstrip(" ")) <= max(room, 1.0) + 1e-6


plain = st.text(st.sampled_from("一二三四五六七八九十"), min_size=3, max_size=6)


@given(
    st.lists(
        st.tuples(plain, st.sampled_from("，。、；！"), plain, st.sampled_from(["（", "《", ""])), max_size=8
    )
)
def test_prose_never_breaks_the_rules(parts: list[tuple[str, str, str, str]]) -> None:
    text = "".join("".join(part) for part in parts) + "完"
    for line in _broken(text, 10)[1:]:
        assert line[0] not in NO_START
    for line in _broken(text, 10)[:-1]:
        assert line.rstrip(" ")[-1] not in NO_END
