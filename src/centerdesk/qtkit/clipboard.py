"""What leaves by copy and paste: marked as ours, kept out of clipboard histories, gone after a while (G37)."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

HOLD_MS = 20_000
"""How long something of ours stays on the clipboard."""

_OURS = "application/x-centerdesk"
_HINTS = (
    ("x-kde-passwordManagerHint", b"secret"),
    ('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"1"),
)
"""What clipboard histories of Linux and Windows look at before they keep something."""
_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


def copy(text: str) -> None:
    """Put text on the clipboard so that histories leave it alone and a `ClipboardKeeper` takes it away again."""
    data = QMimeData()
    data.setText(text)
    data.setData(_OURS, b"1")
    for kind, value in _HINTS:
        data.setData(kind, value)
    QGuiApplication.clipboard().setMimeData(data)


def is_ours(mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> bool:
    """Does the clipboard still hold what this program put there, by `copy` or out of a field?"""
    clipboard = QGuiApplication.clipboard()
    if mode is QClipboard.Mode.Selection and not clipboard.supportsSelection():
        return False
    owns = clipboard.ownsSelection() if mode is QClipboard.Mode.Selection else clipboard.ownsClipboard()
    data = clipboard.mimeData(mode)
    return owns or (data is not None and data.hasFormat(_OURS))


def clear_ours() -> None:
    """Take away what is ours; what another program put there since stays."""
    for mode in _MODES:
        if is_ours(mode):
            QGuiApplication.clipboard().clear(mode)


class ClipboardKeeper(QObject):
    """剪贴板看守. Clears what this program copied `hold_ms` after it was copied. GUI thread."""

    def __init__(self, parent: QObject, hold_ms: int = HOLD_MS) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(hold_ms)
        self._timer.timeout.connect(clear_ours)
        self._watching = False

    def start(self) -> None:
        """Watch from now on."""
        if not self._watching:
            QGuiApplication.clipboard().dataChanged.connect(self._on_changed)
            self._watching = True

    def stop(self) -> None:
        """Clear what is ours and watch no longer; once more does nothing."""
        if self._watching:
            QGuiApplication.clipboard().dataChanged.disconnect(self._on_changed)
            self._watching = False
            self.clear()

    def clear(self) -> None:
        """Now."""
        self._timer.stop()
        clear_ours()

    def _on_changed(self) -> None:
        if is_ours():
            self._timer.start()
        else:
            self._timer.stop()
