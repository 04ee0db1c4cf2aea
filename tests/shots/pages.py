"""Pictures of the desk's pages, each in the states worth one, and of what stands over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.desk.window import DeskWindow
from centerdesk.app.palette.panel import Palette
from centerdesk.app.pictures import open_window, settle, wait_until
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck
from centerdesk.features.people.models import Resident
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.paths import resource
from tests.helpers.desk import type_text
from tests.shots.stations import HEAD, MACHINE, WHO
from tests.shots.views import FEW, Album, View, pause

Do = Callable[[DeskWindow], None]


@dataclass(frozen=True)
class State:
    """One picture of a page: who sees it, what was done before, in which views."""

    page: str
    name: str
    do: Do
    who: str = HEAD
    views: frozenset[str] | None = FEW


def _here(window: DeskWindow) -> Any:
    assert window.frame is not None
    return window.frame.page


def _nothing(_window: DeskWindow) -> None:
    """The page as it opens."""


def _person(window: DeskWindow) -> None:
    """The elder of the eldest alarm, in the detail pane."""
    with window.desk.station.database.read_session() as session:
        stmt = (
            select(Resident.id, Resident.name)
            .join(Enrolment, Enrolment.resident_id == Resident.id)
            .join(ExpectedCheck, ExpectedCheck.enrolment_id == Enrolment.id)
            .join(Alarm, Alarm.check_id == ExpectedCheck.id)
            .order_by(Alarm.raised_at.desc())
        )
        found = session.execute(stmt).first()
    if found is not None:
        _search(window, found.name)
        _here(window).focus_record(found.id)


def _search(window: DeskWindow, text: str) -> None:
    """As typed by an input method: the list follows the last key a moment later."""
    type_text(_here(window).filters.search, text)
    pause(400)
    settle(window)


def _found(window: DeskWindow) -> None:
    _search(window, "lgl")


def _nobody(window: DeskWindow) -> None:
    _search(window, "qqqq")


def _new_person(window: DeskWindow) -> None:
    page = _here(window)
    page.editing.new()
    page.editing.resident.form.editor("id_no").set_value("23081119530412024")
    page.editing.resident.save_button.click()


def _leaving(window: DeskWindow) -> None:
    _person(window)
    settle(window)
    window.registry.trigger("people.depart")


def _roster(window: DeskWindow) -> None:
    page = _here(window)
    page.start(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"))
    wait_until(lambda: not page.jobs.busy, 60_000)


def _roll(window: DeskWindow) -> None:
    _here(window).turn_to("roll")


def _month(window: DeskWindow) -> None:
    _here(window).turn_to("month")


def _elder(window: DeskWindow) -> None:
    """A home in hand that has no alarm: its own card at the right, where the page has one."""
    page = _here(window)
    rows = [row for row in page.walk.rows if row.alarm_id is None]
    page.open_home(rows[0].check_id)


def _records(window: DeskWindow) -> None:
    """The records behind a number."""
    _here(window).table.opened.emit()


def _act(action: str) -> Do:
    return lambda window: _trigger(window, action)


def _trigger(window: DeskWindow, action: str) -> None:
    window.registry.trigger(action)


def _section(name: str) -> Do:
    return lambda window: _here(window).open_section(name)


ALL: frozenset[str] | None = None
STATES = (
    State("today", "filled", _nothing, views=ALL),
    State("today", "worker", _nothing, WHO),
    State("today", "machine", _nothing, MACHINE),
    State("checkins", "alarm", _nothing, views=ALL),
    State("checkins", "elder", _elder, views=ALL),
    State("checkins", "roll", _roll),
    State("checkins", "month", _month),
    State("checkins", "enrol", _act("checkins.enrol")),
    State("checkins", "pause", _act("checkins.pause")),
    State("people", "chosen", _person, views=ALL),
    State("people", "none", _nothing),
    State("people", "found", _found),
    State("people", "nobody", _nobody),
    State("people", "form", _new_person),
    State("people", "leaving", _leaving),
    State("import", "choose", _nothing),
    State("import", "review", _roster, views=ALL),
    State("returns", "filled", _nothing, views=ALL),
    State("returns", "records", _records, views=frozenset(("narrow", "narrow-large"))),
    State("settings", "safety", _section("safety"), views=ALL),
    State("settings", "look", _section("look")),
    State("settings", "places", _section("places")),
    State("settings", "calendar", _section("calendar"), MACHINE),
    State("settings", "accounts", _section("accounts"), MACHINE),
    State("settings", "machine", _section("safety"), MACHINE),
)
IDS = {"import": "people.import"}
PAGES = tuple(dict.fromkeys(state.page for state in STATES))


def filled(station: OpenStation, actors: dict[str, Actor], album: Album, names: frozenset[str]) -> None:
    """All states of the pages that are named, a new window for each view and person."""
    wanted = [state for state in STATES if state.page in names]
    for view in album.views():
        mine = [state for state in wanted if state.views is None or view.name in state.views]
        for who in dict.fromkeys(state.who for state in mine):
            states = [state for state in mine if state.who == who]
            for page in dict.fromkeys(state.page for state in states):
                _take(station, actors[who], album, view, [s for s in states if s.page == page])


def _take(station: OpenStation, actor: Actor, album: Album, view: View, states: list[State]) -> None:
    for state in states:
        with open_window(
            station, actor, view.theme, large=view.large, zoom=view.zoom, size=view.size
        ) as window:
            window.go(IDS.get(state.page, state.page))
            settle(window)
            state.do(window)
            settle(window)
            pause(200)  # what slides has arrived
            album.keep(window, state.page, state.name, view)


def empty(station: OpenStation, actor: Actor, album: Album, names: frozenset[str]) -> None:
    """The pages of a station that has nothing yet."""
    for view in album.views(FEW):
        with open_window(
            station, actor, view.theme, large=view.large, zoom=view.zoom, size=view.size
        ) as window:
            for page in PAGES:
                if page in names:
                    window.go(IDS.get(page, page))
                    settle(window)
                    album.keep(window, page, "empty", view)


def over(station: OpenStation, actor: Actor, album: Album, names: frozenset[str]) -> None:
    """What stands over the pages: palette, help, keys, lock."""
    for view in album.views(FEW):
        with open_window(
            station, actor, view.theme, large=view.large, zoom=view.zoom, size=view.size
        ) as window:
            window.go("people")
            settle(window)
            for name in _over(window):
                settle(window)
                pause(200)
                if name in names:
                    album.keep(window, name, "filled", view)


def _over(window: DeskWindow) -> Iterator[str]:
    """Puts one after the other over the window and says its name."""
    palette = Palette.over(window, "lgl")
    yield "palette"
    palette.leave()
    window.show_help()
    yield "help"
    window.show_keys()
    yield "keys"
    window.help_panel.hide()
    window.lock()
    yield "lock"


OVER = ("palette", "help", "keys", "lock")
