"""`poe bench [NAME…]`: every figure of the foundation, taken on this machine in one run, as one JSON object.

Names: import search return gap start memory desks; none means all. `--size` takes the growing figures over
another number of residents; `--runs` fewer or more than five. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.perf.figures import RUNS, Figure, not_taken
from tests.perf.takes import RESIDENTS, TAKES, Bench


def main(argv: Sequence[str] | None = None) -> int:
    """Take the figures and print them; 1 when one misses its goal or could not be taken."""
    parser = argparse.ArgumentParser(prog="poe bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TAKES, []], metavar="NAME", help=" ".join(TAKES))
    parser.add_argument("--size", type=int, default=RESIDENTS, help="residents (100000)")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of which the median is told (5)")
    args = parser.parse_args(argv)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="centerdesk-bench-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), args.size, args.runs)
        for name, take in TAKES.items():
            if not args.names or name in args.names:
                figures += _taken(bench, name, take)
    found = {"machine": machine(), "figures": [figure.as_json() for figure in figures]}
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(figure.holds for figure in figures) else 1


def _taken(bench: Bench, name: str, take: Any) -> list[Figure]:
    """A figure that cannot be taken is told so, and the others are taken all the same."""
    try:
        found: list[Figure] = take(bench)
    except (RuntimeError, OSError, ValueError, KeyError) as exc:
        bench.say(f"{name} could not be taken: {exc}")
        return [not_taken(name, "", "", str(exc)[-300:])]
    return found


def machine() -> dict[str, Any]:
    """What the figures were taken on; no name of anything."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
