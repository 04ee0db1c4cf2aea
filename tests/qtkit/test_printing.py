"""A stored PDF becomes pictures and paper."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPageLayout
from PySide6.QtPrintSupport import QPrinter

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.qtkit import printing

pytestmark = pytest.mark.gui
needs_qtpdf = pytest.mark.skipif(not printing.can_draw(), reason="QtPdf is no part of the lock (ADR 4)")


@pytest.fixture
def pdf(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "two.pdf"
    canvas = Canvas(str(path), pagesize=(200, 300))
    canvas.rect(0, 0, 100, 300, fill=1)
    canvas.showPage()
    canvas.setPageSize((300, 200))
    canvas.showPage()
    canvas.save()
    return path


@needs_qtpdf
def test_pages_are_drawn_on_white_in_their_own_size(qapp, pdf):
    first, second = printing.draw_pages(pdf, dpi=72)
    assert (first.width(), first.height()) == (200, 300)
    assert (second.width(), second.height()) == (300, 200)
    assert first.pixelColor(20, 150) == QColor("black")
    assert first.pixelColor(180, 150) == QColor("white")


@needs_qtpdf
def test_a_file_that_is_no_pdf_is_told(qapp, tmp_path):
    path = tmp_path / "no.pdf"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(EnvironmentFault, match="重新生成"):
        printing.draw_pages(path)


@needs_qtpdf
def test_what_is_printed_has_the_same_pages(qapp, pdf, tmp_path):
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    assert printing.print_pages(printing.draw_pages(pdf, dpi=72), printer) == 2
    again = printing.draw_pages(tmp_path / "out.pdf", dpi=72)
    assert [p.width() > p.height() for p in again] == [False, True]


@pytest.mark.qt_log_ignore("Returned false")  # QPainter says so before we can
def test_a_printer_that_does_not_take_it_is_told(qapp, tmp_path):
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no" / "such" / "folder.pdf"))
    picture = QImage(10, 20, QImage.Format.Format_RGB32)
    with pytest.raises(EnvironmentFault, match="再印一次"):
        printing.print_pages([picture], printer)
    assert printer.pageLayout().orientation() is QPageLayout.Orientation.Portrait
