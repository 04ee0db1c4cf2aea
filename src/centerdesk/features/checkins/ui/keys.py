"""Which key does what on the curtain page (UI 5). Single letters work while no field is being typed in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from centerdesk.features.checkins.rules import HELP, NOT_OK, OK, UNCLEAR

LOOKS = {Qt.Key.Key_Space: OK, Qt.Key.Key_X: NOT_OK, Qt.Key.Key_U: UNCLEAR, Qt.Key.Key_H: HELP}
HOME_ACTS = {Qt.Key.Key_L: "later", Qt.Key.Key_P: "pause", Qt.Key.Key_A: "back_entry"}
ALARM_ACTS = {Qt.Key.Key_N: "no_answer", Qt.Key.Key_T: "phone", Qt.Key.Key_J: "take"}
SHEET = (
    ("空格", "已开，到下一户"), ("X", "未开，马上报警"), ("U", "看不清"), ("H", "求助"), ("L", "稍后再看"),
    ("P", "暂停"), ("A", "除了这几户都开着"), ("↑ ↓", "路线上一户、下一户"), ("← →", "楼面上左右走"),
    ("数字", "跳到第几户，再按 Enter"), ("Enter", "报警栏里：见到本人"), ("N", "报警栏里：无人应门"),
    ("T", "报警栏里：补记电话"), ("J", "报警栏里：我来接"), ("PgUp", "月历：上个月"), ("PgDn", "月历：下个月"),
)  # fmt: skip
"""The same for the sheet of keys, as they are printed."""
_FREE = Qt.KeyboardModifier.NoModifier
_PLAIN = (_FREE, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.AltModifier)


def act_of(event: QKeyEvent) -> tuple[str, str] | None:
    """What a key press means here: (look, state), (home, act), (alarm, act), (digit, figure); None: nothing."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    if modifiers not in _PLAIN:
        return None
    if key in LOOKS:
        return "look", LOOKS[key]
    if key in HOME_ACTS:
        return "home", HOME_ACTS[key]
    if key in ALARM_ACTS:
        return "alarm", ALARM_ACTS[key]
    if modifiers != Qt.KeyboardModifier.AltModifier and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return "digit", event.text()
    return None
