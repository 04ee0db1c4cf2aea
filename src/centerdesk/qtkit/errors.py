"""The one place where an exception becomes something a clerk sees (ARCHITECTURE 4.7). Never blocks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from centerdesk.kernel.crash import fingerprint, frames_only
from centerdesk.kernel.errors import Cancelled, EnvironmentFault, UserError, ValidationError
from centerdesk.kernel.record import record
from centerdesk.qtkit import notify
from centerdesk.qtkit.labels import tr

_log = logging.getLogger(__name__)

Report = Callable[[BaseException], str]
"""Writes a bug down and answers its code: `kernel.crash.CrashReporter.report`."""


@record
class Told:
    """An error in words: what happened, what to do next, and what an administrator can use."""

    title: str
    text: str
    code: str = ""  # a bug's fingerprint; empty for everything a person can act on
    details: str = ""  # for 复制说明给管理员: places in the program, never a value


def tell(exc: Exception, report: Report | None = None) -> Told:
    """The words for an error; a bug is written down, by `report` or else into the log."""
    exc = _surroundings(exc) or exc
    if isinstance(exc, EnvironmentFault):
        return Told(tr("这会儿办不了"), str(exc), details=type(exc).__name__)
    if isinstance(exc, UserError):
        return Told(tr("没办成"), str(exc), details=type(exc).__name__)
    code = (report or write_down)(exc)
    text = tr("这一步没有走完，做没做成请刷新后核对。再试还不行，请把编号 {} 告诉管理员。")
    return Told(tr("程序出错了"), text.format(code), code, f"{code}\n{frames_only(exc)}")


def _surroundings(exc: Exception) -> EnvironmentFault | None:
    """What a database error of a query means when disk, lock or file failed; None for everything else.

    Commands come explained; a query brings the library's own error, which must not pass for a bug of ours.
    """
    if not type(exc).__module__.startswith("sqlalchemy."):
        return None
    from centerdesk.kernel.dbfaults import Fault, classify, explain

    return None if classify(exc) is Fault.BUG else explain(exc)


def write_down(exc: BaseException) -> str:
    """Into the log, places in the program only; answers the code. For who has no reporter of their own."""
    code = fingerprint(exc)
    _log.error("unexpected %s\n%s", code, frames_only(exc))
    return code


def present_error(owner: QObject, exc: Exception, report: Report | None = None) -> None:
    """Show an error to whoever asked. GUI thread; returns at once.

    Field errors go to the forms that are open in the owner; everything else stands in the window as a card
    until it is closed. A stop the person asked for is only a toast.
    """
    widget = owner if isinstance(owner, QWidget) else QApplication.activeWindow()
    if isinstance(exc, ValidationError) and widget is not None and _show_at_fields(widget, exc):
        return
    if isinstance(exc, Cancelled):
        notify.toast(widget, str(exc) or tr("停下了，什么都没改。"))
        return
    told = tell(exc, report)
    notify.report(widget, told.title, told.text, copy_text=told.details if told.code else "")


def _show_at_fields(widget: QWidget, exc: ValidationError) -> bool:
    """Give the sentences to the forms of the owner that are not hidden; False when none takes them."""
    from centerdesk.qtkit.forms import Form  # a start shows no form

    forms: list[Form[object]] = [f for f in widget.findChildren(Form) if not f.isHidden()]
    if isinstance(widget, Form):
        forms.append(widget)
    for form in forms:
        form.show_errors(exc.fields)
    return bool(forms)
