"""What was typed in the set-up and not kept yet: it survives a closed window and a power cut, passwords do not.

Before there is a station only the names of the station itself are typed, and they stand in the clear; from then on
drafts are sealed with the station's key. Blocking: slow lane.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.first_run.state import Step
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.drafts import DraftName, DraftStore
from centerdesk.kernel.paths import DataDir, ensure_private, write_private

_log = logging.getLogger(__name__)
_KIND = "setup."
Typed = Mapping[str, Any]


def keep_typed(data: DataDir, clock: Clock, station: OpenStation | None, step: Step, typed: Typed) -> None:
    """Write down what stands in a step; nothing typed takes the last draft away. Raises EnvironmentFault."""
    data.prepare()
    ensure_private(data.drafts)
    if station is None:
        _keep_plain(data, typed)
        return
    store = DraftStore(data.drafts, station.ring, clock)
    _plain(data).unlink(missing_ok=True)
    if typed:
        store.keep(None, DraftName(_KIND + step.name), typed)
    else:
        store.drop(None, DraftName(_KIND + step.name))


def read_typed(data: DataDir, clock: Clock, station: OpenStation | None) -> dict[Step, Typed]:
    """What an earlier run left; what cannot be read is passed over."""
    if station is None:
        plain = _read_plain(data)
        return {Step.SITE: plain} if plain else {}
    found = {
        draft.name.kind: draft.values for draft in DraftStore(data.drafts, station.ring, clock).found(None)
    }
    return {step: found[_KIND + step.name] for step in Step if _KIND + step.name in found}


def forget_typed(data: DataDir, clock: Clock, station: OpenStation) -> None:
    """The set-up is over."""
    store = DraftStore(data.drafts, station.ring, clock)
    for step in Step:
        store.drop(None, DraftName(_KIND + step.name))
    _plain(data).unlink(missing_ok=True)


def _plain(data: DataDir) -> Path:
    return data.drafts / "set-up.json"


def _keep_plain(data: DataDir, typed: Typed) -> None:
    if typed:
        write_private(_plain(data), json.dumps(dict(typed), ensure_ascii=False).encode())
    else:
        with suppress(FileNotFoundError):
            _plain(data).unlink()


def _read_plain(data: DataDir) -> Typed:
    try:
        found = json.loads(_plain(data).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        _log.warning("what was typed before is not readable: %s", type(exc).__name__)
        return {}
    return found if isinstance(found, dict) else {}
