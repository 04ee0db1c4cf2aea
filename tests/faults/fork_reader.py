"""Reads many files with the child's own code, one forked process a file: the cheap second entry of the tests.

`fork_reader.py SOURCE-ROOT LISTING`: one path a line; what the child says about each goes to PATH.out.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Load everything once, then fork for each file."""
    sys.path.insert(0, sys.argv[1])
    import python_calamine  # noqa: F401  # loaded before the forks

    from centerdesk.kernel import spreadsheet_in_csv  # noqa: F401  # the same

    for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines():
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            speak(line, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as source:
            Path(line + ".out").write_bytes(source.read())
        os.waitpid(pid, 0)


def speak(path: str, writer: int) -> None:
    """In the fork: the real main, limits and all, with the pipe as its standard output."""
    from centerdesk.kernel import spreadsheet_in_child

    os.dup2(writer, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stdout = os.fdopen(1, "w")
    sys.argv = ["child", path]
    spreadsheet_in_child.main()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
