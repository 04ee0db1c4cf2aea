"""A figure and how it is taken: medians of repeated runs, each in a process of its own, beside its floor or peer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
RUNS = 5
"""Of how many runs a median is taken, at least."""


@dataclass(frozen=True)
class Figure:
    """量出来的数. `ratio` is value ÷ against; `holds` None: could not be taken, and `why`."""

    name: str
    value: float | None
    unit: str
    against: dict[str, Any] | None
    ratio: float | None
    goal: str
    holds: bool | None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        if not self.why:
            del found["why"]
        return found


def beside(
    name: str, value: float, unit: str, peer: str, other: float | None, limit: float, why: str = ""
) -> Figure:
    """A figure whose goal is a ratio to a floor or peer; `other` None: the peer could not run."""
    goal = f"≤ {limit:g} × {peer}"
    if other is None:
        return Figure(name, rounded(value), unit, {"name": peer, "value": None}, None, goal, None, why)
    ratio = value / other
    against = {"name": peer, "value": rounded(other)}
    return Figure(name, rounded(value), unit, against, round(ratio, 3), goal, ratio <= limit, why)


def bounded(name: str, value: float, unit: str, limit: float, why: str = "") -> Figure:
    """A figure with a bound of its own."""
    return Figure(name, rounded(value), unit, None, None, f"≤ {limit:g} {unit}", value <= limit, why)


def not_taken(name: str, unit: str, goal: str, why: str) -> Figure:
    return Figure(name, None, unit, None, None, goal, None, why)


def rounded(value: float) -> float:
    return round(value, 1 if value >= 100 else 3)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * 95 // 100) - 1)]


def of_all(found: Sequence[dict[str, Any]], key: str) -> float:
    """The median of one number over the runs."""
    return float(median(run[key] for run in found))


def child(module: str, *args: object, python: Path | None = None, **env: str) -> dict[str, Any]:
    """Run one measuring program and take the JSON object it prints last. Raises RuntimeError with its words.

    It is told in BENCH_BEGAN when its process was started, on the clock all processes share.
    """
    program = [module] if module.endswith(".py") else ["-m", module]
    began = time.perf_counter()
    done = subprocess.run(
        [str(python or sys.executable), *program, *map(str, args)],
        cwd=ROOT,
        env={**surroundings(), **env, "BENCH_BEGAN": repr(began)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def surroundings() -> dict[str, str]:
    """No screen, the sources of this folder, letters in UTF-8: the same for ours and for floors and peers.

    Compiled modules are kept, as an installed program has them; a first run that is not counted makes them.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": "1",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "centerdesk-bench-pycache"),
        "PYTHONUTF8": "1",
    }


def began() -> float:
    """When this process was started, as its parent saw it."""
    return float(os.environ["BENCH_BEGAN"])


def answer(**values: Any) -> None:
    """What a measuring program has to say."""
    sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def resident_mb() -> float:
    """Memory of this process that lies in RAM, MB; 0 where the system does not tell."""
    return _status_mb(os.getpid(), "VmRSS")


def peak_mb(pid: int) -> float:
    """The most that ever lay there of a process, MB; 0 where the system does not tell."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(x for x in status.read_text("utf-8").splitlines() if x.startswith(name))
    return int(line.split()[1]) / 1024
