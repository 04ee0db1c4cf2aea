"""Fixtures of the whole suite: Qt without a screen, and a hunt for what a test leaves behind."""

from __future__ import annotations

import os

# Before anything imports Qt: no display, the bundled face, no help from the desktop's own settings.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["CENTERDESK_BUNDLED_FONTS"] = "1"
os.environ["QT_SCALE_FACTOR"] = "1"
os.environ.pop("QT_STYLE_OVERRIDE", None)
os.environ.pop("QT_QPA_PLATFORMTHEME", None)

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.helpers import compiled, hashing, postgres, station
from tests.helpers.gui_thread import gui_thread_rests as gui_thread_rests  # watches every test with a window
from tests.helpers.qt import LeakHunt, dress

QT_FIXTURES = frozenset({"qtbot", "qapp", "qtmodeltester", "qtlog"})
GATHERED = 100_000
"""New objects before Python looks for cycles by itself: the hunt and the end of each file look anyway."""


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("suite", deadline=None)  # two workers and their children share the machine
    settings.load_profile("suite")
    hashing.cheapen()
    compiled.share()
    gc.set_threshold(GATHERED)
    if not hasattr(config, "workerinput"):
        postgres.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end_run()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `databases` run on both; without a server the second half is skipped, with the reason."""
    if metafunc.definition.get_closest_marker("databases"):
        both = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("on_database", both, indirect=True, scope="module")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, or one of them is still running when all others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    put_to_rest()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if nextitem is None or nextitem.path != item.path:
        put_to_rest()


def put_to_rest() -> None:
    """What stands between two files of tests is no test's leak: a million objects not to be walked for each."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def on_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database of stations that `make_station` makes without being told which.

    A station that a whole module shares must ask for this by name, or tests in random order meet the other one.
    """
    chosen: str = getattr(request, "param", "sqlite")
    if chosen == "postgres":
        postgres.needed()
    station.CHOSEN = chosen
    yield chosen
    station.CHOSEN = "sqlite"


@pytest.fixture(scope="session")
def dressed_qapp(qapp):
    """The application in the light look with Chinese Qt texts."""
    from centerdesk.qtkit.i18n import install_chinese

    install_chinese(qapp)
    dress(qapp)
    yield qapp
    qapp.clipboard().clear()  # what Python put there must not outlive Python: a crash at the very end of a run


@pytest.fixture(autouse=True)
def leak_hunt(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, and a Qt test that leaves a window or a running timer.

    Set up before the test's other fixtures, so it looks after they are gone. It cannot be switched off.
    Whatever look a test has put on, the next one finds the usual one: changed here, when no window is left.
    """
    uses_qt = not QT_FIXTURES.isdisjoint(request.fixturenames)
    app = request.getfixturevalue("dressed_qapp") if uses_qt else None
    hunt = LeakHunt(qt=uses_qt)
    yield
    left = hunt.left_behind()
    if app is not None:
        dress(app)
    assert not left, "left behind: " + "; ".join(left)
