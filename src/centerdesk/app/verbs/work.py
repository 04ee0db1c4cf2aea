"""Verbs of the daily work: taking a table in, building a monthly return."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from centerdesk.app.backups import back_up_before
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.cli import DONE, REFUSED, USAGE, Console
from centerdesk.app.verbs.session import opened, sign_in
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import today
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import Actor

if TYPE_CHECKING:
    from centerdesk.features.returns import api as returns

ROSTER, CHECKINS = "roster", "checkins"


def import_verb(args: argparse.Namespace, console: Console) -> int:
    """Take a roster or a check-in table in, or only judge it (`--dry-run`)."""
    if args.rows and not args.dry_run:
        console.complain("--rows 要和 --dry-run 一起用：它把每行的人全写出来，只供核对。")
        return USAGE
    with opened(args) as station:
        actor = sign_in(args, station)
        if args.layout != CHECKINS:
            taken = _roster(args, console, station, actor)
            if taken is not None:
                return taken
        from centerdesk.app.verbs.checkins import checkins_import

        return checkins_import(args, console, station, actor)


def _roster(args: argparse.Namespace, console: Console, station: OpenStation, actor: Actor) -> int | None:
    """None when the file is no roster but a phone table, and nobody said what it is."""
    from centerdesk.features.people import importing_roster as rosters
    from centerdesk.features.people.commands_import import DiscloseRows, ImportRoster

    with station.database.read_session() as session:
        reading = rosters.read_roster_file(session, actor, args.file, today(station.clock))
    if not reading.has_data and args.layout is None:
        from centerdesk.app.verbs.checkins import is_checkin_table

        if is_checkin_table(args.file):
            return None
    persons = tuple(row.person for row in reading.taken)
    with station.database.read_session() as session:
        found = rosters.compare_roster(session, actor, station.ring, persons)
        homeless = rosters.unknown_compounds(session, persons)
    answer: dict[str, Any] = rosters.dry_run(reading, **found, with_rows=args.rows)
    if not args.dry_run and persons:
        back_up_before_import(station, actor, len(persons))
        done = station.bus.run(ImportRoster(persons)).value
        answer["counts"] = {**answer["counts"], **done}
    elif args.rows:
        station.bus.run(DiscloseRows(len(reading.rows)))
    if args.json:
        console.answer(answer)
    _tell_roster(answer, console, dry=args.dry_run)
    if homeless:
        names = "、".join(name for name, _people in homeless.most_common(5))
        console.say(
            f"有 {homeless.total()} 人的小区不在本站的名录里（{names}{'等' if len(homeless) > 5 else ''}），"
            "他们的门牌先不收。请先建好小区，再导一次就补上。"
        )
    return DONE if reading.has_data else REFUSED


def back_up_before_import(station: OpenStation, actor: Actor, rows: int) -> None:
    """The forced backup; not for an import that will be refused for its size."""
    from centerdesk.features.people.commands_import import BACKUP_ABOVE, FRONT_DESK_ROWS

    if rows > BACKUP_ABOVE and ("secretary" in actor.roles or rows <= FRONT_DESK_ROWS):
        back_up_before(station, Reason.IMPORT)


def _tell_roster(answer: dict[str, Any], console: Console, *, dry: bool) -> None:
    for sheet in answer["sheets"]:
        console.say(f"{sheet['name']}：{sheet['why'] or '居民表'}")
    if all(sheet["role"] != "data" for sheet in answer["sheets"]):
        console.complain(
            "这个文件里没有认得出的居民表，什么都没有导入。请看上面每张表的说明，换一个文件再来。"
        )
        return
    c = answer["counts"]
    console.say(
        f"{'试算' if dry else '已导入'}：共 {c['rows']} 行，新增 {c['new']}，更新 {c['changed']}，不变 {c['same']}，"
        f"不收 {c['refused']}，合并 {c['merged']}；要看 {c['warned']} 行，已整理 {c['fixed']} 行。"
    )
    if console.json_only:
        return
    for problem in answer["problems"]:
        if problem["severity"] != "fix":
            console.say(f"  {problem['sheet']}!{problem['cell']}：{problem['message']}")


def return_verb(args: argparse.Namespace, console: Console) -> int:
    """Build one month: count, keep the edition, write Excel and PDF."""
    from centerdesk.features.returns import api as returns

    with opened(args) as station:
        actor = sign_in(args, station)
        month = returns.month_of(args.period, station.clock)
        with station.database.read_session() as session:
            built = returns.build_figures(
                session, actor, station.clock, month, station.manifests.indicators()
            )
        edition_id = station.bus.run(returns.KeepEdition(str(month), built.as_of, built.figures)).value
        with station.database.read_session() as session:
            edition, _stored = returns.get_edition(session, actor, edition_id)
            how = returns.printing(session, actor, station.clock, station.station.name, edition)
        papers = None if args.out is None else _papers(args.out, built, how, station, edition_id)
        files = [str(path) for path in papers.files] if papers else []
        if args.json:
            console.answer({"files": files, "figures": [f.as_json() for f in built.figures]})
        console.say(
            f"{month.year} 年 {month.month} 月月报编好了，{len(built.figures)} 个数，校验 {edition.code}。"
        )
        if empty := _empty_groups(built):
            console.say(
                f"这个月没有一条记录的：{'、'.join(empty)}；那几行是 0 和“—”。"
                "请看月份写对没有；要补录，先导入再编一次。"
            )
        for sentence in (*(papers.sentences if papers else ()), *(f"写好 {name}" for name in files)):
            console.say(sentence)
    return DONE


def _empty_groups(built: returns.Built) -> list[str]:
    """The parts of the return behind which no record stands, in order."""
    groups = dict.fromkeys(f.group for f in built.figures)
    return [group for group in groups if not any(f.rows for f in built.figures if f.group == group)]


def _papers(
    out: Path, built: returns.Built, how: returns.Printing, station: OpenStation, edition_id: UUID
) -> returns.Papers:
    """Excel and PDF, each booked; the figures are kept already when the disk fails here. Raises EnvironmentFault."""
    from centerdesk.features.returns import api as returns

    try:
        papers = returns.write_papers(out, built.figures, how, station.clock)
    except EnvironmentFault as exc:
        raise EnvironmentFault(f"{exc}月报的数已经编好存在库里，没有丢；地方弄好后再编一次就行。") from exc
    for paper, sha256 in papers.sha256.items():
        station.bus.run(returns.RecordExport(edition_id, paper, sha256))
    return papers
