"""What the desk remembers on this machine, and that a spoilt file costs nothing but the memory."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from centerdesk.app.desk.memory import DeskMemory, LookChoice
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.column_memory import ColumnMemory

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def data(tmp_path):
    found = DataDir(tmp_path / "station")
    found.prepare()
    return found


def test_look_and_columns_come_back_after_a_restart(data):
    look = LookChoice("dark", 130, large=True, motion=False)
    columns = ColumnMemory(("name", "door"), frozenset({"age"}), {"name": 120}, ("door", True))
    kept = DeskMemory(data).for_person(ONE)
    kept.keep_look(look)
    kept.save("people", columns)
    again = DeskMemory(data).for_person(ONE)
    assert again.look == look
    assert again.load("people") == columns
    assert again.load("checkins") is None


def test_each_person_has_an_own_memory(data):
    memory = DeskMemory(data)
    memory.for_person(ONE).keep_look(LookChoice("contrast", 200))
    assert memory.for_person(OTHER).look == LookChoice()
    assert memory.for_person(None).look == LookChoice()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"people": 3}', json.dumps({"people": {str(ONE): {"look": {"theme": "pink", "zoom": 1}}}}),
     json.dumps({"people": {str(ONE): {"look": [], "columns": {"people": {"order": 7}}}}})],
)  # fmt: skip
def test_a_spoilt_file_gives_the_defaults(data, text):
    (data.root / "desk.json").write_text(text, "utf-8")
    kept = DeskMemory(data).for_person(ONE)
    assert kept.look == LookChoice()
    assert kept.load("people") is None
    kept.keep_look(LookChoice("dark"))
    assert DeskMemory(data).for_person(ONE).look == LookChoice("dark")


def test_a_folder_that_cannot_be_written_is_no_error(data, monkeypatch):
    memory = DeskMemory(data)
    data.root.joinpath("desk.json").mkdir()  # writing over a folder fails, whoever we are
    memory.put("x", "window")
    assert memory.get("window") == "x"


@pytest.mark.parametrize(
    ("choice", "after_sunset", "name"),
    [("light", True, "light"), ("dark", False, "dark"), ("sun", False, "light"), ("sun", True, "dark"),
     ("pink", True, "light")],
)  # fmt: skip
def test_the_theme_that_follows_the_sun(choice, after_sunset, name):
    assert LookChoice(choice).name(after_sunset=after_sunset) == name
