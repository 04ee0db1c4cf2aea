"""`centerdesk`: the one place that knows both programs: `kiosk` is the lobby screen, every other verb the desk's."""

from __future__ import annotations

import gc
import sys

SPREADSHEET_CHILD = "spreadsheet-child"
"""Hidden verb: how a frozen program starts the child that reads other people's files (`kernel.spreadsheet_in`)."""

APART = "apart"
"""Hidden verb: the process a desk has heavy acts done by (`app.apart`)."""

GARBAGE_AFTER = 500_000
"""Nearly all that a start makes stays: looking through it even twice costs 0.07 s."""


def main() -> int:
    """Run one verb; the exit codes are those of `app/cli.py`."""
    if sys.argv[1:2] == [SPREADSHEET_CHILD]:
        # before anything else is imported: the child binds itself to its limits first
        from centerdesk.kernel.spreadsheet_in_child import main as read_one_file

        read_one_file()
        return 0
    if sys.argv[1:2] == [APART]:
        from centerdesk.app.apart_work import work

        work(sys.argv[2])
        return 0
    gc.set_threshold(GARBAGE_AFTER)
    try:
        from centerdesk.app.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before or behind the verb, which has its own answer
        sys.stderr.write("已停下。没做完的没有写进去；要办请再来一次。\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
