"""One backup as a row of the table of 数据平安."""

from __future__ import annotations

from datetime import datetime

from centerdesk.app.settings.rows import CENTRE, RIGHT, Cell, Head, Row
from centerdesk.app.settings.safety_data import BackupLine, SafetyView, size_words, when_words
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.painted.badge import Tone

HEADS = (
    Head("什么时候", 126),
    Head("为什么备"),
    Head("改了多少", 96, RIGHT),
    Head("本机", 58, CENTRE),
    Head("第二处", 66, CENTRE),
    Head("验过", 104),
)


def backup_row(line: BackupLine, view: SafetyView, now: datetime) -> Row:
    """One backup as the table shows it; one that did not check out is struck through."""
    manifest, good = line.backup.manifest, line.good
    when, day = when_words(line.made_at, now)
    there = Cell(icon="checkmark_circle", token="green", spoken=tr("有"))
    if view.second is None:
        there = Cell("—")
    elif not line.there:
        there = Cell(tr("没备"), token="dawn-ink")
    checked = tr("{} 项都对").format(len(manifest.checks)) if good else tr("对不上")
    acts = tr("{:,} 件").format(line.acts) if line.acts is not None else "—"
    return Row(
        line.backup.path,
        (
            Cell(when, day, strong=True, struck=not good),
            Cell(manifest.reason.label, size_words(manifest.size), token="ink"),
            Cell(acts),
            Cell(icon="checkmark_circle" if good else "error_circle", token="green" if good else "red",
                 spoken=tr("有") if good else tr("有疑问")),
            there,
            Cell(checked) if good else Cell(badge=checked, tone=Tone.LATE),
        ),
    )  # fmt: skip
