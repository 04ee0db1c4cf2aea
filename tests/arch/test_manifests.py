"""One test over every feature: what a manifest names exists, is declared, opens and builds on an empty station."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from centerdesk.app.features import LAYERS, manifests
from centerdesk.kernel.clock import Month
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.indicators import Span
from centerdesk.kernel.manifest import Feature, load
from centerdesk.kernel.paths import resource
from tests.helpers.station import StationFixture, make_station

SOURCE = Path(__file__).resolve().parents[2] / "src" / "centerdesk"
ROLES = tomllib.loads(resource("seed", "roles.toml").read_text("utf-8"))
DECLARED = {p.id for p in manifests().permissions()}


def entries(feature: Feature) -> Iterator[str]:
    yield from (p.target for p in feature.pages)
    yield from (a.target for a in feature.actions)
    yield from (a.fits for a in feature.actions if a.fits)
    yield from (d.target for d in feature.drafts)
    for name in ("indicators", "settings", "today", "search", "timeline", "door_layers"):
        yield from getattr(feature, name)
    yield from feature.opens.values()
    if feature.demo:
        yield feature.demo


@pytest.mark.parametrize(
    ("feature", "entry"),
    [(f, e) for f in LAYERS for e in entries(f)],
    ids=lambda v: v if isinstance(v, str) else v.id,
)
def test_everything_a_manifest_names_exists(feature: Feature, entry: str) -> None:
    assert load(entry) is not None
    assert entry.startswith(f"centerdesk.features.{feature.id}.")


@pytest.mark.parametrize("feature", LAYERS, ids=lambda f: f.id)
def test_icon_and_help_page_exist(feature: Feature) -> None:
    for icon in {feature.icon, *(p.icon for p in feature.pages)}:
        assert resource("icons", f"{icon}_regular.svg").exists()
        assert resource("icons", f"{icon}_filled.svg").exists()
    assert resource("help", feature.help_page).read_text("utf-8").startswith("# ")


def test_permissions_are_declared_and_held() -> None:
    held = {name for role in ROLES.values() for name in role if name != "title"}
    assert held == DECLARED
    assert {
        str(reach).upper() for role in ROLES.values() for name, reach in role.items() if name != "title"
    } <= set(Reach.__members__)


def used_permissions() -> set[str]:
    """Every string in the source that looks like a declared permission."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path.name == "feature.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in DECLARED:
                found.add(node.value)
    return found


def test_every_permission_is_used() -> None:
    waiting = {
        "people.export_full",  # the encrypted package comes with the transfer issue
        "audit.read",  # its page comes with the settings of A2
    }
    assert DECLARED - used_permissions() <= waiting


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


@pytest.mark.db
def test_each_indicator_builds_for_an_empty_month(station: StationFixture) -> None:
    span = Span.of_month(Month(2026, 10), datetime(2026, 11, 1, tzinfo=UTC))
    indicators = manifests().indicators()
    assert len({i.id for i in indicators}) == len(indicators) > 10
    with station.read() as session:
        for indicator in indicators:
            measures = indicator.measure(session, span)
            assert None in measures, indicator.id
            whole = measures[None]
            assert not whole.rows
            assert (whole.n or 0, whole.d or 0, whole.value or 0) == (0, 0, 0), indicator.id
            assert indicator.definition.endswith("。"), indicator.id
