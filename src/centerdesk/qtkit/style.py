"""What a style sheet cannot draw: the focus ring outside a control, check marks, the field of a drop-down."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QWidget,
)

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.pens import pen

_State = QStyle.StateFlag
_Primitive = QStyle.PrimitiveElement


class DeskStyle(QProxyStyle):
    """Fusion with the desk's focus ring, boxes and drop-downs; all colours from tokens."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Boxes and dots are ours; the dotted focus rectangle is never drawn: the ring stands for it."""
        if element == _Primitive.PE_FrameFocusRect:
            return
        if element in (_Primitive.PE_IndicatorCheckBox, _Primitive.PE_IndicatorItemViewItemCheck):
            paint_check(painter, QRectF(option.rect), option.state)
        elif element == _Primitive.PE_IndicatorRadioButton:
            paint_radio(painter, QRectF(option.rect), option.state)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """The focus frame is a rounded ring, one offset outside the control."""
        if element == QStyle.ControlElement.CE_FocusFrame:
            paint_focus_ring(painter, QRectF(option.rect))
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """A drop-down is a field with an arrow."""
        if control == QStyle.ComplexControl.CC_ComboBox:
            _paint_drop_down(painter, QRectF(option.rect), option.state)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """Room for the ring and the size of boxes."""
        match metric:
            case QStyle.PixelMetric.PM_FocusFrameHMargin | QStyle.PixelMetric.PM_FocusFrameVMargin:
                return ring_margin()
            case (
                QStyle.PixelMetric.PM_IndicatorWidth
                | QStyle.PixelMetric.PM_IndicatorHeight
                | QStyle.PixelMetric.PM_ExclusiveIndicatorWidth
                | QStyle.PixelMetric.PM_ExclusiveIndicatorHeight
            ):
                return round(theme().scale(17))
        return super().pixelMetric(metric, option, widget)


def ring_margin() -> int:
    """How far the focus ring reaches beyond its control, px."""
    return theme().edge("focus") + theme().edge("focus-offset")


def paint_focus_ring(painter: QPainter, outer: QRectF, radius: float | None = None) -> None:
    """A 2 px ring (3 in high contrast) just inside `outer`; `radius` is that of the control within."""
    look = theme()
    width = look.edge("focus")
    inner = look.size("radius-control") if radius is None else radius
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen("primary", width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    corner = inner + look.edge("focus-offset") + half
    painter.drawRoundedRect(outer.adjusted(half, half, -half, -half), corner, corner)
    painter.restore()


def paint_check(painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
    """A checkbox: edge `control`; checked `primary` with a tick; in between a bar."""
    look = theme()
    side = min(box.width(), box.height()) - 1
    rect = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    on, partly = bool(state & _State.State_On), bool(state & _State.State_NoChange)
    enabled = bool(state & _State.State_Enabled)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = ("primary" if enabled else "ink3") if on or partly else "surface"
    painter.setPen(pen(fill if on or partly else "control", look.edge("field")))
    painter.setBrush(look.colour(fill))
    painter.drawRoundedRect(rect, side * 0.2, side * 0.2)
    painter.setPen(pen("on-primary", side * 0.11, rounded=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if on:
        painter.drawPath(tick_path(rect))
    elif partly:
        painter.drawLine(
            QPointF(rect.left() + side * 0.25, rect.center().y()),
            QPointF(rect.right() - side * 0.25, rect.center().y()),
        )
    painter.restore()


def paint_radio(painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
    """A radio dot: ring, and a filled centre when chosen."""
    look = theme()
    side = min(box.width(), box.height()) - 1
    rect = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    on = bool(state & _State.State_On)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen("primary" if on else "control", look.edge("field") * (1.5 if on else 1)))
    painter.setBrush(look.colour("surface"))
    painter.drawEllipse(rect)
    if on:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("primary"))
        painter.drawEllipse(rect.center(), side * 0.26, side * 0.26)
    painter.restore()


def tick_path(rect: QRectF) -> QPainterPath:
    """The stroke of a tick in the middle of `rect`."""
    path = QPainterPath(QPointF(rect.left() + rect.width() * 0.26, rect.top() + rect.height() * 0.53))
    path.lineTo(rect.left() + rect.width() * 0.43, rect.top() + rect.height() * 0.69)
    path.lineTo(rect.left() + rect.width() * 0.75, rect.top() + rect.height() * 0.34)
    return path


def _paint_drop_down(painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
    look = theme()
    focused, enabled = bool(state & _State.State_HasFocus), bool(state & _State.State_Enabled)
    width = look.edge("focus") if focused else look.edge("field")
    edge = "primary" if focused else "control" if enabled else "line2"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(edge, width))
    painter.setBrush(look.colour("surface" if enabled else "surface2"))
    half = width / 2
    radius = look.size("radius-control")
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)
    paint_chevron_down(painter, QPointF(rect.right() - look.px(16), rect.center().y()), look.scale(4))
    painter.restore()


def paint_chevron_down(painter: QPainter, centre: QPointF, half: float, token: str = "ink2") -> None:
    """A small open arrow pointing down; `half` is half its width."""
    painter.setPen(pen(token, theme().scale(1.2), rounded=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(centre.x() - half, centre.y() - half / 2))
    path.lineTo(centre.x(), centre.y() + half / 2)
    path.lineTo(centre.x() + half, centre.y() - half / 2)
    painter.drawPath(path)


class FocusRing(QObject):
    """Moves one QFocusFrame to the button that has the focus. Fields and painted widgets show their own."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._frame: QFocusFrame | None = None
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._frame is not None:
            self._frame.setWidget(None)  # type: ignore[arg-type]  # null detaches; the stub forgets it
            self._frame.deleteLater()
            self._frame = None
        if isinstance(new, QAbstractButton) and not new.property("own_focus"):
            self._frame = QFocusFrame()
            self._frame.setWidget(new)


def install_focus_ring(app: QApplication) -> None:
    """Give the application its ring; a second call does nothing."""
    if app.findChild(FocusRing, "focus_ring") is None:
        FocusRing(app)
