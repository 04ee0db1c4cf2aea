"""The peers' own environment: made by the bench from its own hashed lock, beside the product's and never in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

from tests.perf.figures import ROOT

LOCK = ROOT / "installers" / "lock.bench.txt"
FOLDER = ROOT / ".venv-bench"


@cache
def peer_python() -> tuple[Path | None, str]:
    """The interpreter of that environment, or None and why there is none. Installs it where it is missing."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mark, wanted = FOLDER / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return python, ""
    sys.stderr.write("bench: installing the peers (anki, pandas) into .venv-bench …\n")
    venv.create(FOLDER, with_pip=True, clear=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
         "--only-binary", ":all:", "-r", str(LOCK)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return None, "the peers could not be installed: " + done.stderr.strip().splitlines()[-1][:200]
    mark.write_text(wanted)
    return python, ""
