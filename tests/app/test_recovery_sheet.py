"""The recovery sheet on paper: two copies, every letter, nothing telling in the print queue; and by hand."""

from __future__ import annotations

from threading import Event

import pypdfium2
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

from centerdesk.app.recovery.paper import SheetPaper
from centerdesk.app.recovery.sheet import COPIES, SheetFacts, SheetPreview, paint_sheet, print_sheets
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.theme import Theme
from tests.app.conftest import MORNING

pytestmark = pytest.mark.gui
FACTS = SheetFacts("云和社区", "RS-01", MORNING)


@pytest.fixture
def code() -> RecoveryCode:
    return RecoveryCode.generate()


@pytest.fixture
def runner(qtbot):
    """Its slow lane needs neither bus nor reader."""
    made = Runner(None, None, lambda _owner, _exc: None)
    yield made
    made.shutdown()
    made.deleteLater()


@pytest.fixture
def paper(qtbot, runner) -> SheetPaper:
    """A sheet that may be printed, and a printer that the system no longer knows."""
    made = SheetPaper(
        lambda job, done, failed, progress: runner.run(made, job, done, failed, progress, label="打印")
    )
    qtbot.addWidget(made)
    made.show_sheet(FACTS, None, has_code=True)
    made.show_printers(["不在了的打印机"])
    made.show()
    return made


def test_both_copies_are_printed_on_a_lane_with_every_group_and_the_check(qtbot, runner, tmp_path, code):
    """While the preview paints the same sheet on the GUI thread."""
    printed, told, preview = [], [], SheetPreview(FACTS)
    qtbot.addWidget(preview)

    def job(tell, stopped):
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
        return print_sheets(printer, FACTS, code, tell, stopped)

    runner.run(preview, job, printed.append, progress=lambda *now: told.append(now))
    qtbot.waitUntil(lambda: bool(preview.grab()) and bool(printed), timeout=30_000)
    assert printed == [COPIES]
    assert told[-1] == (COPIES - 1, COPIES)
    with pypdfium2.PdfDocument(tmp_path / "sheet.pdf") as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        width, height = document[0].get_size()
    assert len(pages) == COPIES
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (148, 210)
    for number, text in enumerate(pages, 1):
        letters = "".join(text.split())
        assert f"第{number}份/共2份" in letters
        for group in code.groups:
            assert group in letters
        assert code.check in letters
        assert "云和社区的数据是加密的" in letters
        assert "RS-01" in letters


def test_the_print_queue_is_told_nothing(dressed_qapp, tmp_path, code):
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
    print_sheets(printer, FACTS, code)
    assert printer.docName() == "一张纸"


def test_a_printer_that_takes_nothing_is_one_sentence(dressed_qapp, tmp_path, code, qtlog):
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no folder" / "sheet.pdf"))
    with qtlog.disabled(), pytest.raises(EnvironmentFault, match="码没有印出去"):
        print_sheets(printer, FACTS, code)


def test_stopping_between_the_copies_says_that_one_may_be_out(dressed_qapp, tmp_path, code):
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
    told: list[int] = []
    with pytest.raises(Cancelled, match="也许已经出来一份"):
        print_sheets(printer, FACTS, code, lambda done, _total: told.append(done), lambda: len(told) > 1)
    assert told == [0, 1]


def test_a_printer_that_is_gone_is_told_and_can_be_tried_again(qtbot, paper, code, qtlog):
    with qtlog.disabled(), qtbot.waitSignal(paper.failed) as said:
        paper.take_code(code, by_hand=False)
        assert paper.print.isHidden()
        assert not paper.stop.isHidden()
        assert not paper.printer.isEnabled()
    assert "码没有印出去" in said.args[0]
    assert not paper.print.isHidden()
    assert paper.stop.isHidden()


def test_a_print_that_waits_for_the_lane_is_stopped_before_the_printer_hears_of_it(
    qtbot, runner, paper, code
):
    go = Event()
    runner.run(paper, lambda _tell, _stopped: go.wait(30), lambda _value: None)
    paper.take_code(code, by_hand=False)
    paper.stop.click()
    with qtbot.waitSignal(paper.failed) as said:
        go.set()
    assert "一份也没有印" in said.args[0]
    assert paper.stop.isHidden()


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_paper_is_white_and_its_ink_dark_in_every_theme(dressed_qapp, look):
    Theme.load(look, bundled_fonts=True).apply(dressed_qapp)
    try:
        picture = QImage(QSize(840, 1136), QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        paint_sheet(painter, QRectF(0, 0, 840, 1136), FACTS, 1)
        painter.end()
    finally:
        Theme.load("light", bundled_fonts=True).apply(dressed_qapp)
    assert picture.pixelColor(5, 5) == Qt.GlobalColor.white
    rule = [picture.pixelColor(x, 150).lightness() for x in range(100, 740, 40)]
    assert max(rule) < 110


def test_blocks_stand_where_the_code_would(qtbot, code):
    """The preview has no way to be given a code; what it draws does not depend on one."""
    preview = SheetPreview(FACTS)
    qtbot.addWidget(preview)
    preview.resize(420, 568)
    first = preview.grab().toImage()
    preview.show_facts(SheetFacts("云和社区", "RS-01", MORNING, by_hand=True))
    assert preview.grab().toImage() != first
    assert "屏幕上不出现" in preview.accessibleDescription()
