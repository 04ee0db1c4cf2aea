"""G34 at the desk: fifty canaries on every page, in errors, drafts, exports, backups; no byte of them elsewhere.

The command line's day is tests/e2e/test_cli_privacy.py. Here a person works in the real window with the program's
own logging and crash reports on; what stays on the disk, in the clipboard and in titles is looked through.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import select

from centerdesk.app.backups import back_up
from centerdesk.features.checkins import api as checkins
from centerdesk.features.checkins.commands_enrol import EnrolElder
from centerdesk.features.checkins.commands_watching import Watch
from centerdesk.features.checkins.models import Alarm
from centerdesk.features.people.commands import EditResident, ResidentDraft
from centerdesk.features.people.commands_acts import RevealResident
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Resident
from centerdesk.features.places.api import parse_door
from centerdesk.features.returns import api as returns
from centerdesk.kernel import logs
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.crash import CrashReporter, crash_files
from centerdesk.kernel.idnumber import IdNumber, parse
from centerdesk.kernel.journal import JournalOp
from tests.app.conftest import PASSWORD, clock, founded, made
from tests.app.shell.conftest import DeskFixture
from tests.golden.pdfprobe import opened
from tests.helpers.canaries import Canary, canaries, look, look_through
from tests.helpers.desk import type_text

__all__ = ["clock", "founded", "made"]

pytestmark = [pytest.mark.faults, pytest.mark.gui, pytest.mark.db, pytest.mark.slow]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The account's folders: what a toolkit writes by itself lies here too (recent files, caches)."""
    folder = tmp_path / "account"
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"):
        (folder / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(folder / name))
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "TMPDIR"))
    return folder


@pytest.fixture
def desk(made, clock, qtbot, home: Path) -> Iterator[DeskFixture]:
    """许文静 at a desk that logs and reports crashes as the program does."""
    station = made[0]
    handler = logs.start_logging(station.data.logs, "desk", logging.DEBUG)
    with CrashReporter(station.data.logs, clock) as reporter:
        station.sign_in("许文静", PASSWORD)
        found = DeskFixture(None, qtbot, station, clock=clock)
        found._report = reporter.report
        yield found
        found.close()
    logs.stop_logging(handler)


def arrive(desk: DeskFixture, persons: list[Canary]) -> None:
    """All fifty in the ledger; the first five on the curtain list, their windows over: alarms."""
    station = desk.station
    rows = []
    for n, c in enumerate(persons):
        number = parse(c.id_no, date(2026, 12, 3))
        assert isinstance(number, IdNumber)
        rows.append(
            RosterPerson(
                name=c.name, id=number.canonical, birth=number.birth, sex="女", phones=(c.phone,), household=f"H{n}",
                relation=None, relation_code=None, address=Address("云和小区", parse_door(c.door)), grid=None,
                tags=("独居",),
            )
        )  # fmt: skip
    station.bus.run(ImportRoster(tuple(rows)))
    with station.database.read_session() as session:
        ids = {r.name: r.id for r in session.scalars(select(Resident))}
    assert station.actor is not None
    assert station.actor.account_id is not None
    for c in persons[:5]:
        station.bus.run(
            EnrolElder(ids[c.name], station.actor.account_id, date(2026, 12, 3), date(2026, 12, 3))
        )
    desk.clock.advance(timedelta(hours=4))
    database = station.database
    watch = Watch(database.read_session, database.write_session, station.bus, 4711)
    watch.look()
    with database.read_session() as session:
        assert session.scalars(select(Alarm)).first() is not None
        assert checkins.watch_state(session, desk.clock.now()) is not None


def seen(desk: DeskFixture) -> list[str]:
    """Titles of every window, as a task bar, a screen sharing program or a recent list would show them."""
    return [
        text
        for widget in QApplication.topLevelWidgets()
        for text in (widget.windowTitle(), widget.windowFilePath(), widget.windowIconText())
    ] + [QGuiApplication.applicationDisplayName()]


def walk(desk: DeskFixture, persons: list[Canary]) -> list[str]:
    """Every page there is, each with a search for a person; titles on the way."""
    window, titles = desk.window, []
    assert window is not None
    for entry in window.pages.entries:
        if not desk.station.actor.may(entry.permission):
            continue
        window.go(entry.id)
        desk.settle()
        titles += seen(desk)
    window.go("people")
    desk.settle()
    page = window.frame.page
    for words in (
        persons[0].name,
        persons[1].sound,
        persons[2].phone[-4:],
        persons[3].id_no,
        persons[4].phone,
    ):
        page.filters.search.setFocus()
        page.filters.search.set_text(words)
        desk.settle()
        titles += seen(desk)
    page.filters.search.set_text("")
    desk.settle()
    window.open_palette(persons[6].name)
    desk.settle()
    titles += seen(desk)
    press(window, Qt.Key.Key_Escape)
    return titles


def press(window: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)


