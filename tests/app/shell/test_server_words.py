"""What the desk says of a station on a server: where its backups are, and what an administrator must look at."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from centerdesk.app.pulse import backup_fact, read_safety
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.manifest import Tone
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station
from tests.helpers.station import NOW

THERE = Station(UUID(int=7), "云和社区", schema="s", database="postgresql://a@127.0.0.1/c")


def test_no_backup_of_ours_is_missed(tmp_path) -> None:
    safety = read_safety(DataDir(tmp_path), THERE, KeyRing(DataKey.generate()))
    fact = backup_fact(safety, FixedClock(NOW).now())
    assert (fact.text, fact.tone) == ("备份在服务器上做", Tone.PLAIN)


def test_unsafe_settings_of_the_server_are_counted(tmp_path) -> None:
    safety = read_safety(DataDir(tmp_path), THERE, KeyRing(DataKey.generate()))
    fact = backup_fact(replace(safety, warnings=2), FixedClock(NOW).now())
    assert (fact.text, fact.tone) == ("服务器有 2 处要管理员看", Tone.WARN)
