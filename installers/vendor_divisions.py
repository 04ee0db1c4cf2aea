"""Rebuilds resources/data/divisions from the upstream tables (see the README there).

A maintainer's tool, never run on a user's machine:

    python installers/vendor_divisions.py SOURCE_DIR
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "resources" / "data" / "divisions"
LAST_2260 = "2014"  # what the package calls `current`
STATISTICS = "2023"  # the statistical codes are as of 2023-06-30
KEPT_OUTSIDE_STATISTICS = ("71", "81", "82")
Span = tuple[str, str, str, str]


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """All lines of a table with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def present_tree(source: Path) -> dict[str, str]:
    """Six-digit code -> name of today's provinces, cities and counties."""
    return {
        row["code"].ljust(6, "0"): row["name"]
        for level in ("provinces", "cities", "areas")
        for row in rows(source / f"{level}.csv")
    }


def spans(source: Path, tree: dict[str, str]) -> list[Span]:
    """One line for each code and name it bore, with the first and last revision that lists it."""
    table = rows(source / "gb2260_revisions.tsv", "\t")
    revisions = list(dict.fromkeys(row["revision"] for row in table))
    listed = {
        revision: {row["code"]: row["name"] for row in table if row["revision"] == revision}
        for revision in revisions
    }
    outside = {code: name for code, name in listed["current"].items() if code[:2] in KEPT_OUTSIDE_STATISTICS}
    listed[STATISTICS] = outside | {code: name for code, name in tree.items() if code[4] != "7"}
    found: list[Span] = []
    for code in sorted({code for names in listed.values() for code in names}):
        found.extend(code_spans(code, list(listed.items())))
    return found


def code_spans(code: str, listed: list[tuple[str, dict[str, str]]]) -> list[Span]:
    """The names one code bore, in time order; a gap in the listing ends a span."""
    label = {"current": LAST_2260}
    found: list[Span] = []
    name, first, last = "", "", ""
    for revision, names in [*listed, ("", {})]:
        if names.get(code, "") != name:
            if name:
                found.append((code, name, first, "" if last == STATISTICS else last))
            name, first = names.get(code, ""), label.get(revision, revision)
        last = label.get(revision, revision)
    return found


def table_text(header: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """CSV with Unix line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue()


def main() -> None:
    """Write gb2260.csv, divisions.csv and streets.csv.gz."""
    source = Path(sys.argv[1])
    tree = present_tree(source)
    history = table_text(("code", "name", "first_revision", "last_revision"), list(spans(source, tree)))
    (TARGET / "gb2260.csv").write_text(history, encoding="utf-8", newline="\n")
    present = table_text(("code", "name"), sorted(tree.items()))
    (TARGET / "divisions.csv").write_text(present, encoding="utf-8", newline="\n")
    streets = sorted((row["code"], row["name"]) for row in rows(source / "streets.csv"))
    packed = gzip.compress(table_text(("code", "name"), list(streets)).encode(), mtime=0)
    (TARGET / "streets.csv.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
