"""What the ledger says when there is nobody to list (UI 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from centerdesk.qtkit.states import State, Way


def never_used(to_import: Callable[[], None], new: Callable[[], None]) -> State:
    """An empty ledger: what belongs here and the two ways in."""
    return State(
        "empty",
        "还没有居民。",
        "把手头的花名册导进来，或者先登记一位。网格和小区在设置里添。",
        (Way("导入居民表", to_import, "empty_import"), Way("登记第一位", new, "empty_new")),
    )


def nobody_fits(
    view: str, searched: bool, chips: Sequence[tuple[str, Callable[[], None]]], clear: Callable[[], None]
) -> State:
    """A view or filter that holds nobody: the last chips to take away, and everything."""
    if not chips and not searched:
        text = "删掉的人在这里等 30 天。" if view == "bin" else "有了会自动出现在这里。"
        title = "回收站是空的。" if view == "bin" else "这个视图里现在没有人。"
        return State("filtered", title, text, (Way("看全部居民", clear, "clear_all"),))
    ways = [Way(f"去掉「{words}」", drop, f"drop_{number}") for number, (words, drop) in enumerate(chips)]
    return State(
        "filtered",
        "这样筛没有人。",
        "去掉一个条件再看，或者换个视图。",
        (*ways[-2:], Way("全部清除", clear, "clear_all")),
    )
