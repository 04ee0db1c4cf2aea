"""G9: set-up, migration and going back, killed at fifty moments: the old schema or the new one, never between.

There is one schema so far, so the way led through is from an empty file to the newest and back to the backup that
the migration was made to keep. An older program and a newer database: `test_bad_environment`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the harness forks; Windows has no SIGKILL"),
]


@pytest.mark.parametrize(("act", "rounds"), [("init", 20), ("migrate", 50), ("restore", 50)])
def test_killed_at_any_moment_it_is_the_old_or_the_new(tmp_path: Path, act: str, rounds: int) -> None:
    rounds *= 10 if FULL else 1
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10_000)))
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_upgrade", str(tmp_path), act, str(rounds), str(seed)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert run.returncode == 0, f"seed {seed}: {run.stderr[-2000:]}"
    found = json.loads(run.stdout)
    told = f"seed {seed}: {found}"
    assert set(found["seen"]) <= {"old", "new"}, told
    assert found["killed"] == rounds, told
    assert sum(found["seen"].values()) == rounds, told
    assert found["seen"].get("old", 0) > 0, told