def edit_a_person(desk: DeskFixture, person: Canary) -> None:
    """Open, reveal, type half a form, meet a stale save; the words stay in the form."""
    window = desk.window
    page = window.frame.page
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 0))
    desk.settle()
    detail = page.detail.detail
    station = desk.station
    revealed = station.bus.run(RevealResident(detail.row.id, "核对证件")).value
    page.detail.show_numbers(revealed.id_no, revealed.phones)
    window.registry.trigger("people.edit")
    form = page.editing.resident
    form.form.editor("name").set_value(person.name)
    form.form.editor("id_no").set_value(person.id_no)
    form.form.editor("phones").set_value(person.phone)
    type_text(form.form.editor("remark").widget, f"{person.name} {person.phone}")
    draft = ResidentDraft(name=detail.row.name, compound="云和小区", door=detail.row.door, remark="别处改的")
    station.bus.run(EditResident(detail.row.id, detail.row.version, draft))
    form.save_button.click()
    desk.settle()
    assert form.typed().name == person.name
    wait = desk.qtbot.waitUntil
    wait(lambda: any(desk.station.data.drafts.iterdir()), timeout=20_000)  # kept, sealed, while one types


def fail_everywhere(desk: DeskFixture, person: Canary) -> None:
    """Errors that hold a person: in a query, in a command, in a thread, in a log line, past everything."""
    words = f"{person.name} {person.id_no} {person.phone}"

    def fail(*_args: object) -> None:
        raise ValueError(words)

    runner, window = desk.desk.runner, desk.window
    runner.query(window, fail, lambda _x: None)
    runner.run(window, fail, lambda _x: None, label="试")
    desk.settle()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError as exc:
        logging.getLogger("centerdesk.test").exception("looking at a person")
        desk._report(exc)
    with logs.hidden_words.hiding(person.name):
        logging.getLogger("centerdesk.test").warning("opened %s", words)
    with desk.station.database.write_session() as session, contextlib.suppress(Exception):
        session.add(Resident(id=None, name=words, sort_key=words, search_text=words, version=None))
        session.flush()


def export(desk: DeskFixture, folder: Path) -> None:
    """The masked list by the ledger's own act, the return with its papers by the return's."""
    page, station = desk.window.frame.page, desk.station
    page.acts.save_file = lambda _owner, _title, _name, chosen: chosen(folder / "名单.xlsx")
    desk.window.registry.trigger("people.export")
    desk.settle()
    month = returns.month_of("2026-12", station.clock)
    with station.database.read_session() as session:
        built = returns.build_figures(
            session, station.actor, station.clock, month, station.manifests.indicators()
        )
    edition = station.bus.run(returns.KeepEdition(str(month), built.as_of, built.figures)).value
    with station.database.read_session() as session:
        row, _stored = returns.get_edition(session, station.actor, edition)
        how = returns.printing(session, station.actor, station.clock, "云和社区", row)
    returns.write_papers(folder, built.figures, how, station.clock, system_faces=False)


def unpacked(folder: Path) -> dict[str, bytes]:
    """Every part of the exports, decompressed; document properties on their own."""
    found: dict[str, bytes] = {}
    for path in folder.glob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            found |= {f"{path.name}/{name}": package.read(name) for name in package.namelist()}
    for path in folder.glob("*.pdf"):
        with opened(path) as document:
            found[f"{path.name}/metadata"] = repr(document.get_metadata_dict()).encode()
            words = [sheet.get_textpage().get_text_range() for sheet in document]
            found[f"{path.name}/text"] = "\n".join(words).encode()
    return found


@pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)
def test_no_canary_sings_at_the_desk(desk: DeskFixture, home: Path, tmp_path: Path) -> None:
    persons, out = canaries(), tmp_path / "desktop"
    out.mkdir()
    arrive(desk, persons)
    desk.open()
    titles = walk(desk, persons)
    page = desk.window.frame.page
    page.table.setFocus()
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().encode()
    export(desk, out)
    edit_a_person(desk, persons[7])
    fail_everywhere(desk, persons[9])
    made_backup = back_up(desk.station, Reason.MANUAL).backup
    titles += seen(desk)
    desk.window.guard.lock()
    desk.settle()
    titles += seen(desk)

    sung = look("a title", "\n".join(titles).encode(), persons)
    sung += look_through(desk.station.data.root, persons)
    sung += look_through(home, persons)
    sung += look("the clipboard after the lock", QGuiApplication.clipboard().text().encode(), persons)
    assert sung == []
    # what a person asked for and what is booked: names in a masked list, never a whole number
    assert look("the clipboard", copied, persons, full=True) == []
    parts = unpacked(out)
    assert len(look("", b"".join(v for k, v in parts.items() if k.startswith("名单")), persons)) == 50
    for name, content in parts.items():
        assert look(name, content, persons, full=True) == []
        if not name.startswith("名单.xlsx/xl/"):  # properties, relations, and all of the return
            assert look(name, content, persons) == []
    # the test saw what it was meant to see
    assert made_backup.manifest.good
    log = (desk.station.data.logs / "desk.log").read_text("utf-8")
    assert "ValueError" in log
    assert list(crash_files(desk.station.data.logs))
    assert list(out.glob("*.pdf"))
    with desk.station.database.read_session() as session:
        stored = session.scalars(select(Resident.search_text)).all()
        booked = session.execute(select(JournalOp.__table__)).all()
    assert look("", "\n".join(stored).encode(), persons)
    # the journal outlives a person's deletion (RELIABILITY 3.6): sealed on the disk, and no value in it all the same
    assert {"EditResident", "RevealResident", "ImportRoster"} <= {entry.action for entry in booked}
    assert look("the journal", repr(booked).encode(), persons) == []
