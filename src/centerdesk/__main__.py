"""`centerdesk`: the one place that knows both programs: `kiosk` is the lobby screen, every other verb the desk's."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one verb; the exit codes are those of `app/cli.py`."""
    from centerdesk.app.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
