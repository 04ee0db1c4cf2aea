"""Which key does what on the curtain page (UI 5). Single letters work while no field is being typed in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from centerdesk.features.checkins.rules import HELP, NOT_OK, OK, UNCLEAR

LOOKS = {Qt.Key.Key_Space: OK, Qt.Key.Key_X: NOT_OK, Qt.Key.Key_U: UNCLEAR, Qt.Key.Key_H: HELP}
HOME_ACTS = {Qt.Key.Key_L: "later", Qt.Key.Key_P: "pause", Qt.Key.Key_A: "back_entry"}
ALARM_ACTS = {Qt.Key.Key_N: "no_answer", Qt.Key.Key_T: "phone", Qt.Key.Key_J: "take"}
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
