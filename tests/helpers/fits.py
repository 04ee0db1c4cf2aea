"""Whether everything on a page has the room it wants: sizes, words, elisions, glyphs that no face has.

`misfits(page)` asks widgets and layouts what they need and compares it with what they have. `elided(page)` and
`boxes(page)` read what was painted, delegates and painted widgets too. The page must be visible and laid out.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator

from PySide6.QtCore import QBuffer, QDeadlineTimer, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QTextLayout
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
    QWidgetItem,
)

SLACK = 1
"""px that rounding may take."""
ROUND = Qt.TextFlag.TextWordWrap
ASK = 16_777_215
"""Qt's own limit of a width."""


def misfits(root: QWidget) -> list[str]:
    """What has less room than it wants, one sentence each; empty when the page fits."""
    assert root.isVisible(), "only what is laid out can be measured"
    return [f"{path(widget)}: {said}" for widget in visible(root) for said in _wants(widget)]


def lasting_misfits(root: QWidget) -> list[str]:
    """The same once everything has been laid out, from the inside outwards: looked at for a second at most."""
    late = QDeadlineTimer(1000)
    while (found := misfits(root)) and not late.hasExpired():
        QApplication.processEvents()
    return found


def visible(root: QWidget) -> Iterator[QWidget]:
    """`root` and all widgets below it that can be seen, or scrolled to."""
    yield root
    for child in root.findChildren(QWidget):
        if child.isVisible() and not (child.isWindow() and child is not root):
            yield child


def path(widget: QWidget) -> str:
    """`Class name 'words' < Parent`, to find it by."""
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""
    parent = widget.parentWidget()
    names = [type(widget).__name__, widget.objectName(), repr(words[:24]) if words else ""]
    above = f" < {type(parent).__name__} {parent.objectName()}".rstrip() if parent is not None else ""
    return " ".join(name for name in names if name) + above


def _wants(widget: QWidget) -> Iterator[str]:
    yield from _less_than_smallest(widget)
    yield from _layout_squeezed(widget)
    yield from _outside_its_box(widget)
    if isinstance(widget, QLabel):
        yield from _label_cut(widget)
    elif isinstance(widget, QComboBox):
        yield from _choice_cut(widget)
    elif isinstance(widget, QLineEdit):
        yield from _hint_cut(widget)


# --- sizes --------------------------------------------------------------------------------------------------


def smallest(widget: QWidget) -> QSize:
    """The size below which a layout would not go, from hint and policy; 1 where the widget says nothing."""
    return QWidgetItem(widget).minimumSize()


def _less_than_smallest(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QHeaderView) or (widget.isWindow() and widget.layout() is None):
        return
    wanted, has = smallest(widget), widget.size()
    if widget.minimumSizeHint().isValid():  # a fixed size may lie about what is inside
        wanted = wanted.expandedTo(_hint_within_policy(widget))
    if wanted.width() > has.width() + SLACK:
        yield f"wants {wanted.width()} px across, has {has.width()}"
    if wanted.height() > has.height() + SLACK and not widget.hasHeightForWidth():  # those are asked below
        yield f"wants {wanted.height()} px down, has {has.height()}"


def _hint_within_policy(widget: QWidget) -> QSize:
    hint, policy = widget.minimumSizeHint(), widget.sizePolicy()
    wide = 0 if policy.horizontalPolicy() == policy.Policy.Ignored else hint.width()
    high = 0 if policy.verticalPolicy() == policy.Policy.Ignored else hint.height()
    return QSize(wide, high)


def _layout_squeezed(widget: QWidget) -> Iterator[str]:
    """A layout with less than its smallest lays its parts over each other or cuts them."""
    layout = widget.layout()
    if layout is None or isinstance(widget, QAbstractScrollArea | QStackedWidget):
        return
    least = layout.totalMinimumSize()
    if least.width() > widget.width() + SLACK:
        yield f"its layout wants {least.width()} px across, has {widget.width()} ({_widest(layout)})"
    if (
        least.height() > widget.height() + SLACK and not layout.hasHeightForWidth()
    ):  # there the labels are asked
        yield f"its layout wants {least.height()} px down, has {widget.height()}"


def _widest(layout: QLayout) -> str:
    found = [item.widget() for i in range(layout.count()) if (item := layout.itemAt(i)) and item.widget()]
    if not found:
        return "only layouts in it"
    most = max(found, key=lambda each: smallest(each).width())
    return f"widest {path(most)}"


