"""A stored PDF becomes pictures and paper."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

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
