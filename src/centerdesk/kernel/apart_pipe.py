"""What a desk and its worker say to each other: values of ours as JSON lines, errors by class and words (传话).

Read is what was agreed on and nothing else: plain values, instants, ids, and records, whose classes are named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from itertools import islice
from operator import attrgetter
from sys import intern
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from centerdesk.kernel.canonical import plain, revive
from centerdesk.kernel.clock import Clock, FixedClock, RunningClock, SystemClock
from centerdesk.kernel.commands import Command, Outcome
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.record import record

PART = 200
"""Members of a long value sent at once, and read at once: more would keep the interpreter from the window."""


@record
class Part:
    """一段. Some members of a field of the command that follows; `first`: what was sent of it before is over."""

    field: str
    members: tuple[Any, ...]
    first: bool


@record
class Order:
    """委托. A command without its long fields, which came as parts before, and who acts: the worker asks the
    database what they may."""

    command: Command[Any]
    long: tuple[str, ...]
    key: UUID | None
    account_id: UUID
    second_id: UUID | None
    clock: Clock


@record
class Stop:
    """停下. Of the order that is being done."""


@record
class Begun:
    """动手了. From here on a worker that dies may have written."""


@record
class Moved:
    """Progress of the order."""

    done: int
    total: int


@record
class Answered:
    """办好了."""

    outcome: Outcome[Any]


@record
class Refused:
    """没办. A UserError by its class, arguments and attributes; `code` of a bug that the worker wrote down."""

    kind: str = ""
    args: tuple[Any, ...] = ()
    state: Mapping[str, Any] | None = None
    code: str = ""

    @classmethod
    def of(cls, exc: UserError) -> Refused:
        return cls(_name(type(exc)), exc.args, dict(vars(exc)))

    def error(self) -> Exception:
        """The error as the desk raises it; its constructor may want other arguments than it keeps."""
        kind = _named(self.kind) if self.kind else None
        if kind is None or not issubclass(kind, UserError):
            return WorkerBug(self.code)
        made = kind.__new__(kind, *self.args)
        vars(made).update(self.state or {})
        return made


class WorkerBug(Exception):
    """An error in the worker that nobody foresaw; its places in the program stand in the worker's own record."""


class Wire(Protocol):
    """What takes bytes."""

    def write(self, data: Any, /) -> int | None: ...


def send(wire: Wire, message: object) -> None:
    """All of it, now. Raises OSError when nobody listens any more, TypeError for what cannot be said."""
    packer = _Packer()
    body = packer.pack(message)
    line = json.dumps([_name(kind) for kind in packer.kinds], separators=(",", ":"))
    left = memoryview(f"{line}\n{_encode(body)}\n".encode("utf-8", "surrogatepass"))
    while left:
        left = left[wire.write(left) or 0 :]


def receive(wire: BinaryIO) -> Any:
    """The next message; None when the other side is gone, in the middle of one too."""
    try:
        kinds, body = wire.readline(), wire.readline()
    except (OSError, ValueError):
        return None
    if not body.endswith(b"\n"):
        return None
    reader = _Reader([_named(name) for name in json.loads(kinds)])
    return json.loads(body.decode("utf-8", "surrogatepass"), object_hook=reader.made)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SHORT = 8
_PLAIN = frozenset((str, int, float, bool, type(None)))
_CLOCKS: dict[str, Callable[[datetime], Clock]] = {
    "system": lambda _now: SystemClock(),
    "fixed": FixedClock,
    "running": RunningClock,
}


class _Packer:
    """Turns values into what JSON has. `kinds`: classes of the records met, in the order of their numbers."""

    def __init__(self) -> None:
        self.kinds: dict[type, int] = {}

    def pack(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple or kind is list:
            return [v if type(v) in _PLAIN else self.pack(v) for v in value]
        if kind in _CLOCK_NAMES:
            return {"$c": [_CLOCK_NAMES[kind], value.now().isoformat()]}
        if is_dataclass(value):
            return self._record(kind, value)
        if isinstance(value, Mapping):
            return {"$m": [{"$p": part} for part in self._pairs(value)]}
        if isinstance(value, frozenset | set):
            return {"$f": [self.pack(v) for v in value]}
        return plain(value)

    def _record(self, kind: type, value: Any) -> Any:
        number = self.kinds.setdefault(kind, len(self.kinds))
        values = [v if type(v) in _PLAIN else self.pack(v) for v in _values(kind)(value)]
        return {"$": [number, *values]}

    def _pairs(self, value: Mapping[Any, Any]) -> Any:
        """In parts, so that whoever reads a long one lets others have their turn."""
        pairs = iter(value.items())
        while part := [[self.pack(k), self.pack(v)] for k, v in islice(pairs, PART)]:
            yield part


_CLOCK_NAMES: dict[type, str] = {SystemClock: "system", FixedClock: "fixed", RunningClock: "running"}


class _Reader:
    """Makes values of what JSON has. Sequences come out as tuples."""

    def __init__(self, kinds: list[type]) -> None:
        self._kinds = kinds

    def made(self, found: dict[str, Any]) -> Any:
        ((tag, value),) = found.items()
        if tag == "$":
            kind = self._kinds[value[0]]
            return kind(*[_kept(v) for v in value[1:]])
        make = _MADE.get(tag)
        return revive(found) if make is None else make(value)


_MADE: dict[str, Callable[[Any], Any]] = {
    "$c": lambda v: _CLOCKS[v[0]](datetime.fromisoformat(v[1])),
    "$p": lambda v: [(_kept(key), _kept(one)) for key, one in v],
    "$m": lambda v: {key: one for part in v for key, one in part},
    "$f": lambda v: frozenset(map(_kept, v)),
}


def _kept(value: Any) -> Any:
    """Sequences as tuples; short words once, however often they come: a hundred thousand people share a few."""
    kind = type(value)
    if kind is str:
        return intern(value) if len(value) <= _SHORT else value
    return tuple([_kept(v) for v in value]) if kind is list else value


@cache
def _values(kind: type) -> Callable[[Any], Iterable[Any]]:
    """What takes a record of this class apart, in the order in which its class wants it back."""
    names = [one.name for one in fields(kind) if one.init]
    return attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, name) for name in names]


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _named(name: str) -> type:
    """A record or a refusal of ours. Raises TypeError for anything else."""
    module, _colon, rest = name.partition(":")
    found = getattr(import_module(module), rest)
    if not (isinstance(found, type) and (is_dataclass(found) or issubclass(found, UserError))):
        raise TypeError(f"{name} is no value")
    return found
