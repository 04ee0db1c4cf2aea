"""Verbs of the daily work: taking a table in, building a monthly return."""

from __future__ import annotations

import argparse
from typing import Any

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.cli import DONE, REFUSED, USAGE, Console
from centerdesk.app.cli_session import back_up, opened, sign_in
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import today

BACKUP_ABOVE = 100
"""Imports of more rows than this are preceded by a backup (RELIABILITY 3.8)."""


def import_verb(args: argparse.Namespace, console: Console) -> int:
    """Take a roster or a check-in table in, or only judge it (`--dry-run`)."""
    if args.rows and not args.dry_run:
        console.complain("--rows 要和 --dry-run 一起用。")
        return USAGE
    with opened(args) as station:
        sign_in(args, station)
        return _roster(args, console, station)


def _roster(args: argparse.Namespace, console: Console, station: OpenStation) -> int:
    from centerdesk.features.people import api as people
    from centerdesk.features.people.commands_import import DiscloseRows, ImportRoster

    assert station.actor is not None
    with station.database.read_session() as session:
        reading = people.read_roster_file(session, station.actor, args.file, today(station.clock))
    persons = tuple(row.person for row in reading.taken)
    with station.database.read_session() as session:
        found = people.compare_roster(session, station.actor, station.ring, persons)
    answer: dict[str, Any] = people.dry_run(reading, **found, with_rows=args.rows)
    if not args.dry_run and persons:
        if len(persons) > BACKUP_ABOVE:
            back_up(station, Reason.IMPORT)
        done = station.bus.run(ImportRoster(persons)).value
        answer["counts"] = {**answer["counts"], **done}
    elif args.rows:
        station.bus.run(DiscloseRows(len(reading.rows)))
    if args.json:
        console.answer(answer)
    else:
        _tell_roster(answer, console, dry=args.dry_run)
    return DONE if reading.has_data else REFUSED


def _tell_roster(answer: dict[str, Any], console: Console, *, dry: bool) -> None:
    for sheet in answer["sheets"]:
        console.say(f"{sheet['name']}：{sheet['why'] or '居民表'}")
    c = answer["counts"]
    console.say(
        f"{'试算' if dry else '已导入'}：共 {c['rows']} 行，新增 {c['new']}，更新 {c['changed']}，不变 {c['same']}，"
        f"不收 {c['refused']}，合并 {c['merged']}；要看 {c['warned']} 行，已整理 {c['fixed']} 行。"
    )
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
        papers = returns.Papers((), ())
        if args.out is not None:
            papers = returns.write_papers(args.out, built.figures, how, station.clock)
        files = [str(path) for path in papers.files]
        if args.json:
            console.answer({"files": files, "figures": [f.as_json() for f in built.figures]})
        else:
            console.say(
                f"{month.year} 年 {month.month} 月月报编好了，{len(built.figures)} 个数，校验 {edition.code}。"
            )
        for sentence in (*papers.sentences, *(f"写好 {name}" for name in files)):
            console.say(sentence)
    return DONE
