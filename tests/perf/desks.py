"""Twenty desks at once on one PostgreSQL server that keeps its promises (fsync on): how long a saved act takes."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from tests.helpers import postgres
from tests.perf.figures import Figure, bounded, child, not_taken, p95

DESKS, SECONDS = 20, 60
_NAME = f"{DESKS} desks on PostgreSQL"


def take_desks(folder: Path) -> list[Figure]:
    """Processes of the command bus, mixed work for a minute; then every answered act is looked for."""
    if reason := postgres.why_not():
        return [not_taken(f"{_NAME}, p95 of a saved act", "ms", "≤ 50 ms", reason)]
    key = os.urandom(32).hex()
    with postgres.server() as own:
        url, gate = own.server.url("bench"), Path(tempfile.mkdtemp(dir=folder))
        child("tests.perf.one_desk", "seed", url, key)
        with ThreadPoolExecutor(DESKS) as pool:
            running = [
                pool.submit(child, "tests.perf.one_desk", "work", url, key, number, SECONDS, gate, DESKS)
                for number in range(DESKS)
            ]
            found = [each.result() for each in running]
        checked = child("tests.perf.one_desk", "check", url, key)
    return _figures(found, checked)


class Act(NamedTuple):
    """Its key, its kind, from the wish to the answer, and of that the wait for the writers' lock; ms."""

    mark: str
    kind: str
    ms: float
    waited: float


def _apart(saved: list[Act], looks: list[float]) -> str:
    """p95 by kind of act, of waiting and of working, and of the looks between the acts."""
    kinds = sorted({act.kind for act in saved})
    parts = {kind: [act.ms for act in saved if act.kind == kind] for kind in kinds}
    parts["waiting for the lock"] = [act.waited for act in saved]
    parts["without the wait"] = [act.ms - act.waited for act in saved]
    parts["a look"] = looks
    return "p95, ms: " + ", ".join(f"{name} {p95(values):.1f}" for name, values in parts.items())


def _figures(found: list[dict[str, Any]], checked: dict[str, Any]) -> list[Figure]:
    saved = [Act(*act) for desk in found for act in desk["saved"]]
    known = set(checked["keys"])
    lost = sum(act.mark not in known for act in saved) + (not checked["ok"])
    failed: dict[str, int] = {}
    for desk in found:
        for kind, count in desk["failed"].items():
            failed[kind] = failed.get(kind, 0) + count
    words = "、".join(f"{kind} {count}" for kind, count in failed.items())
    return [
        bounded(
            f"{_NAME}, p95 of a saved act ({len(saved)} acts)",
            p95([act.ms for act in saved]),
            "ms",
            50,
            _apart(saved, [ms for desk in found for ms in desk["looks"]]),
        ),
        bounded(f"{_NAME}, answered acts lost or chain broken", float(lost), "acts", 0),
        bounded(f"{_NAME}, acts refused after all retries", float(sum(failed.values())), "acts", 0, words),
    ]
