"""Tokens, contrast, sheet, fonts and a live change of the look."""

from __future__ import annotations

import re
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRect
from PySide6.QtGui import QFontDatabase, QFontInfo, QPalette, QRawFont
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from centerdesk.kernel.paths import resource
from centerdesk.qtkit.i18n import install_chinese
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.theme import Theme, UnknownToken, theme, theme_hub
from centerdesk.qtkit.tokens import THEMES, Pair, ThemeName, contrast, load_pairs, load_tokens

TOKEN_FILE = resource("theme", "tokens.toml")
SOURCE = Path(__file__).parents[2] / "src" / "centerdesk"


@pytest.fixture
def restored_look(qapp):
    """Whatever a test puts on, the next one finds the light look."""
    yield qapp
    Theme.load("light").apply(qapp)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("pair", load_pairs(TOKEN_FILE), ids=lambda pair: f"{pair.fg} on {pair.bg}")
def test_a_pair_is_as_legible_as_promised(pair: Pair, name: ThemeName) -> None:
    tokens = load_tokens(TOKEN_FILE, name)
    ratio = contrast(tokens.colour(pair.fg), tokens.colour(pair.bg))
    assert ratio >= pair.need
    if pair.expect is not None:
        assert ratio == pytest.approx(pair.expect[THEMES.index(name)], abs=0.006)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_what_a_field_shows_while_empty_can_be_read(
    qtbot, restored_look, name: ThemeName, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    Theme.load(name).apply(restored_look)
    field = kind()
    qtbot.addWidget(field)
    field.setPlaceholderText("姓名、拼音、门牌")
    field.ensurePolished()
    shown = field.palette().color(QPalette.ColorRole.PlaceholderText)
    assert shown.alpha() == 255
    assert contrast(shown.name(), theme().colour("surface").name()) >= 4.5


def test_every_pair_of_the_design_is_there() -> None:
    assert sum(pair.expect is not None for pair in load_pairs(TOKEN_FILE)) == 26


def test_contrast_of_black_on_white_is_the_largest() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("zoom", [100, 150, 200])
def test_the_sheet_has_no_token_left(qapp, name: ThemeName, large: bool, zoom: int) -> None:
    sheet = Theme.load(name, large=large, zoom=zoom).style_sheet()
    assert "@" not in sheet
    assert not re.search(r"\b0?-\d+px", sheet)


def test_an_unknown_token_is_an_error(qapp) -> None:
    with pytest.raises(UnknownToken):
        theme().colour("salmon")
    with pytest.raises(UnknownToken):
        theme().font("shout")


def test_no_colour_is_written_outside_the_token_file() -> None:
    """A hex value outside that file is a defect (UI 2)."""
    pattern = re.compile(r"[\"'(\s]#[0-9A-Fa-f]{6}\b|QColor\(\d")
    guilty = [
        f"{path.name}:{number}"
        for folder in ("qtkit", "app", "features")
        for path in (SOURCE / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and not path.name.startswith(("xlsx", "pdf"))
    ]
    assert not guilty


@given(st.integers(min_value=-50, max_value=400))
def test_zoom_stays_within_its_bounds(zoom: int) -> None:
    assert 100 <= Theme.load("light", zoom=zoom).zoom <= 200


def test_lengths_follow_zoom_and_large(qapp) -> None:
    plain, zoomed, large = Theme.load(), Theme.load(zoom=200), Theme.load(large=True)
    assert (plain.size("control"), zoomed.size("control"), large.size("control")) == (36, 72, 48)
    assert zoomed.scale(10) == pytest.approx(20)
    assert large.scale(10) > plain.scale(10)
    assert Theme.load("contrast").edge("focus") == 3


@pytest.mark.parametrize(
    ("role", "px", "large_px"),
    [
        ("caption", 12, 18),
        ("table", 13.5, 19),
        ("body", 14, 20),
        ("page_title", 23, 32),
        ("countdown", 26, 36),
    ],
)
def test_type_has_the_sizes_of_the_design(qapp, role: str, px: float, large_px: float) -> None:
    dpi = qapp.primaryScreen().logicalDotsPerInch()
    for large, expected in ((False, px), (True, large_px)):
        font = Theme.load(large=large).font(role)
        assert font.pointSizeF() * dpi / 72 == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(("role", "family"), [("body", "Noto Sans SC"), ("page_title", "Noto Serif SC")])
def test_tests_use_the_bundled_faces(qapp, role: str, family: str) -> None:
    font = theme().font(role)
    assert QFontInfo(font).family() == family
    raw = QRawFont.fromFont(font, QFontDatabase.WritingSystem.SimplifiedChinese)
    assert all(raw.supportsCharacter(ord(char)) for char in "窗明未开看不清漏求")


def test_semibold_work_text_is_really_bold(qapp) -> None:
    assert QFontInfo(theme().font("body", bold=True)).weight() == 700
    assert QFontInfo(theme().font("page_title")).weight() == 600


def test_a_cards_title_is_bold_in_every_colour(qtbot) -> None:
    card = Card("今天到期")
    qtbot.addWidget(card)
    card.show()
    title = card.findChild(QLabel)
    for token in ("ink", "red", "ink"):
        card.set_token(token)
        assert (title.font(), title.property("ink")) == (theme().font("card_title"), token)


def test_a_change_of_look_is_live(qtbot, restored_look) -> None:
    button = QPushButton("打印")
    qtbot.addWidget(button)
    button.show()
    before = button.sizeHint().height()
    with qtbot.waitSignal(theme_hub().changed):
        Theme.load("dark", zoom=150).apply(restored_look)
    assert button.sizeHint().height() > before
    assert restored_look.palette().color(QPalette.ColorRole.Window) == theme().colour("paper")
    assert theme().name == "dark"


def test_a_look_that_is_on_is_not_put_on_again(qtbot, restored_look) -> None:
    """Every widget is polished anew for it; a start meets the same look three times."""
    Theme.load("dark").apply(restored_look)
    with qtbot.assertNotEmitted(theme_hub().changed):
        Theme.load("dark").apply(restored_look)
    with qtbot.waitSignal(theme_hub().changed):
        Theme.load("dark", zoom=110).apply(restored_look)


def test_a_copied_colour_does_not_change_the_token(qapp) -> None:
    theme().colour("red").setAlpha(0)
    assert theme().colour("red").alpha() == 255


def test_the_ring_follows_the_focused_button(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    first, second = QPushButton("甲"), QPushButton("乙")
    column.addWidget(first)
    column.addWidget(second)
    window.show()
    qtbot.waitActive(window)
    for button in (first, second):
        button.setFocus()
        qtbot.waitUntil(lambda button=button: _ring_of(window) == button.geometry().adjusted(-3, -3, 3, 3))


def test_the_ring_is_whole_where_its_parent_has_no_room(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    tight, area, button = QWidget(), QScrollArea(), QPushButton("甲")
    inside = QVBoxLayout(tight)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.addWidget(button)
    inside.addSpacing(900)
    area.setWidgetResizable(True)
    area.setWidget(tight)
    QVBoxLayout(window).addWidget(area)
    window.resize(300, 200)
    window.show()
    qtbot.waitActive(window)
    button.setFocus()
    place = QRect(button.mapTo(window, QPoint()), button.size())
    qtbot.waitUntil(lambda: _ring_of(window) == place.adjusted(-3, -3, 3, 3))
    area.verticalScrollBar().setValue(button.height() // 2)
    ring = _ring_of(window)
    assert ring.top() == area.y() - 3
    assert ring.height() < button.height()  # what is out of sight has none
    area.verticalScrollBar().setValue(400)
    assert _ring_of(window) is None


def test_a_ring_is_not_the_last_to_hold_its_window(qtbot) -> None:
    """The window went with the ring, in the middle of the ring's own end: a crash now and then."""
    window = QWidget()
    button = QPushButton("甲", window)
    window.show()
    qtbot.waitActive(window)
    button.setFocus()
    held, gone = weakref.ref(window), []
    qtbot.waitUntil(lambda: _ring_of(held()) is not None)
    window.destroyed.connect(lambda: gone.append(True))
    del window
    assert held() is None
    assert gone == [True]


def _ring_of(window: QWidget):
    shown = [w for w in window.findChildren(QWidget, "focus_ring_widget") if w.isVisible()]
    return shown[-1].geometry() if shown else None


def test_qt_speaks_chinese(qapp) -> None:
    translator = install_chinese(qapp)
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "取消"
    assert QLocale().name() == "zh_CN"
    box.deleteLater()
    QCoreApplication.removeTranslator(translator)
    translator.deleteLater()
