"""Asking for a file or a folder without a nested event loop; tests put a function in the place of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

_KINDS = {"xlsx": "Excel", "pdf": "PDF"}
Chosen = Callable[[Path], None]
AskFile = Callable[[QWidget, str, str, Chosen], None]
"""(owner, title, filter or suggested name, chosen). `chosen` is not called when nothing was chosen."""
AskFolder = Callable[[QWidget, str, Chosen], None]
"""(owner, title, chosen). `chosen` is not called when no folder was chosen."""


def ask_open(owner: QWidget, title: str, patterns: str, chosen: Chosen) -> None:
    """Have a file chosen for reading; returns at once. `patterns` as Qt writes them."""
    dialog = QFileDialog(owner, title, "", patterns)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def ask_save(owner: QWidget, title: str, name: str, chosen: Chosen) -> None:
    """Have a place chosen for a file called `name`; asks before an older one is replaced."""
    suffix = Path(name).suffix.lstrip(".")
    dialog = QFileDialog(owner, title, "", f"{_KINDS.get(suffix, suffix)} (*.{suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(name)
    _open(dialog, chosen)


def ask_folder(owner: QWidget, title: str, chosen: Chosen) -> None:
    """Have a folder chosen; returns at once."""
    dialog = QFileDialog(owner, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: Chosen) -> None:
    dialog.setObjectName("file_dialog")

    def done(path: str) -> None:
        chosen(Path(path))

    dialog.fileSelected.connect(done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
