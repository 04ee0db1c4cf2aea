"""From a finished PDF to pictures, or to the program that prints it: always the stored document, never a screen.

Pages are drawn through QtPdf where it is installed (extra `preview`), else the system's viewer opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPainter

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.qtkit.labels import tr

_POINTS_PER_INCH = 72


def can_draw() -> bool:
    """Is QtPdf there, so that pages can be shown inside the program?"""
    return find_spec("PySide6.QtPdf") is not None


def draw_pages(pdf: Path, dpi: float = 96.0, pages: Sequence[int] | None = None) -> list[QImage]:
    """Pictures of the pages (all of them for None), white ground. Any thread. Raises EnvironmentFault."""
    if not can_draw():
        raise EnvironmentFault(tr("这台电脑没有装预览部件，请用“打开文件”看。"))
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    if document.load(str(pdf)) is not QPdfDocument.Error.None_:
        raise EnvironmentFault(tr("文件打不开。请重新生成一次，再看。"))
    pictures = []
    for number in pages if pages is not None else range(document.pageCount()):
        size = document.pagePointSize(number) * (dpi / _POINTS_PER_INCH)
        drawn = document.render(number, QSize(round(size.width()), round(size.height())))
        picture = QImage(drawn.size(), QImage.Format.Format_RGB32)
        picture.fill(0xFFFFFFFF)
        painter = QPainter(picture)
        painter.drawImage(0, 0, drawn)
        painter.end()
        pictures.append(picture)
    document.close()
    return pictures


def open_outside(path: Path) -> None:
    """Open a file with the program the system has for it. Raises EnvironmentFault when there is none."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        raise EnvironmentFault(tr("没有能打开这个文件的程序。文件已经存好，可以拷到别的电脑上看。"))
