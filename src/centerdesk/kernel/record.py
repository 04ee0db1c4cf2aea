"""`@record`: a frozen dataclass with slots, which nearly every plain value is, made in a quarter of the time.

`dataclasses` compiles six functions for every class. Of those only `__init__` must be a class's own; the others are
written once, here. A start makes nearly two hundred such classes, and that was a tenth of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_set = object.__setattr__
_NOT_GIVEN = object()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """`@dataclass(frozen=True, slots=True)`, for `fields`, `replace`, `asdict`, `match` and mypy too.

    Records inherit from records only. A field that is not in `__init__` is set in `__post_init__`. Order, keywords
    alone and `InitVar` are left to `dataclass`.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__init__ = _init(made)
    if "__repr__" not in vars(cls):
        made.__repr__ = _repr
    if "__eq__" not in vars(cls):
        made.__eq__, made.__hash__ = _comparing(tuple(f.name for f in fields(made) if f.compare))
    made.__setattr__, made.__delattr__ = _refuse_set, _refuse_delete
    made.__getstate__, made.__setstate__ = _state, _set_state
    finished: type[T] = made
    return finished


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


def _init(made: Any) -> Callable[..., None]:
    """The one function that is a class's own: its parameters are the fields."""
    known: dict[str, Any] = {"_set": _set, "_NOT_GIVEN": _NOT_GIVEN}
    given, lines = ["self"], []
    for one in fields(made):
        name = value = one.name
        default = ""
        if one.default_factory is not MISSING:
            known[f"_make_{name}"] = one.default_factory
            default, value = "=_NOT_GIVEN", f"_make_{name}() if {name} is _NOT_GIVEN else {name}"
        elif one.default is not MISSING:
            known[f"_default_{name}"] = one.default
            default = f"=_default_{name}"
        if one.init:
            given.append(name + default)
            lines.append(f" _set(self, {name!r}, {value})")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(given)}):\n" + ("\n".join(lines) or " pass"), known)
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


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
        _set(self, one.name, value)
