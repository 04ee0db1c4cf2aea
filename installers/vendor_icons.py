"""Copies the icons named in resources/icons/sources.csv out of the unpacked icon package.

A maintainer's tool, never run on a user's machine:

    python installers/vendor_icons.py PACKAGE_DIR
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"


def main() -> None:
    """Refresh every NAME_regular.svg and NAME_filled.svg; a name upstream lacks stops the run."""
    upstream = Path(sys.argv[1]) / "icons"
    with (ICONS / "sources.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        for style in ("regular", "filled"):
            shutil.copyfile(
                upstream / f"{row['upstream']}_20_{style}.svg", ICONS / f"{row['name']}_{style}.svg"
            )


if __name__ == "__main__":
    main()
