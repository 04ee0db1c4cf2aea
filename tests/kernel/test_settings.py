"""Settings: declared, typed, read whatever stands in the table, changed by journalled commands."""

import logging
from uuid import UUID

import pytest
from sqlalchemy import func, select

from centerdesk.kernel import journal
from centerdesk.kernel.change_setting import ChangeOwnSetting, ChangeSetting
from centerdesk.kernel.errors import PermissionDenied, ValidationError
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.settings import (
    NOBODY,
    Scope,
    Setting,
    SettingRow,
    SettingsReader,
    between,
    is_clock_time,
    one_of,
)
from centerdesk.kernel.undo import UndoOperation
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DEADLINE = Setting(
    "checkins.deadline", "09:00", Scope.SITE, "截止时间", check=is_clock_time, hint="请填 09:00 这样的时间。"
)
RINGS = Setting("checkins.rings", 3, Scope.SITE, "电话几次", check=between(1, 9))
SHARE = Setting("checkins.share", 0.5, Scope.SITE, "比例")
SOUND = Setting("desk.sound", True, Scope.USER, "声音")
LOOK = Setting("desk.look", "light", Scope.USER, "外观", check=one_of("light", "dark", "large"))
KINDS = Setting("checkins.kinds", ("窗帘", "牌子"), Scope.SITE, "方式")
PRINTER = Setting("desk.printer", "", Scope.STATION, "打印机")


@pytest.fixture
def station(tmp_path):
    station = make_station(tmp_path, role="administrator")
    yield station
    station.close()


def get(desk, setting, **kwargs):
    with desk.read() as session:
        return SettingsReader(session, **kwargs).get(setting)


@pytest.mark.parametrize(
    ("setting", "raw", "value"),
    [
        (DEADLINE, "08:30", "08:30"),
        (DEADLINE, "24:00", None),
        (DEADLINE, "8:30", None),
        (DEADLINE, 830, None),
        (DEADLINE, None, None),
        (RINGS, 9, 9),
        (RINGS, 10, None),
        (RINGS, True, None),
        (RINGS, 3.0, None),
        (RINGS, "3", None),
        (SHARE, 1, 1.0),
        (SHARE, 0.25, 0.25),
        (SOUND, False, False),
        (SOUND, 0, None),
        (LOOK, "dark", "dark"),
        (LOOK, "blue", None),
        (KINDS, ["旗"], ("旗",)),
        (KINDS, [], ()),
        (KINDS, [1], None),
        (KINDS, "旗", None),
        (KINDS, {"旗": 1}, None),
    ],
)
def test_what_a_setting_accepts(setting, raw, value):
    assert setting.accept(raw) == value


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Setting("checkins.deadline", "9 Uhr", Scope.SITE, "截止时间", check=is_clock_time),
        lambda: Setting("deadline", "09:00", Scope.SITE, "截止时间"),
        lambda: Setting("Checkins.Deadline", "09:00", Scope.SITE, "截止时间"),
    ],
)
def test_a_wrong_declaration_is_refused(declare):
    with pytest.raises(ValueError, match=r"setting's key|default of"):
        declare()


@pytest.mark.db
class TestStored:
    def test_the_default_stands_until_changed_and_comes_back(self, station):
        assert get(station, DEADLINE) == "09:00"
        station.run(ChangeSetting(DEADLINE, "08:30"))
        assert get(station, DEADLINE) == "08:30"
        station.run(ChangeSetting(DEADLINE, "08:45"))
        assert get(station, DEADLINE) == "08:45"
        station.run(ChangeSetting(DEADLINE, None))
        assert get(station, DEADLINE) == "09:00"
        station.run(ChangeSetting(KINDS, ("旗",)))
        assert get(station, KINDS) == ("旗",)
        with station.read() as session:
            assert session.scalar(select(func.count()).select_from(SettingRow)) == 1

    def test_a_change_is_journalled_and_undone(self, station):
        op_id = station.outcome(ChangeSetting(DEADLINE, "08:30")).changes.op_id
        with station.read() as session:
            op = session.scalars(select(journal.JournalOp).order_by(journal.JournalOp.seq.desc())).first()
            assert (op.label, op.reason, op.object_type) == ("改设置", "checkins.deadline", "setting")
        station.run(UndoOperation(op_id))
        assert get(station, DEADLINE) == "09:00"

    def test_a_bad_stored_value_gives_the_default_and_a_word_in_the_log(self, station, caplog):
        now = station.clock.now()
        with station.database.write_session() as session:
            session.add(
                SettingRow(
                    id=uuid7(),
                    created_at=now,
                    updated_at=now,
                    scope="site",
                    owner=NOBODY,
                    key=RINGS.key,
                    value="eleven",
                )
            )
            session.commit()
        with caplog.at_level(logging.WARNING):
            assert get(station, RINGS) == 3
        assert "checkins.rings" in caplog.text
        assert "eleven" not in caplog.text

    @pytest.mark.parametrize("value", ["9 Uhr", 9, ["09:00"]])
    def test_a_refused_value_says_how_to_write_it(self, station, value):
        with pytest.raises(ValidationError) as caught:
            station.run(ChangeSetting(DEADLINE, value))
        assert caught.value.fields == {"checkins.deadline": "“截止时间”不能这样填。请填 09:00 这样的时间。"}

    def test_each_account_has_its_own(self, station):
        me = station.actor.account_id
        station.run(ChangeOwnSetting(LOOK, "dark"))
        assert get(station, LOOK, account=me) == "dark"
        assert get(station, LOOK, account=UUID(int=5)) == "light"
        assert get(station, LOOK) == "light"

    def test_who_may_not_change_the_site_is_told(self, station):
        station.sign_in("grid_worker")
        with pytest.raises(PermissionDenied):
            station.run(ChangeSetting(DEADLINE, "08:30"))
        station.run(ChangeOwnSetting(SOUND, False))
        assert get(station, SOUND, account=station.actor.account_id) is False

    def test_scopes_are_not_mixed(self, station):
        with pytest.raises(ValueError, match="scope"):
            station.run(ChangeSetting(LOOK, "dark"))
        with pytest.raises(ValueError, match="scope"):
            station.run(ChangeOwnSetting(DEADLINE, "08:30"))

    def test_the_machines_own_come_from_its_file(self, station):
        assert get(station, PRINTER, station={"desk.printer": "针式"}) == "针式"
        assert get(station, PRINTER, station={"desk.printer": 1}) == ""
        assert get(station, PRINTER) == ""
