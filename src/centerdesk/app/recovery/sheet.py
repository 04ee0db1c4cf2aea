"""The recovery sheet (恢复单) on paper and as a preview: A5, two copies, and a code that no screen shows.

The code goes from memory to the printer: no file, no spool name of ours, no print log (UI 18). Without a printer
it is copied by hand, one group at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPaintEvent
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.kernel.recovery import GROUPS, RecoveryCode
from centerdesk.qtkit.icons import paint_mark
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.tokens import contrast

COPIES = 2
_WIDE, _HIGH = 420.0, 568.0
"""The sheet in its own units: A5 upright, 2.838 units a millimetre."""
_LEFT, _RIGHT = 35.0, 385.0
_TO_FILE = ("pdf", "xps", "onenote", "fax", "传真", "wps")
"""Words in the name of a “printer” that writes a file or sends the page away."""


@dataclass(frozen=True)
class SheetFacts:
    """What stands on the sheet beside the code. `by_hand`: copied, not printed."""

    station: str
    number: str
    made_at: datetime
    by_hand: bool = False


def paper_printers() -> tuple[str, ...]:
    """Printers that put ink on paper, the default one first; those that write files are left out.

    Blocking: the print server may be far away. One thread at a time, the slow lane: Qt says of these questions
    neither that they are thread-safe nor that they belong to the GUI thread, and they touch no widget.
    """
    default = QPrinterInfo.defaultPrinterName()
    names = [n for n in QPrinterInfo.availablePrinterNames() if not any(w in n.lower() for w in _TO_FILE)]
    return tuple(sorted(names, key=lambda name: (name != default, name)))


def print_on(
    name: str,
    facts: SheetFacts,
    code: RecoveryCode,
    told: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> int:
    """Both copies on the printer of this name, as `print_sheets` has it. Blocking, slow lane: it may be far away."""
    printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
    return print_sheets(printer, facts, code, told, stopped)


def print_sheets(
    printer: QPrinter,
    facts: SheetFacts,
    code: RecoveryCode,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Print both copies past any file; gives how many were handed over. Raises EnvironmentFault, Cancelled.

    On the thread that made the printer, whichever: QPainter paints on a QPrinter off the GUI thread too (Qt,
    Thread-Support in Qt Modules, Painting in Threads). The mark is guarded, for the preview paints it as well.
    """
    if stopped():
        raise Cancelled(tr("停下了，一份也没有印。要印，再按一次打印。"))
    printer.setDocName(tr("一张纸"))  # it stands in the system's print queue: says nothing
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(printer):
        raise EnvironmentFault(tr("打印机没有接收，码没有印出去。请看看电源、纸和连线，再打一次。"))
    try:
        for copy in range(COPIES):
            told(copy, COPIES)
            if copy and stopped():
                printer.abort()
                raise Cancelled(tr("停下了。也许已经出来一份，请当面撕掉；要印，再按一次打印。"))
            if copy and not printer.newPage():
                raise EnvironmentFault(
                    tr("打印机中途停了，也许已经出来一份。请当面撕掉，看看电源、纸和连线，再打一次。")
                )
            painter.save()
            paint_sheet(painter, QRectF(painter.viewport()), facts, copy + 1, code.groups, code.check)
            painter.restore()
    finally:
        painter.end()
    return COPIES


