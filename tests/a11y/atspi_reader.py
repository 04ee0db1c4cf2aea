"""A screen reader's eye and hand: signs in and opens every page through AT-SPI alone. Runs under the system's Python.

Arguments: account, password. Prints one JSON object: {page title: [[role, name, path], …]}; "登录" is the sign-in.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE_S = 20


def below(node: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """Everything showing below a node. Views answer for themselves: their cells are data, not controls."""
    for number in range(node.get_child_count()):
        child = node.get_child_at_index(number)
        if child is None or not child.get_state_set().contains(Atspi.StateType.SHOWING):
            continue
        here = f"{path}/{child.get_role_name()}:{child.get_name()[:12]}"
        yield child, here
        if child.get_role_name() not in ("table", "tree", "list", "combo box"):
            yield from below(child, here)


def wait_for(what: str, found: Callable[[], Any]) -> Any:
    """Ask until there is an answer; AT-SPI has events, but a name that is there needs none."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with suppress(GLib.GError):  # what stood there a moment ago may be gone: look again
            if answer := found():
                return answer
        time.sleep(0.1)
    app = program()
    seen = dump(app) if app is not None else "no program"
    raise SystemExit(f"no {what} within {PATIENCE_S} s; there is {seen}")


def program() -> Any:
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(number)
        if child is not None and child.get_name() == "centerdesk":
            return child
    return None


def named(app: Any, name: str, *roles: str) -> Any:
    return next((n for n, _ in below(app) if n.get_name() == name and n.get_role_name() in roles), None)


def press(node: Any) -> None:
    Atspi.Action.do_action(node, 0)


def write(node: Any, text: str) -> None:
    Atspi.EditableText.set_text_contents(node, text)


def dump(app: Any) -> list[list[str]]:
    return [[node.get_role_name(), node.get_name(), path] for node, path in below(app)]


def settled(app: Any) -> list[list[str]]:
    """What stands there once two looks in a row see the same: rows come after the page."""
    before: list[list[str]] = []

    def same() -> list[list[str]] | None:
        nonlocal before
        before, last = dump(app), before
        return before if before == last else None

    return wait_for("page that stands still", same)


def main() -> None:
    login, password = sys.argv[1:]
    Atspi.set_timeout(
        PATIENCE_S * 1000, PATIENCE_S * 1000
    )  # else 0.8 s an answer, and a busy machine has none
    app = wait_for("program", program)
    field = wait_for("password field", lambda: named(app, "密码", "password text"))
    pages = {"登录": dump(app)}
    if other := named(app, "账号名", "text"):  # asked where nobody has used this desk yet
        write(other, login)
    write(field, password)
    press(wait_for("button", lambda: named(app, "登录", "push button")))
    for entry in wait_for("rail", lambda: [n for n, _ in below(app) if n.get_role_name() == "page tab"]):
        title = entry.get_name()
        press(entry)
        wait_for(f"page {title}", lambda tab=entry: tab.get_state_set().contains(Atspi.StateType.SELECTED))
        pages[title] = settled(app)
    json.dump(pages, sys.stdout, ensure_ascii=False)


main()
