"""Between forms and whoever keeps what is typed over a crash: a form says what it holds, and when it is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from centerdesk.kernel.drafts import DraftName
from centerdesk.kernel.record import record

HOLDS_DRAFTS = "holds_drafts"
"""Property of a page: a form that is hidden inside it was given up; a page that is hidden itself was not."""


@record
class TypedDraft:
    """What stands in a form and nowhere else: the fields changed by hand."""

    name: DraftName
    values: Mapping[str, Any]
    key: UUID | None = None
    """Under which it will be booked."""


class DraftHub(QObject):
    """草稿站. `typed` with a TypedDraft, `settled` with its DraftName once it was saved or given up. GUI thread."""

    typed = Signal(object)
    settled = Signal(object)


_hub = DraftHub()


def draft_hub() -> DraftHub:
    """Where forms tell and the desk listens."""
    return _hub


def given_up(widget: QWidget) -> bool:
    """Was this widget, or a part around it inside its page, put away? A locked desk hides whole pages."""
    here: QWidget | None = widget
    while here is not None and not here.property(HOLDS_DRAFTS) and not here.isWindow():
        if here.isHidden():
            return True
        here = here.parentWidget()
    return here is None
