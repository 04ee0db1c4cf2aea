"""A plain window that says why the desk does not open, what is safe, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.kernel.errors import (
    DamagedDatabase,
    EnvironmentFault,
    NewerDatabase,
    UserError,
    WrongKey,
)
from centerdesk.qtkit.icons import mark_icon
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.states import State, StateCard, Way
from centerdesk.qtkit.tab_order import tab_on


def title_of(exc: BaseException) -> str:
    """What the window is headed with; the sentence itself comes with the error."""
    match exc:
        case WrongKey():
            return tr("钥匙打不开这个库")
        case DamagedDatabase():
            return tr("库坏了，没有动它")
        case NewerDatabase():
            return tr("库是更新的程序写的")
        case EnvironmentFault():
            return tr("服务台这会儿打不开")
        case UserError():
            return tr("没打开")
        case _:
            return tr("程序出错了，没打开")


class Trouble(QWidget):
    """打不开的话. Its ways out are buttons; `left` when the window is closed."""

    left = Signal()

    def __init__(self, title: str, text: str, ways: Sequence[Way] = (), copy_text: str = "") -> None:
        super().__init__()
        self.setObjectName("trouble")
        self.setProperty("ground", "paper")
        self.setWindowTitle(tr("窗明 · 党群服务台"))
        self.setWindowIcon(mark_icon())
        self.card = StateCard()
        quit_way = Way(tr("退出"), self._quit, "trouble_quit")
        self.card.show_state(State("error", title, text, (*ways, quit_way), copy_text))
        box = QVBoxLayout(self)
        box.addWidget(self.card)
        self.resize(_size())

    def _quit(self) -> None:
        self.close()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order one reads."""
        return tab_on(self, forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.left.emit()


def _size() -> QSize:
    """As large as the letters ask for, and never larger than the screen."""
    look, screen = theme(), QGuiApplication.primaryScreen()
    asked = QSize(look.px(720), look.px(420))
    return asked.boundedTo(screen.availableSize()) if screen else asked


class OnClose(QObject):
    """Tells when a window is closed by its frame."""

    def __init__(self, window: QWidget, told: Callable[[], None]) -> None:
        super().__init__(window)
        self._told = told

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self._told()
        return False
