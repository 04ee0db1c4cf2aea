"""From a finished file to the program that shows or prints it: always the stored document, never a screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.qtkit.labels import tr


def open_outside(path: Path) -> None:
    """Open a file with the program the system has for it. Raises EnvironmentFault when there is none."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        raise EnvironmentFault(tr("没有能打开这个文件的程序。文件已经存好，可以拷到别的电脑上看。"))
