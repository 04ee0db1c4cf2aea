"""What a style sheet cannot draw: check marks, the focus ring, the field of a drop-down."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import (
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
_FIELD_CONTROLS = (QStyle.ComplexControl.CC_ComboBox, QStyle.ComplexControl.CC_SpinBox)


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

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """A drop-down is a field with an arrow, a spin box one with two."""
        if control == QStyle.ComplexControl.CC_ComboBox:
            _paint_field(painter, QRectF(option.rect), option.state)
            centre = QPointF(option.rect.right() - theme().px(15), option.rect.center().y() + 1)
            paint_chevron(painter, centre, theme().scale(4))
        elif control == QStyle.ComplexControl.CC_SpinBox:
            _paint_field(painter, QRectF(option.rect), option.state)
            for arrow, part in (
                ("up", QStyle.SubControl.SC_SpinBoxUp),
                ("down", QStyle.SubControl.SC_SpinBoxDown),
            ):
                room = QRectF(self.subControlRect(control, option, part, widget))
                paint_chevron(painter, room.center(), theme().scale(3.5), up=arrow == "up")
        else:
            super().drawComplexControl(control, option, painter, widget)

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        """Text in drop-downs and spin boxes starts where it does in a plain field."""
        # The numbers of sub-controls repeat from one control to the next, so the control is asked first.
        rect = super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # null is allowed
        outer, arrows = option.rect, option.rect.right() - theme().px(26)
        spin = control == QStyle.ComplexControl.CC_SpinBox
        edit = QStyle.SubControl.SC_SpinBoxEditField if spin else QStyle.SubControl.SC_ComboBoxEditField
        if control in _FIELD_CONTROLS and part == edit:
            rect.setLeft(outer.left() + theme().edge("field") + theme().px(9))
            rect.setRight(arrows)
        elif spin and part == QStyle.SubControl.SC_SpinBoxUp:
            rect = QRect(QPoint(arrows, outer.top() + 2), QPoint(outer.right() - 2, outer.center().y()))
        elif spin and part == QStyle.SubControl.SC_SpinBoxDown:
            rect = QRect(QPoint(arrows, outer.center().y()), QPoint(outer.right() - 2, outer.bottom() - 2))
        return rect

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        """Fields share one height."""
        answer = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # null is allowed
        if kind in (QStyle.ContentsType.CT_ComboBox, QStyle.ContentsType.CT_SpinBox):
            answer.setHeight(max(answer.height(), theme().size("control")))
            answer.setWidth(answer.width() + theme().px(18))
        return answer

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """The size of boxes."""
        match metric:
            case (
                QStyle.PixelMetric.PM_IndicatorWidth
                | QStyle.PixelMetric.PM_IndicatorHeight
                | QStyle.PixelMetric.PM_ExclusiveIndicatorWidth
                | QStyle.PixelMetric.PM_ExclusiveIndicatorHeight
            ):
                return round(theme().scale(17))
            case QStyle.PixelMetric.PM_LineEditIconSize:
                return theme().size("icon-button")
            case QStyle.PixelMetric.PM_CheckBoxLabelSpacing | QStyle.PixelMetric.PM_RadioButtonLabelSpacing:
                return theme().px(6)
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


def _paint_field(painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
    look = theme()
    focused, enabled = bool(state & _State.State_HasFocus), bool(state & _State.State_Enabled)
    width = look.edge("focus") if focused else look.edge("field")
    half, radius = width / 2, look.size("radius-control")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen("primary" if focused else "control" if enabled else "line2", width))
    painter.setBrush(look.colour("surface" if enabled else "surface2"))
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)
    painter.restore()


def paint_chevron(
    painter: QPainter, centre: QPointF, half: float, token: str = "ink2", *, up: bool = False
) -> None:
    """A small open arrow pointing down (or up); `half` is half its width."""
    rise = -half / 2 if up else half / 2
    path = QPainterPath(QPointF(centre.x() - half, centre.y() - rise))
    path.lineTo(centre.x(), centre.y() + rise)
    path.lineTo(centre.x() + half, centre.y() - rise)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(token, theme().scale(1.2), rounded=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()
