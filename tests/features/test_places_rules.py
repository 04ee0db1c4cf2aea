"""Doors in every style people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.places.rules import (
    Door,
    canonical_door,
    door_of_parts,
    floor_of,
    is_canonical_door,
    parse_door,
)

DOORS = [
    ("3-2-501", Door("3", "2", "5", "501")),
    ("03-02-0501", Door("3", "2", "5", "501")),
    ("３－２－５０１", Door("3", "2", "5", "501")),
    ("3—2—501", Door("3", "2", "5", "501")),
    ("3 - 2 - 501", Door("3", "2", "5", "501")),
    ("3 2 501", Door("3", "2", "5", "501")),
    ("3/2/501", Door("3", "2", "5", "501")),
    ("3.2.501", Door("3", "2", "5", "501")),
    ("3#2单元501", Door("3", "2", "5", "501")),
    ("3#-2-501", Door("3", "2", "5", "501")),
    ("3#楼2单元501室", Door("3", "2", "5", "501")),
    ("3号楼2单元501室", Door("3", "2", "5", "501")),
    ("第3栋第2单元501", Door("3", "2", "5", "501")),
    ("3幢2单元501", Door("3", "2", "5", "501")),
    ("3栋二单元五零一", Door("3", "2", "5", "501")),
    ("十三栋三单元四〇一室", Door("13", "3", "4", "401")),
    ("三栋二单元一一零三室", Door("3", "2", "11", "1103")),
    ("3棟2單元501室", Door("3", "2", "5", "501")),
    ("1-1-1001", Door("1", "1", "10", "1001")),
    ("8号楼4单元6楼东", Door("8", "4", "6", "东")),
    ("8号楼4单元12楼西户", Door("8", "4", "12", "西")),
    ("3-2-5楼西", Door("3", "2", "5", "西")),
    ("5楼西", Door(None, None, "5", "西")),
    ("3栋501", Door("3", None, "5", "501")),
    ("3-501", Door("3", None, "5", "501")),
    ("3单元502", Door(None, "3", "5", "502")),
    ("A座2单元1502", Door("A", "2", "15", "1502")),
    ("3栋2单元5层501", Door("3", "2", "5", "501")),
    ("3号2-501", Door("3", "2", "5", "501")),
    ("兴旺路18号", None),
    ("3-2", None),
    ("2单元", None),
    ("", None),
    ("楼上那家", None),
    ("3-2-501" * 20, None),
]


@pytest.mark.parametrize(("text", "door"), DOORS)
def test_a_door_is_read_or_left_alone(text, door):
    assert parse_door(text) == door


PARTS = [
    (("11号楼", "1单元", "", "101室"), Door("11", "1", "1", "101")),
    (("13", "1", "", "1203"), Door("13", "1", "12", "1203")),
    (("十三栋", "二单元", "", "五零一"), Door("13", "2", "5", "501")),
    (("3", "2", "5", "西"), Door("3", "2", "5", "西")),
    (("3", "2", "", "5楼西"), Door("3", "2", "5", "西")),
    (("3", "2", "5层", "东户"), Door("3", "2", "5", "东")),
    (("3", "", "", "501"), Door("3", None, "5", "501")),
    (("", "", "", ""), Door()),
]


@pytest.mark.parametrize(("parts", "door"), PARTS)
def test_separate_columns(parts, door):
    assert door_of_parts(*parts) == door


@pytest.mark.parametrize(
    ("room", "floor"), [("501", "5"), ("1203", "12"), ("0501", "5"), ("12", None), ("西", None), (None, None)]
)
def test_the_floor_is_the_room_without_its_last_two_digits(room, floor):
    assert floor_of(room) == floor


def test_doors_sort_as_people_count():
    written = ["12-1-101", "3-2-1001", "3-2-201", "3-1-501", "3-2-501"]
    doors = sorted((parse_door(text) for text in written), key=lambda door: door.sort_key)
    assert door_of_parts("3", "2", "5", "西").text == "3-2-5楼西"
    assert [door.text for door in doors] == ["3-1-501", "3-2-201", "3-2-501", "3-2-1001", "12-1-101"]


@given(st.integers(1, 200), st.integers(1, 12), st.integers(1, 33), st.integers(1, 20))
def test_the_desks_own_form_reads_back(building, unit, floor, number):
    text = f"{building}-{unit}-{floor}{number:02d}"
    door = parse_door(text)
    assert is_canonical_door(text)
    assert canonical_door(text) == door == Door(str(building), str(unit), str(floor), f"{floor}{number:02d}")
    assert door.text == text


@given(st.text(max_size=80))
def test_any_text_is_read_or_left_alone(text):
    door = parse_door(text)
    assert door is None or door.room
