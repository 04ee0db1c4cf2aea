"""What board and strip share: the windows as children, which one is current, how keys walk between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget

from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.base import PaintedWidget
from centerdesk.qtkit.painted.facade_window import FacadeWindow
from centerdesk.qtkit.painted.house import BuildingView, WindowView

_STEPS = {
    int(Qt.Key.Key_Left): QPoint(-1, 0),
    int(Qt.Key.Key_Right): QPoint(1, 0),
    int(Qt.Key.Key_Up): QPoint(0, -1),
    int(Qt.Key.Key_Down): QPoint(0, 1),
}


class WindowList(PaintedWidget):
    """A list (for screen readers too) with one child per enrolled window; Tab follows the route."""

    current_changed = Signal(object)
    activated = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, *, sills: bool = True, click_opens: bool = False
    ) -> None:
        super().__init__(parent)
        give_role(self, Role.List)
        self._sills, self._click_opens = sills, click_opens
        self._buildings: tuple[BuildingView, ...] = ()
        self._windows: dict[object, FacadeWindow] = {}
        self._current: object | None = None
        self._route: tuple[object, ...] = ()

    @property
    def buildings(self) -> tuple[BuildingView, ...]:
        """What is shown, in drawing order."""
        return self._buildings

    @property
    def current(self) -> object | None:
        """Id of the window with the ring."""
        return self._current

    def window_widget(self, window_id: object) -> FacadeWindow:
        """The child that shows a window; raises KeyError."""
        return self._windows[window_id]

    def set_buildings(self, buildings: Sequence[BuildingView], route: Iterable[object] = ()) -> None:
        """Show these buildings. `route`: window ids in walking order for Tab; empty = drawing order."""
        self._buildings, self._route = tuple(buildings), tuple(route)
        views = {view.id: view for building in self._buildings for view in building.windows}
        for gone in self._windows.keys() - views.keys():
            dropped = self._windows.pop(gone)
            hide_quietly(dropped)
            dropped.deleteLater()
        for window_id, view in views.items():
            if window_id in self._windows:
                self._windows[window_id].set_view(view, motion=False)
            else:
                self._windows[window_id] = self._make(view)
        if self._current not in self._windows:
            self._current = None
        self._describe_all(views.values())
        self._arrange()
        self.updateGeometry()
        self.update()

    def set_window(self, view: WindowView) -> None:
        """Show one window's new state, and repaint only it; raises KeyError for a window that is not here."""
        self._windows[view.id].set_view(view)
        self._buildings = tuple(_with_window(building, view) for building in self._buildings)
        self._describe_all(v for building in self._buildings for v in building.windows)

    def set_current(self, window_id: object | None) -> None:
        """Put the ring on a window without moving the focus; None takes it away."""
        if window_id == self._current:
            return
        if self._current in self._windows:
            self._windows[self._current].set_current(False)
        self._current = window_id if window_id in self._windows else None
        if self._current is not None:
            self._bring_into_view(self._current)
            self._windows[self._current].set_current(True)
            self._windows[self._current].raise_()

    def _make(self, view: WindowView) -> FacadeWindow:
        made = FacadeWindow(view, self, sill=self._sills, click_opens=self._click_opens)
        made.taken.connect(self._on_taken)
        made.activated.connect(self.activated)
        made.moved.connect(self._on_moved)
        made.show()
        return made

    def tab_stops(self) -> list[QWidget]:
        """The windows in walking order, those off the route last: Tab goes where the feet go."""
        known = [key for key in self._route if key in self._windows]
        rest = [key for key in self._windows if key not in set(known)]
        return [self._windows[key] for key in (*known, *rest)]

    def _describe_all(self, views: Iterable[WindowView]) -> None:
        counts: dict[str, int] = {}
        for view in views:
            counts[view.state.word] = counts.get(view.state.word, 0) + 1
        total = sum(counts.values())
        words = "，".join(f"{word} {count}" for word, count in counts.items())
        self.describe(f"窗，共 {total} 扇", words)

    def _on_taken(self, window_id: object, meant: bool) -> None:
        if not meant:
            # The page was opened or came to the front: the ring stays where it was.
            if self._current is None:
                self.set_current(window_id)
            elif window_id != self._current:
                self._windows[self._current].setFocus(Qt.FocusReason.OtherFocusReason)
        elif window_id != self._current:
            self.set_current(window_id)
            self.current_changed.emit(window_id)

    def _on_moved(self, window_id: object, key: int) -> None:
        step = _STEPS[key]
        start = self._windows[window_id].geometry().center()
        best: tuple[float, FacadeWindow] | None = None
        for other in self._windows.values():
            away = other.geometry().center() - start
            ahead = away.x() * step.x() + away.y() * step.y()
            aside = abs(away.x() * step.y()) + abs(away.y() * step.x())
            if ahead <= 2 or other.isHidden():
                continue
            cost = ahead + 2.5 * aside
            if best is None or cost < best[0]:
                best = cost, other
        if best is not None:
            best[1].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _arrange(self) -> None:
        """Lay the children out; the subclass knows where."""

    def _bring_into_view(self, window_id: object) -> None:
        """Turn to the page of a window; the subclass knows how."""


def hide_quietly(child: QWidget) -> bool:
    """Hide a child without Qt handing its focus to a neighbour; answers whether it had the focus."""
    had = child.hasFocus()
    if had:
        child.clearFocus()
    child.hide()
    return had


def _with_window(building: BuildingView, view: WindowView) -> BuildingView:
    if all(window.id != view.id for window in building.windows):
        return building
    windows = tuple(view if window.id == view.id else window for window in building.windows)
    return BuildingView(
        building.name,
        building.floors,
        building.units,
        building.doors_per_unit,
        windows,
        building.standing_point,
        building.mirror,
    )
