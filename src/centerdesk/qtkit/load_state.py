"""What a table over a query is doing, and what its last row may say."""

from __future__ import annotations

from enum import Enum


class LoadState(Enum):
    """What the model is doing; the table draws its states (UI 4.3) from it."""

    FRESH = "fresh"  # nothing asked yet
    LOADING = "loading"  # the first page, or a reload, is on its way
    READY = "ready"
    FAILED = "failed"  # the first page could not be read


class Tail(Enum):
    """The one row after the data, when there is something to say."""

    RETRY = "retry"
    CAPPED = "capped"
