"""Whether a window can open here; Qt itself ends the process where it cannot."""

from __future__ import annotations

import ctypes
import os
import sys

from centerdesk.kernel.errors import EnvironmentFault


def has_display() -> bool:
    """True where a person could see a window: a screen that answers, not only one that is named."""
    if sys.platform in ("win32", "darwin"):
        return True
    if wanted := os.environ.get("QT_QPA_PLATFORM"):
        return wanted not in ("offscreen", "minimal")
    return bool(os.environ.get("WAYLAND_DISPLAY") or (os.environ.get("DISPLAY") and _x_answers()))


def need_display() -> None:
    """Raises EnvironmentFault where the desk could only end without a word; a plugin that is named is believed."""
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        raise EnvironmentFault(
            "这里没有能用的图形界面，服务台的窗口打不开，资料没有动过。"
            "请在这台电脑的桌面上打开；只用命令办事，看 centerdesk --help。"
        )


def _x_answers() -> bool:
    """Whether the server of `DISPLAY` lets us in: it may be gone, or another account's."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return bool(xcb.xcb_connection_has_error(connection) == 0)
    finally:
        xcb.xcb_disconnect(connection)
