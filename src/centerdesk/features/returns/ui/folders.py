"""Asking where papers go, without a nested event loop; a test puts its own function in the place of `ask_folder`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

AskFolder = Callable[[QWidget, str, Callable[[Path], None]], None]
"""(owner, title, chosen). `chosen` is not called when no folder was chosen."""


def ask_folder(owner: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
    """Have a folder chosen; returns at once."""
    dialog = QFileDialog(owner, title)
    dialog.setObjectName("folder_dialog")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def done(path: str) -> None:
        chosen(Path(path))

    dialog.fileSelected.connect(done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
