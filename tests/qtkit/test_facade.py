"""The façade: eleven drawings that differ without colour, the board's pages and keys, what is read aloud."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.facade import FacadeBoard
from centerdesk.qtkit.painted.house import BuildingView, HouseLayout, WindowView
from centerdesk.qtkit.painted.sky import Sky, SkyLight
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window
from centerdesk.qtkit.tab_order import reading_order
from centerdesk.qtkit.theme import Theme, theme, use_theme
from centerdesk.qtkit.tokens import THEMES

HOMES = ((1, 6, 1), (2, 4, 1), (2, 1, 2), (1, 2, 2))


def building(name: str, point: str = "A", *, floors: int = 6, mirror: bool = False) -> BuildingView:
    windows = tuple(
        WindowView(f"{name}-{u}-{f}0{d}", f, u, d, WindowState.TO_DO, str(i + 1), f"{name} {u} 单元 {f}0{d}")
        for i, (u, f, d) in enumerate(HOMES)
    )
    return BuildingView(name, floors, 2, 2, windows, point, mirror)


@pytest.fixture
def board(qtbot) -> FacadeBoard:
    made = FacadeBoard()
    qtbot.addWidget(made)
    made.resize(660, 660)
    made.set_buildings([building(f"{n} 栋", "ABCDEF"[n - 1]) for n in range(1, 7)])
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def in_theme(qapp):
    before = theme()
    yield lambda name: use_theme(Theme.load(name))
    use_theme(before)


def drawing(state: WindowState, *, number: str = "15", ratio: float = 1.0, width: int = 30, **more) -> QImage:
    image = QImage(round(52 * ratio), round(48 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(theme().colour("surface")))
    painter = QPainter(image)
    paint_window(painter, QRectF(10, 11, width, round(width * 26 / 30)), state, number=number, **more)
    painter.end()
    return image


def difference(first: QImage, second: QImage) -> float:
    """Mean difference in grey levels: what is left when colour is taken away."""
    a, b = (bytes(i.convertToFormat(QImage.Format.Format_Grayscale8).constBits()) for i in (first, second))
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("width", [30, 20])
def test_states_differ_in_a_grey_print(in_theme, name, width: int) -> None:
    in_theme(name)
    pictures = {state: drawing(state, width=width) for state in WindowState}
    for first, second in combinations(WindowState, 2):
        assert difference(pictures[first], pictures[second]) > 1.5, (first, second)


def test_an_unseen_window_keeps_a_sign_when_it_is_tiny(in_theme) -> None:
    in_theme("light")
    ground = theme().colour("unseen")
    tiny = drawing(WindowState.UNSEEN, width=14)
    light = sum(
        tiny.pixelColor(x, y).lightness() > 200 and QRectF(12, 13, 10, 8).contains(QPointF(x, y))
        for x in range(tiny.width())
        for y in range(tiny.height())
    )
    assert light > 3
    assert ground.lightness() < 90


def test_the_number_is_drawn_and_the_ring_lies_outside(in_theme) -> None:
    in_theme("light")
    assert difference(drawing(WindowState.TO_DO, number="15"), drawing(WindowState.TO_DO, number="16")) > 0.2
    ringed = drawing(WindowState.OPEN, selected=True)
    assert ringed.pixelColor(25, 6) == theme().colour("primary")


def test_curtains_slide_from_the_middle(in_theme) -> None:
    in_theme("light")
    shut, half, wide = (drawing(WindowState.OPEN, openness=part) for part in (0.0, 0.5, 1.0))
    assert difference(shut, wide) > difference(half, wide) > 0


def test_high_screens_get_sharp_drawings(in_theme) -> None:
    in_theme("light")
    image = drawing(WindowState.DRAWN, ratio=1.5)
    assert image.pixelColor(round(25 * 1.5), round(12 * 1.5)) == theme().colour("c4")


def test_doors_lie_as_one_sees_them_and_mirror_turns_them() -> None:
    plain, turned = (HouseLayout(building("3 栋", mirror=mirror), 1.0) for mirror in (False, True))
    left = plain.window_rect(6, 1, 1)
    assert (
        left.left() < plain.bay(0)[0] < plain.window_rect(6, 1, 2).left() < plain.window_rect(6, 2, 1).left()
    )
    assert turned.window_rect(6, 1, 1).right() == pytest.approx(turned.wall_width - left.left())
    assert plain.window_rect(1, 1, 1).top() > plain.window_rect(6, 1, 1).top()
    assert [turned.unit_at(place) for place in (0, 1)] == [2, 1]


def test_towers_fold_floors_without_enrolled_homes() -> None:
    tower = building("9 栋", floors=18)
    assert tower.rows == ((7, 18), (6, 6), (5, 5), (4, 4), (3, 3), (2, 2), (1, 1))
    assert building("2 栋", floors=12).rows[0] == (12, 12)
    with pytest.raises(KeyError):
        HouseLayout(tower, 1.0).window_rect(12, 1, 1)


def test_more_than_four_buildings_page(qtbot, board: FacadeBoard) -> None:
    assert board.page_count == 2
    assert board.window_widget("1 栋-1-601").isVisible()
    assert not board.window_widget("5 栋-1-601").isVisible()
    with qtbot.waitSignal(board.page_changed) as turned:
        board.set_current("6 栋-2-102")
    assert turned.args == [1, 2]
    assert board.window_widget("6 栋-2-102").isVisible()
    board.set_page(9)
    assert board.page == 1


def test_paging_by_key_takes_the_focus_along(qtbot, board: FacadeBoard) -> None:
    qtbot.waitActive(board)
    start = board.window_widget("1 栋-1-601")
    start.setFocus(Qt.FocusReason.MouseFocusReason)
    with qtbot.waitSignal(board.page_changed):
        qtbot.keyClick(start, Qt.Key.Key_PageDown)
    assert board.window_widget("5 栋-1-601").hasFocus()
    assert board.current == "5 栋-1-601"


def test_windows_stay_inside_the_board_at_every_size(board: FacadeBoard) -> None:
    for size in ((480, 520), (660, 660), (1300, 500)):
        board.resize(*size)
        for shown in (w for w in board.findChildren(QWidget) if w.isVisible()):
            assert board.rect().adjusted(-10, -10, 10, 10).contains(shown.geometry()), size


def test_one_building_fills_a_narrow_board(board: FacadeBoard) -> None:
    before = board.window_widget("1 栋-1-601").width()
    board.set_single(True)
    assert board.page_count == 6
    assert board.window_widget("1 栋-1-601").width() > before


def test_arrows_walk_by_position(qtbot, board: FacadeBoard) -> None:
    board.activateWindow()
    start = board.window_widget("1 栋-1-601")
    start.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(start.hasFocus)
    with qtbot.waitSignal(board.current_changed) as changed:
        qtbot.keyClick(start, Qt.Key.Key_Down)
    assert changed.args == ["1 栋-1-202"]
    with qtbot.waitSignal(board.current_changed) as changed:
        qtbot.keyClick(board.window_widget("1 栋-1-202"), Qt.Key.Key_Right)
    assert changed.args == ["1 栋-2-102"]


def test_tab_follows_the_route(board: FacadeBoard) -> None:
    route = ("1 栋-2-102", "1 栋-1-601", "1 栋-2-401")
    board.set_buildings(board.buildings, route)
    assert reading_order(board)[: len(route)] == [board.window_widget(key) for key in route]


def test_a_click_takes_and_enter_opens(qtbot, board: FacadeBoard) -> None:
    home = board.window_widget("2 栋-2-401")
    with qtbot.waitSignal(board.current_changed) as changed:
        qtbot.mouseClick(home, Qt.MouseButton.LeftButton, pos=home.rect().center())
    assert changed.args == ["2 栋-2-401"]
    assert home.current
    with qtbot.waitSignal(board.activated) as opened:
        qtbot.keyClick(home, Qt.Key.Key_Return)
    assert opened.args == ["2 栋-2-401"]


def test_only_the_changed_window_changes(board: FacadeBoard) -> None:
    before = board.grab().toImage()
    home = board.window_widget("1 栋-1-601")
    view = WindowView(
        "1 栋-1-601", 6, 1, 1, WindowState.CLOSED, "1", "1 栋 1 单元 601", "1 栋 1 单元 601，未开，08:17"
    )
    board.set_window(view)
    after = board.grab().toImage()
    other = board.window_widget("2 栋-1-601").geometry()
    assert after.copy(home.geometry()) != before.copy(home.geometry())
    assert after.copy(other) == before.copy(other)
    assert board.buildings[0].windows[0].state is WindowState.CLOSED


def test_a_window_that_is_not_there_is_an_error(board: FacadeBoard) -> None:
    with pytest.raises(KeyError):
        board.set_window(WindowView("nobody", 1, 1, 1, WindowState.OPEN))


def test_the_board_is_read_as_a_list_of_enrolled_windows(board: FacadeBoard) -> None:
    interface = QAccessible.queryAccessibleInterface(board)
    assert interface.role() == QAccessible.Role.List
    assert board.accessibleName() == "窗，共 24 扇"
    assert board.accessibleDescription() == "待看 24"
    home = board.window_widget("1 栋-2-401")
    item = QAccessible.queryAccessibleInterface(home)
    assert item.role() == QAccessible.Role.ListItem
    assert item.text(QAccessible.Text.Name) == "1 栋 2 单元 401，待看"
    board.set_current("1 栋-2-401")
    assert item.text(QAccessible.Text.Description) == "已选中"


def test_windows_that_left_the_ledger_leave_the_board(qtbot, board: FacadeBoard) -> None:
    board.set_current("1 栋-1-601")
    board.set_buildings([building("2 栋")])
    assert board.current is None
    with pytest.raises(KeyError):
        board.window_widget("1 栋-1-601")


def test_an_empty_board_paints(qtbot) -> None:
    empty = FacadeBoard()
    qtbot.addWidget(empty)
    empty.set_buildings([])
    assert empty.page_count == 1
    assert not empty.grab().isNull()


def test_the_strip_opens_a_home_by_click(qtbot) -> None:
    strip = DayStrip()
    qtbot.addWidget(strip)
    strip.set_buildings([building("2 栋"), building("3 栋")])
    strip.resize(strip.sizeHint())
    strip.show()
    home = strip.window_widget("3 栋-2-401")
    with qtbot.waitSignal(strip.activated) as opened:
        qtbot.mouseClick(home, Qt.MouseButton.LeftButton, pos=home.rect().center())
    assert opened.args == ["3 栋-2-401"]
    with qtbot.waitSignal(strip.building_clicked) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(home.x(), strip.height() - 6))
    assert chosen.args == ["3 栋"]


def test_a_strip_too_long_gets_smaller_and_stays_inside(qtbot) -> None:
    strip = DayStrip()
    qtbot.addWidget(strip)
    strip.set_buildings([building(f"{n} 栋") for n in range(1, 8)])
    strip.resize(strip.minimumSizeHint().width(), strip.sizeHint().height())
    strip.show()
    assert max(w.geometry().right() for w in strip.findChildren(QWidget)) <= strip.width() + 10


@pytest.mark.parametrize(
    ("minute", "light", "sun"),
    [
        (405, SkyLight.DAY, 0.0),
        (668, SkyLight.DAY, 0.5),
        (931, SkyLight.DAY, 1.0),
        (404, SkyLight.NIGHT, None),
        (1214, SkyLight.NIGHT, None),
    ],
)
def test_the_sky_follows_the_sun(minute: int, light: SkyLight, sun: float | None) -> None:
    sky = Sky.at(minute, 405, 931)
    assert sky.light is light
    assert sky.sun == (None if sun is None else pytest.approx(sun))


def test_focus_by_the_window_manager_does_not_move_the_ring(qtbot, board: FacadeBoard) -> None:
    board.set_current("1 栋-2-401")
    home = board.window_widget("1 栋-1-601")
    home.taken.emit("1 栋-1-601", False)
    assert board.current == "1 栋-2-401"
