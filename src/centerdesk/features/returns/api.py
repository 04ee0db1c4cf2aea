"""What the desk and the command line may ask of returns: build a month, keep it, write its papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.features.places import api as places
from centerdesk.features.returns.commands import KeepEdition, SignReturn
from centerdesk.features.returns.queries import (
    Built,
    EditionRow,
    build_figures,
    editions,
    get_edition,
    month_of,
    rows_of,
)
from centerdesk.features.returns.rules import Figure
from centerdesk.features.returns.rules_document import Printing, by_grid, definitions, document, letter
from centerdesk.kernel import journal
from centerdesk.kernel.clock import Clock, Month, today
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.reporting.document import ExportReport

__all__ = [
    "Built",
    "EditionRow",
    "Figure",
    "KeepEdition",
    "Papers",
    "Printing",
    "SignReturn",
    "build_figures",
    "editions",
    "get_edition",
    "month_of",
    "printing",
    "rows_of",
    "write_papers",
]


@dataclass(frozen=True, slots=True)
class Papers:
    """What was written, and what the export has to say (substituted faces, missing characters)."""

    files: tuple[Path, ...]
    sentences: tuple[str, ...]


def printing(session: Session, actor: Actor, clock: Clock, station: str, edition: EditionRow) -> Printing:
    """What paper needs beside the figures: office, audit head, check code, who prints and when."""
    actor.require("returns.read")
    own = places.community(session)
    seq, head = journal.head(session)
    return Printing(
        station, own.street if own else "", Month.parse(edition.period), edition.as_of, edition.sha256, seq,
        head, clock.now(), actor.name, edition.is_draft,
    )  # fmt: skip


def write_papers(
    folder: Path,
    figures: Sequence[Figure],
    how: Printing,
    clock: Clock,
    *,
    system_faces: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Papers:
    """Write the Excel form, its PDF and the letter. Blocking; report lane. Raises EnvironmentFault."""
    from centerdesk.kernel.reporting import gbt9704, pdf, xlsx  # heavy, and only papers need them

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise EnvironmentFault(
            f"文件夹“{folder}”建不了，月报没有写出。请换一个能写的文件夹，再来一次。"
        ) from exc
    form, annexes = document(figures, how), (by_grid(figures, how), definitions(figures))
    name = f"{how.station}_{how.month}_月报表"
    files = (folder / f"{name}.xlsx", folder / f"{name}.pdf", folder / f"{how.station}_{how.month}_报告.pdf")
    steps: tuple[Callable[[], ExportReport], ...] = (
        lambda: xlsx.write_document(files[0], form, annexes=annexes),
        lambda: pdf.write_document(files[1], form, annexes=annexes, system_faces=system_faces),
        lambda: gbt9704.write_report(files[2], letter(figures, how, today(clock)), system_faces=system_faces),
    )
    said: list[str] = []
    for done, step in enumerate(steps):
        if progress is not None:
            progress(done, len(steps))
        said.extend(step().sentences())
    return Papers(files, tuple(dict.fromkeys(said)))
