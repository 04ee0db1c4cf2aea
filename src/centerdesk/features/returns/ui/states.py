"""What stands where figures would be, and the lines that explain an edition: in words, from the view."""

from __future__ import annotations

from collections.abc import Sequence

from centerdesk.features.returns.queries import EditionRow, MonthView
from centerdesk.features.returns.rules import DEFINITION, Figure, station_only
from centerdesk.features.returns.rules_document import FORM
from centerdesk.kernel.clock import until_said
from centerdesk.qtkit.painted.stepbar import Step

EMPTY_MONTH = "这个月还没有记录。"
EMPTY_CURTAIN = "这个月还没有看窗的记录，看窗各行都是 0。"
_WATCHED = frozenset({"expected_check", "alarm"})


def facts(view: MonthView) -> str:
    """The line under the title."""
    parts = [view.street, FORM, f"口径 {DEFINITION}"]
    if view.edition is not None:
        parts = [edition_words(view.edition), f"数据截至 {until_said(view.edition.as_of)}", *parts]
    return " · ".join(p for p in parts if p)


def edition_words(edition: EditionRow) -> str:
    """第 2 版（草稿）."""
    return f"第 {edition.edition} 版（{'草稿' if edition.is_draft else '已签发'}）"


def steps(view: MonthView) -> tuple[tuple[Step, ...], int]:
    """编制 → 签发, with who and up to when; and which of them is in hand."""
    edition = view.edition
    if edition is None:
        return (Step("编制", "还没编"), Step("签发")), 0
    built = view.names.get(edition.built_by, "") if edition.built_by else ""
    first = Step("编制", f"{built} 第 {edition.edition} 版".strip())
    if edition.is_draft:
        return (first, Step("签发", "等书记签发")), 1
    signer = view.names.get(edition.signed_by, "") if edition.signed_by else ""
    return (first, Step("签发", f"{signer} · 校验 {edition.code}".strip(" ·"))), 2


def signed_line(view: MonthView) -> str:
    """Why nothing can be changed in this edition; "" for a draft."""
    edition = view.edition
    if edition is None or edition.is_draft:
        return ""
    signer = view.names.get(edition.signed_by, "书记") if edition.signed_by else "书记"
    month = view.month
    return (
        f"{month.year} 年 {month.month} 月第 {edition.edition} 版已由{signer}签发，锁了。"
        "数变了就重新编一版，这一版照样留着。"
    )


def emptiness(figures: Sequence[Figure]) -> str:
    """The sentence over a table of zeros; "" where something was counted."""
    station = station_only(figures)
    if not any(f.count for f in station):
        return EMPTY_MONTH
    watched = [f for f in station if f.record in _WATCHED]
    return EMPTY_CURTAIN if watched and not any(f.count for f in watched) else ""


def differences(before: Sequence[Figure], after: Sequence[Figure]) -> int:
    """How many numbers of the station are other ones now."""
    old = {f.key: (f.month, f.previous, f.year_to_date) for f in station_only(before)}
    return sum(old.get(f.key) != (f.month, f.previous, f.year_to_date) for f in station_only(after))
