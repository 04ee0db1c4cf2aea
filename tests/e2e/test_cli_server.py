"""A station on a PostgreSQL server by the command line alone: roles, set-up, a second desk, refusals."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from centerdesk.kernel.server import Address
from centerdesk.kernel.station import Station
from tests.e2e.program import (
    ADMIN,
    ENVIRONMENT,
    FRONT,
    GRIDS,
    PASSWORD,
    REFUSED,
    ROSTER,
    STATION,
    Program,
    Said,
)
from tests.e2e.test_cli_init import sheet
from tests.helpers import postgres

pytestmark = [pytest.mark.e2e, pytest.mark.postgres, pytest.mark.slow]
SCRIPT = Path(__file__).resolve().parents[2] / "installers" / "postgres" / "roles.sql"
DESK, OWNER = "desk-7Qx!", "owner-3Kp!"


@pytest.fixture(scope="module")
def district() -> Iterator[postgres.Own]:
    """A server that asks for passwords, with the roles of one station made by the script."""
    with postgres.server(*postgres.QUICK) as own:
        for schema in ("yunhe", "beihe"):
            done = subprocess.run(
                [str(postgres.program("psql")), "-Xq", "-h", "127.0.0.1", "-p", str(own.port), "-U", "postgres",
                 "-d", postgres.DATABASE, "-v", f"schema={schema}", "-f", str(SCRIPT)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "")
            own.sql(postgres.DATABASE, f"ALTER ROLE cd_desk_{schema} PASSWORD '{DESK}'")
            own.sql(postgres.DATABASE, f"ALTER ROLE cd_migrate_{schema} PASSWORD '{OWNER}'")
        own.ask_for_passwords()
        yield own


def desk(district: postgres.Own, data: Path, **variables: str) -> Program:
    return Program(data, variables={"PGPASSWORD": DESK, "CENTERDESK_OWNER_PASSWORD": OWNER, **variables})


def url(district: postgres.Own, schema: str = "yunhe") -> str:
    return district.server.url(schema, f"cd_desk_{schema}")


def found(program: Program, district: postgres.Own, *more: str, schema: str = "yunhe") -> Said:
    grids = [part for grid in GRIDS for part in ("--grid", grid)]
    return program(
        "init", "--station", STATION, "--admin", ADMIN, "--database", url(district, schema),
        "--owner", f"cd_migrate_{schema}", *grids, *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def first(district: postgres.Own, tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, str]:
    """The first desk, set up, and what `init` said."""
    program = desk(district, tmp_path_factory.mktemp("first") / "站")
    said = found(program, district, "--account", f"{FRONT}:front_desk")
    return program, said.ok().out


def test_a_set_up_that_fails_leaves_nothing_here_or_there(district: postgres.Own, tmp_path: Path) -> None:
    program = desk(district, tmp_path / "a")
    long = "网" * 200
    refused = found(program, district, "--grid", long, schema="beihe")
    assert refused.code == REFUSED
    assert not program.data.exists()
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'beihe'"
    assert district.sql(postgres.DATABASE, tables) == "0"
    found(program, district, schema="beihe").ok()
    assert int(district.sql(postgres.DATABASE, tables)) > 30


def test_everything_works_without_a_password_in_sight(first: tuple[Program, str]) -> None:
    program, _said = first
    for path in program.data.rglob("*"):
        if path.is_file():
            assert DESK.encode() not in path.read_bytes()
    assert not program.where.database.exists()
    quiet = program.given(PGPASSWORD="", CENTERDESK_OWNER_PASSWORD="")
    assert quiet.verified()["journal_chain"]["bad_images"] == 0
    assert quiet("watch", "--once").ok().out.startswith("看了一遍")
    assert quiet("doctor").ok().out.count("服务器") >= 2
    assert quiet("migrate").ok().out.startswith("库的版式是")
    assert "服务器" in quiet("backup").failed(ENVIRONMENT)


def test_the_desk_may_only_add_to_the_journal(district: postgres.Own, first: tuple[Program, str]) -> None:
    held = district.sql(
        postgres.DATABASE,
        "SELECT string_agg(privilege_type, ',' ORDER BY privilege_type) FROM information_schema.table_privileges"
        " WHERE grantee = 'cd_desk_yunhe' AND table_name = 'journal_op'",
    )
    assert held == "INSERT,SELECT"


def test_people_come_in_and_the_return_goes_out(first: tuple[Program, str], tmp_path: Path) -> None:
    program = first[0]
    taken = program("import", ROSTER, "--json", login=ADMIN).ok().json
    assert taken["counts"]["new"] > 1000
    assert program.verified()["search_index"]["residents"] == taken["counts"]["new"]
    out = tmp_path / "out"
    program("return", "build", "--period", "2026-10", "--out", out, login=ADMIN).ok()
    assert {path.suffix for path in out.iterdir()} >= {".xlsx", ".pdf"}


def test_a_second_desk_joins_with_the_sheet(
    district: postgres.Own, first: tuple[Program, str], tmp_path: Path
) -> None:
    program, said = first
    stick = tmp_path / "stick"
    stick.mkdir()
    for path in (program.where.keyslots, program.where.station_file):
        copy(path, stick)
    code = "".join(sheet(said).groups) + sheet(said).check
    other = desk(district, tmp_path / "二")
    assert "敲错了" in other.given(CENTERDESK_RECOVERY=wrong(code))("join", stick).failed(ENVIRONMENT)
    assert not other.data.exists()
    other.given(CENTERDESK_RECOVERY=code)("join", stick).ok()
    assert other.given(PGPASSWORD="").verified() == program.verified()


def wrong(code: str) -> str:
    """Another sheet's code."""
    from centerdesk.kernel.recovery import RecoveryCode

    other = RecoveryCode.generate()
    return "".join(other.groups) + other.check


def test_a_taken_schema_and_a_wrong_password_are_refused(
    district: postgres.Own, first: tuple[Program, str], tmp_path: Path
) -> None:
    again = found(desk(district, tmp_path / "b"), district)
    assert "已经有一个站" in again.failed(ENVIRONMENT)
    assert "连不上服务器" in first[0].given(PGPASSWORD="wrong")("verify").failed(ENVIRONMENT)
    assert Station.load(first[0].where.station_file).database == Address.parse(url(district))[0].url
    assert PASSWORD not in first[1]
