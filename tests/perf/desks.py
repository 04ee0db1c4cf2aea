"""Twenty desks at once on one PostgreSQL server that keeps its promises (fsync on): how long a saved act takes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.helpers import postgres
from tests.perf.figures import Figure, bounded, child, not_taken, p95

DESKS, SECONDS = 20, 60
_NAME = f"{DESKS} desks on PostgreSQL"


def take_desks(_folder: Path) -> list[Figure]:
    """Processes of the command bus, mixed work for a minute; then every answered act is looked for."""
    if reason := postgres.why_not():
        return [not_taken(f"{_NAME}, p95 of a saved act", "ms", "≤ 50 ms", reason)]
    key = os.urandom(32).hex()
    with postgres.server() as own:
        url = own.server.url("bench")
        child("tests.perf.one_desk", "seed", url, key)
        with ThreadPoolExecutor(DESKS) as pool:
            running = [
                pool.submit(child, "tests.perf.one_desk", "work", url, key, number, SECONDS)
                for number in range(DESKS)
            ]
            found = [each.result() for each in running]
        checked = child("tests.perf.one_desk", "check", url, key)
    return _figures(found, checked)


def _figures(found: list[dict[str, Any]], checked: dict[str, Any]) -> list[Figure]:
    saved = [act for desk in found for act in desk["saved"]]
    known = set(checked["keys"])
    lost = sum(mark not in known for mark, _ms in saved) + (not checked["ok"])
    failed: dict[str, int] = {}
    for desk in found:
        for kind, count in desk["failed"].items():
            failed[kind] = failed.get(kind, 0) + count
    words = "、".join(f"{kind} {count}" for kind, count in failed.items())
    return [
        bounded(
            f"{_NAME}, p95 of a saved act ({len(saved)} acts)", p95([ms for _mark, ms in saved]), "ms", 50
        ),
        bounded(f"{_NAME}, answered acts lost or chain broken", float(lost), "acts", 0),
        bounded(f"{_NAME}, acts refused after all retries", float(sum(failed.values())), "acts", 0, words),
    ]