def paint_sheet(
    painter: QPainter,
    rect: QRectF,
    facts: SheetFacts,
    copy: int,
    groups: Sequence[str] = (),
    check: str = "",
) -> None:
    """Draw one copy into `rect`; without groups there are blocks where the code stands (the preview).

    Paper is white and ink black whatever the theme: these are the colours of a thing, not of the desk.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, Qt.GlobalColor.white)
    scale = min(rect.width() / _WIDE, rect.height() / _HIGH)
    painter.translate(rect.left() + (rect.width() - _WIDE * scale) / 2, rect.top())
    painter.scale(scale, scale)
    _Drawing(painter, facts).draw(copy, groups, check)
    painter.restore()


class _Drawing:
    """One copy in units of the sheet."""

    def __init__(self, painter: QPainter, facts: SheetFacts) -> None:
        self._painter, self._facts = painter, facts
        self._ink = _paper_colour("ink")
        self._quiet = _paper_colour("ink2")
        self._block = _paper_colour("glass-line")

    def draw(self, copy: int, groups: Sequence[str], check: str) -> None:
        self._head(copy)
        self._why()
        self._code(groups, check)
        self._steps()
        self._foot()

    def _font(self, px: float, *, bold: bool = False, serif: bool = False) -> QFont:
        font = theme().font_px(px, bold=bold, serif=serif)
        font.setPixelSize(round(px * 8))  # a painter's unit here is a unit of the sheet, not a point
        return font

    def _text(
        self, box: QRectF, text: str, px: float, *, bold: bool = False, serif: bool = False,
        quiet: bool = False, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        family: str = "",
    ) -> None:  # fmt: skip
        """One line in a box; letters are drawn eight times as large and scaled, so that fractions hold."""
        p = self._painter
        font = self._font(px, bold=bold, serif=serif)
        if family:
            font.setFamilies([family, *font.families()])
        p.save()
        p.scale(1 / 8, 1 / 8)
        p.setFont(font)
        p.setPen(self._quiet if quiet else self._ink)
        big = QRectF(box.left() * 8, box.top() * 8, box.width() * 8, box.height() * 8)
        p.drawText(big, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), text)
        p.restore()

    def _head(self, copy: int) -> None:
        p, right = self._painter, Qt.AlignmentFlag.AlignRight
        paint_mark(p, QRectF(_LEFT, 32, 30, 30))
        self._text(QRectF(75, 30, 200, 34), tr("恢复单"), 23, bold=True, serif=True)
        words = tr("第 {} 份 / 共 {} 份").format(copy, COPIES)
        if self._facts.by_hand:
            words = tr("手抄 · {}").format(words)
        self._text(QRectF(185, 30, 200, 16), words, 11, quiet=True, align=right)
        when = f"{local(self._facts.made_at):%Y-%m-%d %H:%M}"
        self._text(QRectF(185, 47, 200, 16), when, 11, quiet=True, align=right)
        self._line(QPointF(_LEFT, 75), QPointF(_RIGHT, 75), 1.2)

    def _line(self, start: QPointF, end: QPointF, width: float, *, quiet: bool = False) -> None:
        self._painter.setPen(pen(self._block if quiet else self._ink, width))
        self._painter.drawLine(start, end)

    def _why(self) -> None:
        lines = (
            (tr("{}的数据是加密的。").format(self._facts.station), False),
            (tr("电脑坏了、管理员密码忘了，只有这张纸能打开备份。"), True),
            (tr("丢了又没有别的钥匙，谁也打不开。"), False),
        )
        for row, (text, bold) in enumerate(lines):
            self._text(QRectF(_LEFT, 86 + row * 21, 350, 20), text, 13, bold=bold)

    def _code(self, groups: Sequence[str], check: str) -> None:
        p = self._painter
        box = QRectF(_LEFT, 168, 350, 175)
        p.setPen(pen(self._ink, 1.2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(box, 4, 4)
        for index in range(GROUPS):
            column, row = divmod(index, GROUPS // 2)
            left, top = box.left() + 26 + column * 162, box.top() + 13 + row * 30
            number = QRectF(left, top, 14, 22)
            self._text(number, str(index + 1), 13, quiet=True)
            self._group(QRectF(left + 22, top, 90, 22), groups[index] if groups else "")
        self._line(QPointF(box.left() + 18, 302), QPointF(box.right() - 18, 302), 0.8, quiet=True)
        self._text(QRectF(box.left() + 18, 310, 170, 20), tr("没有 0 O 1 I L，不怕看混"), 11.5, quiet=True)
        self._text(QRectF(250, 310, 60, 20), tr("校验"), 11.5, quiet=True)
        if check:
            self._text(QRectF(282, 309, 86, 22), check, 15, bold=True, family="Liberation Mono")
        elif self._facts.by_hand:
            self._line(QPointF(282, 329), QPointF(366, 329), 0.8)
        else:
            self._fill(QRectF(280, 312, 30, 15))

    def _group(self, box: QRectF, text: str) -> None:
        wide = 14.0
        for place in range(5):
            cell = QRectF(box.left() + place * (wide + 2.2), box.top(), wide, 19)
            if text:
                self._text(cell, text[place], 16, bold=True, align=Qt.AlignmentFlag.AlignHCenter)
            elif self._facts.by_hand:
                self._painter.setPen(pen(self._block, 0.8))
                self._painter.setBrush(Qt.BrushStyle.NoBrush)
                self._painter.drawRect(cell)
            else:
                self._fill(cell)

    def _fill(self, cell: QRectF) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._block)
        self._painter.drawRoundedRect(cell, 2, 2)

    def _steps(self) -> None:
        steps = (
            tr("1. 在新电脑上装好，插上备份 U 盘。"),
            tr("2. 登录页点「都进不去，用恢复单」。"),
            tr("3. 照着敲 8 组，每组 5 个字。"),
            tr("4. 用过就要换新单，旧的当面撕掉。"),
        )
        for row, text in enumerate(steps):
            self._text(QRectF(_LEFT, 360 + row * 23, 350, 20), text, 12.5)

    def _foot(self) -> None:
        self._text(QRectF(_LEFT, 478, 80, 18), tr("存放处"), 12, quiet=True)
        self._text(QRectF(220, 478, 80, 18), tr("封存人"), 12, quiet=True)
        self._line(QPointF(_LEFT, 504), QPointF(202, 504), 1)
        self._line(QPointF(220, 504), QPointF(_RIGHT, 504), 1)
        self._text(QRectF(_LEFT, 525, 240, 18), tr("封进信封，骑缝签字，放保险柜"), 11, quiet=True)
        number = tr("单号 {}").format(self._facts.number)
        self._text(QRectF(225, 525, 160, 18), number, 11, quiet=True, align=Qt.AlignmentFlag.AlignRight)


def _paper_colour(token: str) -> QColor:
    """The colour of a token where it reads on white, else black: a dark theme must not print pale."""
    colour = theme().colour(token)
    if token.startswith("ink") and contrast(colour.name(), QColor(Qt.GlobalColor.white).name()) < 4.5:
        return QColor(Qt.GlobalColor.black)
    if not token.startswith("ink") and colour.lightness() < 120:
        return QColor(Qt.GlobalColor.lightGray)
    return colour


class SheetPreview(PaintedWidget):
    """What the paper will look like, with blocks where the code stands (纸上是这样)."""

    def __init__(self, facts: SheetFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self.setObjectName("sheet_preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.describe(self.tr("恢复单预览"), self.tr("码的地方是色块，屏幕上不出现"))

    def show_facts(self, facts: SheetFacts) -> None:
        """Another number, time or way of making it."""
        self._facts = facts
        self.update()

    def sizeHint(self) -> QSize:
        """Readable; it grows with the room there is."""
        return QSize(round(theme().scale(_WIDE * 0.6)), round(theme().scale(_HIGH * 0.6)))

    def minimumSizeHint(self) -> QSize:
        """Readable at the smallest window."""
        return QSize(round(_WIDE * 0.4), round(_HIGH * 0.4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sheet in the middle of its ground."""
        painter = begin(self)
        painter.fillRect(self.rect(), theme().colour("sunken"))
        margin = theme().px(14)
        room = QSizeF(self.width() - 2 * margin, self.height() - 2 * margin)
        scale = min(room.width() / _WIDE, room.height() / _HIGH)
        size = QSizeF(_WIDE * scale, _HIGH * scale)
        place = QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)
        paint_sheet(painter, place, self._facts, 1)
        painter.setPen(pen("line2", 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        painter.end()
