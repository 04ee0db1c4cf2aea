"""Runs pytest so that nothing stays behind: every temporary file, cache and example store goes with the run.

What poe calls; arguments are pytest's own. pytest's closing line is the last thing printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Exit code of pytest."""
    with tempfile.TemporaryDirectory(prefix="centerdesk-", ignore_cleanup_errors=True) as folder:
        own = Path(folder)
        own.chmod(0o711)  # tests that drop root's rights must be able to pass through
        environment = {
            "QT_QPA_PLATFORM": "offscreen",
            **os.environ,
            "TMPDIR": folder,
            "TEMP": folder,
            "TMP": folder,
            "HYPOTHESIS_STORAGE_DIRECTORY": str(own / "hypothesis"),
            "COVERAGE_FILE": str(own / "coverage"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
        }
        command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={own / 'cache'}", *arguments]
        return subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
