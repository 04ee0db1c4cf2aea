"""The recovery sheet on paper: two copies, every letter, nothing telling in the print queue; and by hand."""

from __future__ import annotations

import pypdfium2
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

from centerdesk.app.recovery.sheet import COPIES, SheetFacts, SheetPreview, paint_sheet, print_sheets
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.theme import Theme
from tests.app.conftest import MORNING

pytestmark = pytest.mark.gui
FACTS = SheetFacts("云和社区", "RS-01", MORNING)


@pytest.fixture
def code() -> RecoveryCode:
    return RecoveryCode.generate()


def test_both_copies_carry_every_group_and_the_check(dressed_qapp, tmp_path, code):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
    assert print_sheets(printer, FACTS, code) == COPIES
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