def _outside_its_box(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _scrolls(parent) or widget.objectName() == "focus_ring_widget":
        return
    if isinstance(parent, QAbstractScrollArea) and parent.cornerWidget() is widget:
        return  # between two scroll bars; with one there is no corner
    inside = QRect(QPoint(), parent.size()).adjusted(-SLACK, -SLACK, SLACK, SLACK)
    if widget.size().isEmpty():
        yield "is seen and has no size"
    elif not inside.contains(widget.geometry()):
        place, room = widget.geometry().getRect(), parent.size().toTuple()
        yield f"stands at {place}, outside its parent of {room}"


def _scrolls(parent: QWidget) -> bool:
    """Is this the viewport of something that scrolls? Only sideways is fixed there, and measured as a size."""
    area = parent.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is parent and _reachable(area)


def _reachable(area: QAbstractScrollArea) -> bool:
    inner = area.widget() if isinstance(area, QScrollArea) else None
    if inner is None:
        return True
    off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    sideways = area.horizontalScrollBarPolicy() != off or inner.width() <= area.viewport().width() + SLACK
    down = area.verticalScrollBarPolicy() != off or inner.height() <= area.viewport().height() + SLACK
    return sideways and down


# --- words --------------------------------------------------------------------------------------------------


def _label_cut(label: QLabel) -> Iterator[str]:
    if not label.text() or label.pixmap():
        return
    room = label.contentsRect().adjusted(label.margin(), label.margin(), -label.margin(), -label.margin())
    metrics = QFontMetrics(label.font())
    if label.wordWrap():
        wanted = metrics.boundingRect(QRect(0, 0, room.width(), ASK), int(ROUND), label.text())
    else:
        wanted = metrics.boundingRect(QRect(0, 0, ASK, ASK), 0, label.text())
    if wanted.width() > room.width() + SLACK:
        yield f"its words want {wanted.width()} px across, have {room.width()}"
    lines = max(1, round(wanted.height() / metrics.lineSpacing()))
    ink = (lines - 1) * metrics.lineSpacing() + metrics.tightBoundingRect("国g").height()
    if ink > room.height() + SLACK:
        yield f"its {lines} lines want {wanted.height()} px down, have {room.height()}"


def _choice_cut(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box)
    wide = QFontMetrics(box.font()).horizontalAdvance(box.currentText())
    if wide > room.width() + SLACK:
        yield f"its choice {box.currentText()!r} wants {wide} px, has {room.width()}"


def _hint_cut(field: QLineEdit) -> Iterator[str]:
    if field.text() or not field.placeholderText():
        return
    option_room = field.contentsRect().marginsRemoved(field.textMargins()).width() - 4
    wide = QFontMetrics(field.font()).horizontalAdvance(field.placeholderText())
    if wide > option_room + SLACK:
        yield f"its hint {field.placeholderText()!r} wants {wide} px, has {option_room}"


# --- what was painted ---------------------------------------------------------------------------------------


def painted(root: QWidget) -> list[str]:
    """Every run of words that painting the page writes, in painting order."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    paper = QSvgGenerator()
    paper.setOutputDevice(buffer)
    paper.setSize(root.size())
    painter = QPainter(paper)
    root.render(painter, QPoint())
    painter.end()
    found = ET.fromstring(bytes(buffer.data().data()))
    return ["".join(each.itertext()).strip() for each in found.iter("{http://www.w3.org/2000/svg}text")]


def elided(root: QWidget, but: Collection[str] = ()) -> list[str]:
    """What was cut with … when painted; `but` are words that end so on purpose."""
    runs = painted(root)
    cut = []
    for before, run in zip(["", *runs], runs, strict=False):
        whole = before + run if run == "…" else run
        if whole.endswith("…") and not whole.endswith("……") and not any(_meets(whole, each) for each in but):
            cut.append(whole)
    return cut


def _meets(run: str, words: str) -> bool:
    """Painting breaks words where the face changes: 选 U 盘 comes in three runs."""
    return run.endswith(words) or words.endswith(run)


def boxes(root: QWidget) -> list[str]:
    """Words in which a character would be drawn as an empty box: no installed face has it."""
    font = root.font()
    bad = []
    for run in dict.fromkeys(painted(root)):
        layout = QTextLayout(run, font)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        if any(0 in glyphs.glyphIndexes() for glyphs in layout.glyphRuns()):
            bad.append(run)
    return bad
