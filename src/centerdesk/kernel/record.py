"""`@record`: a frozen dataclass with slots, which nearly every plain value is, made in a twentieth of the time.

`dataclasses` compiles six functions for every class and looks into each annotation for what a record never has; here
they are written once. A start makes a hundred and fifty such classes, and that was a twelfth of it. What is made by
the hundred thousand (rows of an import) stays a `dataclass`: filled by keywords, a record takes a third longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import partial
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass(init=False, repr=False, eq=False)
class _Sample:
    """Where records take from what `dataclasses` looks for in a class and in a field of it."""

    one: object


_ONE: Any = fields(_Sample)[0]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """`@dataclass(frozen=True, slots=True)`, for `fields`, `replace`, `asdict`, `match` and mypy too.

    Records inherit from records only. A field that is not in `__init__` is set in `__post_init__`. Order, keywords
    alone and `InitVar` are left to `dataclass`.
    """
    made: Any = _slotted(cls)
    made.__init__ = _filling(made)
    if "__repr__" not in vars(cls):
        made.__repr__ = _repr
    if "__eq__" not in vars(cls):
        made.__eq__, made.__hash__ = _comparing(tuple(f.name for f in fields(made) if f.compare))
    made.__setattr__, made.__delattr__ = _refuse_set, _refuse_delete
    made.__getstate__, made.__setstate__ = _state, _set_state
    finished: type[T] = made
    return finished


def _slotted(cls: Any) -> Any:
    """The class again with a slot for each of its fields. Raises ValueError for a default that all would share."""
    space, known = dict(vars(cls)), dict(getattr(cls, "__dataclass_fields__", {}))
    slots = []
    for name, kind in get_annotations(cls).items():
        if "ClassVar" in str(kind):
            continue
        one: Any = space.pop(name, MISSING)
        if not isinstance(one, Field):
            one = field(default=one)
        if type(one.default).__hash__ is None:
            raise ValueError(f"mutable default of {name!r}: use default_factory")
        one.name, one.type, one._field_type = name, kind, _ONE._field_type
        if name not in known:
            slots.append(name)
        known[name] = one
    space["__slots__"], space["__dataclass_fields__"] = tuple(slots), known
    space["__dataclass_params__"] = vars(_Sample)["__dataclass_params__"]
    space["__match_args__"] = tuple(one.name for one in known.values() if one.init)
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    return made


def _comparing(names: tuple[str, ...]) -> tuple[Callable[[Any, object], bool], Callable[[Any], int]]:
    """`__eq__` and `__hash__` over these fields."""
    values = attrgetter(*names) if len(names) > 1 else partial(_few, names)

    def __eq__(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __eq__, __hash__


def _few(names: tuple[str, ...], one: object) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in names)


def _filling(made: Any) -> Callable[..., None]:
    """`__init__`: the fields in their order, by place or name."""
    asked = tuple((f.name, f.default, f.default_factory) for f in fields(made) if f.init)
    puts = tuple(getattr(made, name).__set__ for name, *_default in asked)
    ends = hasattr(made, "__post_init__")

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        values = given if len(given) == len(puts) and not named else _complete(made, asked, given, named)
        for put, value in zip(puts, values, strict=True):
            put(self, value)
        if ends:
            self.__post_init__()

    return __init__


def _complete(
    made: Any, asked: tuple[tuple[str, Any, Any], ...], given: Sequence[Any], named: dict[str, Any]
) -> Sequence[Any]:
    """Every value in the order of the fields. Raises TypeError for what is missing or unknown."""
    values = list(given)
    for name, default, make in asked[len(given) :]:
        value = named.pop(name, default)
        if value is MISSING:
            if make is MISSING:
                raise TypeError(f"{made.__qualname__}() is missing {name!r}")
            value = make()
        values.append(value)
    if named or len(given) > len(asked):
        raise TypeError(f"{made.__qualname__}() takes {len(asked)} fields, not {(*named,) or len(given)}")
    return values


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refuse_set(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
