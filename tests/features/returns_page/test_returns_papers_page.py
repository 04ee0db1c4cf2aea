"""The papers of 月报 by object names: written, booked, stopped, refused; page 1 as a picture."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QWidget
from sqlalchemy import select

from centerdesk.features.returns import api
from centerdesk.kernel.journal import JournalOp
from tests.helpers.pagehost import settle
from tests.helpers.returns import click, named, text

pytestmark = [pytest.mark.gui, pytest.mark.db]


# --- papers -----------------------------------------------------------------------------------------------------


def _folder_is(page, folder: Path) -> None:
    page.exports.ask_folder = lambda _owner, _title, chosen: chosen(folder)


@pytest.mark.parametrize(
    ("paper", "name"), [("xlsx", "月报表.xlsx"), ("pdf", "月报表.pdf"), ("letter", "报告.pdf")]
)
def test_each_paper_is_written_booked_and_can_be_opened(qtbot, host, town, built, tmp_path, paper, name):
    folder = tmp_path / "U盘"
    _folder_is(built, folder)
    opened = []
    built.exports.open_file = opened.append
    click(qtbot, host, built, f"paper_{paper}")
    (path,) = folder.iterdir()
    assert path.name == f"云和社区_2026-11_{name}" or path.name.endswith(name)
    assert path.name in text(built, "paper_said")
    with town.station.read() as session:
        entry = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc()).limit(1)).one()
    assert (entry.action, entry.object_id) == ("RecordExport", built.view.edition.id)
    assert entry.reason.startswith(f"{paper} ")
    click(qtbot, host, built, "paper_open")
    assert opened == [path]


def test_the_records_of_a_number_are_printed_and_booked(qtbot, host, town, built, tmp_path):
    _folder_is(built, tmp_path / "out")
    built.table.go_to("people.moved_in")
    settle(qtbot, host)
    click(qtbot, host, built, "records_print")
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.endswith("行_明细.pdf")
    with town.station.read() as session:
        entry = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc()).limit(1)).one()
    assert (entry.action, entry.counts["rows"]) == ("RecordAnnex", 2)
    assert hashlib.sha256(path.read_bytes()).digest()


def test_a_paper_that_cannot_be_booked_does_not_stay(qtbot, host, town, built, tmp_path):
    folder = tmp_path / "out"

    def choose(_owner, _title, chosen) -> None:
        chosen(folder)
        town.station.sign_in("grid_worker")  # whoever may no longer read returns when the booking comes

    built.exports.ask_folder = choose
    click(qtbot, host, built, "paper_xlsx")
    assert list(folder.iterdir()) == []
    assert "没有此项操作的权限" in text(built, "paper_said")
    assert named(built, QPushButton, "paper_xlsx").isEnabled()


def test_a_folder_that_takes_nothing_is_told(qtbot, host, built, tmp_path):
    (tmp_path / "file").write_text("x")
    _folder_is(built, tmp_path / "file" / "in")
    click(qtbot, host, built, "paper_pdf")
    assert "换一个能写的文件夹" in text(built, "paper_said")


def test_writing_can_be_stopped(qtbot, host, built, tmp_path, monkeypatch):
    started, go_on = threading.Event(), threading.Event()
    real = api.write_papers

    def slow(folder, figures, how, clock, **options):
        started.set()
        go_on.wait(10)
        return real(folder, figures, how, clock, **options)

    monkeypatch.setattr(api, "write_papers", slow)
    _folder_is(built, tmp_path / "out")
    named(built, QPushButton, "paper_pdf").click()
    qtbot.waitUntil(started.is_set)
    assert text(built, "paper_said") == "正在写……"
    assert not named(built, QPushButton, "paper_xlsx").isEnabled()
    named(built, QPushButton, "paper_stop").click()
    go_on.set()
    settle(qtbot, host)
    assert text(built, "paper_said") == "已停下，没有留下文件。"
    assert not [p for p in (tmp_path / "out").glob("*") if p.suffix == ".pdf"]


def test_nothing_chosen_writes_nothing(qtbot, host, built):
    built.exports.ask_folder = lambda _owner, _title, _chosen: None
    click(qtbot, host, built, "paper_xlsx")
    assert text(built, "paper_said") == ""
    assert named(built, QPushButton, "paper_xlsx").isEnabled()


def test_a_drawing_of_the_form_stands_for_page_one(built):
    preview = named(built, QWidget, "paper_preview")
    assert preview.accessibleName() == "月报表的样子，示意"
    picture = preview.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    assert len({picture.pixel(x, picture.height() // 2) for x in range(picture.width())}) > 1, (
        "a table is drawn"
    )
