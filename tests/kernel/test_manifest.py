"""The registry of manifests: order, lazy loading, and what it refuses."""

import sys
from dataclasses import replace

import pytest

from centerdesk.kernel.manifest import (
    Action,
    DoorLayer,
    DoorMark,
    Feature,
    Manifests,
    PageEntry,
    Permission,
    SearchHit,
    Target,
    TodayCard,
    Tone,
    load,
)

HERE = __name__


def cards(session, actor, clock):
    return [TodayCard("due", "待看", "6", target=Target("round"))]


def hits(session, actor, query, limit):
    return [SearchHit("居民", "张*明", "3-2-301", Target("ledger"))][:limit]


def strip(session, actor, kind, row_id, before, limit):
    return []


LAYER = DoorLayer("tags", "特殊人群", "people.read", (DoorMark(Tone.WARN, "独"),), lambda *_: {})
INDICATORS = ("I01", "I02")


def open_visit(uow, **values):
    return values


PEOPLE = Feature(
    id="people",
    title="居民",
    order=20,
    icon="people",
    help_page="people",
    permissions=(Permission("people.read", "查看居民"),),
    pages=(PageEntry("ledger", "居民台账", "people", "nowhere.at_all:Page", "people.read", "Ctrl+2"),),
    actions=(
        Action("people.add", "新增居民", "nowhere:add", "people.read"),
        Action("people.move", "调整网格", "nowhere:move", "people.read", on="resident"),
    ),
    indicators=(f"{HERE}:INDICATORS",),
    search=(f"{HERE}:hits",),
    timeline=(f"{HERE}:strip",),
    door_layers=(f"{HERE}:LAYER",),
)
CHECKINS = Feature(
    id="checkins",
    title="窗帘",
    order=10,
    icon="curtain",
    help_page="checkins",
    today=(f"{HERE}:cards",),
    opens={"visit": f"{HERE}:open_visit"},
    demo=f"{HERE}:open_visit",
)


@pytest.fixture
def manifests():
    return Manifests([PEOPLE, CHECKINS])


def test_features_stand_in_rail_order(manifests):
    assert [f.id for f in manifests.features] == ["checkins", "people"]


def test_building_the_registry_imports_no_page(manifests):
    assert manifests.page("ledger").target == "nowhere.at_all:Page"
    assert "nowhere" not in sys.modules


def test_lookups_load_what_was_named(manifests):
    assert manifests.indicators() == ("I01", "I02")
    assert manifests.door_layers() == (LAYER,)
    assert manifests.today_sources()[0](None, None, None)[0].value == "6"
    assert manifests.search_sources()[0](None, None, "张", 0) == []
    assert manifests.timeline_sources() == (strip,)
    assert manifests.opener("visit")(None, day=1) == {"day": 1}
    assert manifests.demos() == (("checkins", open_visit),)
    assert manifests.settings() == ()


def test_actions_are_found_by_what_they_act_on(manifests):
    assert [a.id for a in manifests.actions("resident")] == ["people.move"]
    assert [a.id for a in manifests.actions("")] == ["people.add"]
    assert len(manifests.actions()) == 2
    assert manifests.action("people.add").title == "新增居民"
    assert [p.id for p in manifests.permissions()] == ["people.read"]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (replace(CHECKINS, id="people"), "feature"),
        (replace(CHECKINS, permissions=PEOPLE.permissions), "permission"),
        (replace(CHECKINS, pages=(replace(PEOPLE.pages[0], shortcut=""),)), "page"),
        (replace(CHECKINS, pages=(replace(PEOPLE.pages[0], id="x"),)), "shortcut"),
        (replace(CHECKINS, actions=PEOPLE.actions[:1]), "action"),
    ],
)
def test_two_claims_to_one_name_are_refused(other, what):
    with pytest.raises(ValueError, match=f"same {what}"):
        Manifests([PEOPLE, other])


@pytest.mark.parametrize("lookup", ["feature", "page", "action", "opener"])
def test_an_unknown_name_is_a_key_error(manifests, lookup):
    with pytest.raises(KeyError):
        getattr(manifests, lookup)("nothing")


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ("json:loads", None),
        ("json", ImportError),
        (":loads", ImportError),
        ("no_such_module:x", ImportError),
        ("json:no_such_name", AttributeError),
    ],
)
def test_load(entry, error):
    if error is None:
        assert load(entry)("1") == 1
    else:
        with pytest.raises(error):
            load(entry)


def test_models_are_imported_on_demand():
    sys.modules.pop("colorsys", None)
    Manifests([replace(CHECKINS, models="colorsys")]).import_models()
    assert "colorsys" in sys.modules
