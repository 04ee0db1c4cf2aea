"""A record behaves as `@dataclass(frozen=True, slots=True)` does; each test asks both."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from functools import partial
from typing import Generic, TypeVar

import pytest

from centerdesk.kernel.record import record

R = TypeVar("R")


@record
class Point:
    """A record of every kind of field."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)
    total: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.x + self.y)


@dataclass(frozen=True, slots=True)
class PlainPoint:
    """The same of the standard library."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)
    total: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.x + self.y)


@record
class Box(Generic[R]):
    """One field only, of any type."""

    inside: R


@record
class Named(Box[int]):
    """A record that adds to another one, and says itself how it is shown."""

    name: str = ""

    def __repr__(self) -> str:
        return "Named(…)"


@record
class Nothing:
    """No field at all."""


both = pytest.mark.parametrize("kind", [Point, PlainPoint])


@both
def test_fields_are_given_by_place_or_name_and_have_defaults(kind):
    made = kind(1, secret="s")
    assert (made.x, made.y, made.tags, made.secret, made.total) == (1, 2, [], "s", 3)
    assert kind(1).tags is not kind(1).tags


@both
def test_a_missing_or_unknown_field_is_a_type_error_that_names_it(kind):
    with pytest.raises(TypeError, match="x"):
        kind()
    with pytest.raises(TypeError, match="total"):
        kind(1, total=3)


@both
def test_nothing_can_be_set_or_deleted(kind):
    made = kind(1)
    for act in (
        partial(setattr, made, "x", 5),
        partial(setattr, made, "new", 5),
        partial(delattr, made, "x"),
    ):
        with pytest.raises((FrozenInstanceError, TypeError)):
            act()
    assert made.x == 1


@both
def test_equal_and_hashed_by_the_compared_fields(kind):
    assert kind(1, tags=["a"]) == kind(1, tags=["b"])
    assert len({kind(1, tags=["a"]), kind(1, tags=["b"]), kind(2)}) == 2
    assert kind(1) != kind(1, secret="s")
    assert kind(1) != (1, 2, "")


def test_records_of_two_classes_are_never_equal():
    assert Box(1) != Named(1)
    assert Nothing() == Nothing()
    assert Nothing() != Box(1)
    assert {Box("a"): 1}[Box("a")] == 1


@both
def test_the_words_leave_out_what_must_not_be_shown(kind):
    assert repr(kind(1, secret="s")).removeprefix("Plain") == "Point(x=1, y=2, tags=[], total=3)"


def test_a_class_may_say_itself_how_it_is_shown():
    assert repr(Named(1, "王")) == "Named(…)"


@both
def test_what_dataclasses_offers_works(kind):
    made = kind(1, 5, ["a"])
    assert replace(made, y=6) == kind(1, 6)
    assert asdict(made) == {"x": 1, "y": 5, "tags": ["a"], "secret": "", "total": 6}
    assert [f.name for f in fields(made)] == ["x", "y", "tags", "secret", "total"]
    match made:
        case kind(x, y):
            assert (x, y) == (1, 5)


@both
def test_it_can_be_copied_and_sent_to_another_process(kind):
    made = kind(1, tags=["a"])
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert (other.tags, other.total) == (["a"], 3)


@both
def test_there_is_no_room_for_anything_else(kind):
    assert not hasattr(kind(1), "__dict__")


def test_a_record_inherits_the_fields_of_a_record():
    made = Named(3, "李")
    assert (made.inside, made.name) == (3, "李")
    assert isinstance(made, Box)


def test_a_type_may_be_named_where_one_is_made():
    assert Box[Mapping[str, int]]({"a": 1}).inside == {"a": 1}
