"""What the desk and the command line may ask of returns: build a month, keep it, write its papers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.features.places import api as places
from centerdesk.features.returns.commands import (
    FORM_PDF,
    FORM_XLSX,
    LETTER,
    PAPERS,
    KeepEdition,
    RecordAnnex,
    RecordExport,
    SignReturn,
)
from centerdesk.features.returns.queries import (
    Built,
    EditionRow,
    build_figures,
    editions,
    get_edition,
    month_of,
    rows_of,
)
from centerdesk.features.returns.queries_records import RecordRow
from centerdesk.features.returns.rules import Figure
from centerdesk.features.returns.rules_document import (
    Printing,
    by_grid,
    definitions,
    document,
    letter,
    record_list,
)
from centerdesk.kernel import journal
from centerdesk.kernel.clock import Clock, Month, today
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import ExportReport

__all__ = [
    "PAPERS",
    "Built",
    "EditionRow",
    "Figure",
    "KeepEdition",
    "Papers",
    "Printing",
    "RecordAnnex",
    "RecordExport",
    "SignReturn",
    "build_figures",
    "editions",
    "get_edition",
    "month_of",
    "printing",
    "rows_of",
    "write_annex",
    "write_papers",
]

_BARRED = dict.fromkeys(map(ord, '/\\:*?"<>|'), "_")

Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]


@record
class Papers:
    """What was written, and what the export has to say (substituted faces, missing characters).

    `sha256` names each paper of `files` (xlsx, pdf, letter) with the digest of its file, for `RecordExport`.
    """

    files: tuple[Path, ...]
    sentences: tuple[str, ...]
    sha256: Mapping[str, bytes] = field(default_factory=dict)


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
    papers: Sequence[str] = PAPERS,
    system_faces: bool = True,
    progress: Progress | None = None,
    stopped: Stopped | None = None,
) -> Papers:
    """Write the Excel form, its PDF and the letter, or those of `papers`. Blocking; slow lane.

    Each file appears whole or not at all; those finished before a stop stay. Raises EnvironmentFault, Cancelled.
    """
    from centerdesk.kernel.reporting import gbt9704, pdf, xlsx  # heavy, and only papers need them

    _make_folder(folder)
    form, annexes = document(figures, how), (by_grid(figures, how), definitions(figures))
    name = _stem(how)
    check = _stopper(stopped)
    steps: Mapping[str, tuple[Path, Callable[[Path], ExportReport]]] = {
        FORM_XLSX: (
            folder / f"{name}_月报表.xlsx",
            lambda path: xlsx.write_document(path, form, annexes=annexes),
        ),
        FORM_PDF: (
            folder / f"{name}_月报表.pdf",
            lambda path: pdf.write_document(
                path, form, annexes=annexes, system_faces=system_faces, progress=check
            ),
        ),
        LETTER: (
            folder / f"{name}_报告.pdf",
            lambda path: gbt9704.write_report(
                path, letter(figures, how, today(clock)), system_faces=system_faces, progress=check
            ),
        ),
    }
    said: list[str] = []
    files: dict[str, Path] = {}
    for done, paper in enumerate(papers):
        if progress is not None:
            progress(done, len(papers))
        check(0, 0)
        path, write = steps[paper]
        said.extend(write(path).sentences())
        files[paper] = path
    return Papers(
        tuple(files.values()), tuple(dict.fromkeys(said)), {n: _digest(p) for n, p in files.items()}
    )


def _stem(how: Printing) -> str:
    """How the files of a month begin; a station may be called what no file may."""
    return f"{how.station}_{how.month}".translate(_BARRED)


def write_annex(
    folder: Path,
    figure: Figure,
    line: str,
    rows: Sequence[RecordRow],
    how: Printing,
    *,
    system_faces: bool = True,
    stopped: Stopped | None = None,
) -> Papers:
    """Write the records behind one number as a PDF list. Blocking; slow lane. As `write_papers` else."""
    from centerdesk.kernel.reporting import pdf

    _make_folder(folder)
    path = folder / f"{_stem(how)}_{line}行_明细.pdf"
    report = pdf.write_table(
        path, record_list(figure, line, rows, how), footing=how.footing(), system_faces=system_faces,
        progress=_stopper(stopped),
    )  # fmt: skip
    return Papers((path,), report.sentences(), {"annex": _digest(path)})


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise EnvironmentFault(
            f"文件夹“{folder}”建不了，月报没有写出。请换一个能写的文件夹，再来一次。"
        ) from exc


def _stopper(stopped: Stopped | None) -> Progress:
    """A progress function for the writers that stops them when the person asked to."""

    def check(_done: int, _total: int) -> None:
        if stopped is not None and stopped():
            raise Cancelled("已停下，正在写的文件没有留下。")

    return check


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
