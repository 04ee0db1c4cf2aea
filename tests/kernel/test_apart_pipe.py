"""What a desk and its worker say to each other comes out as it went in; nothing else comes out at all."""

from __future__ import annotations

import gc
import io
import os
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from centerdesk.features.people.commands_trial import NamedChange, Trial
from centerdesk.features.people.rules import Change
from centerdesk.kernel.apart_child import Worker
from centerdesk.kernel.apart_pipe import PART, Answered, Moved, Order, Part, receive, send
from centerdesk.kernel.clock import FixedClock, RunningClock, SystemClock
from centerdesk.kernel.commands import Changes, Outcome
from centerdesk.kernel.errors import Unavailable
from tests.helpers.apart import WhoAndWhere, persons

NOW = datetime(2026, 12, 3, 0, 41, tzinfo=UTC)
ID = UUID(int=7)
TRIAL = Trial(
    3,
    2,
    1,
    dict.fromkeys(range(3 * PART), ("name", "phones")),
    (NamedChange("甲\n乙", Change("电话", "", "“139”")),),
)
VALUES = (
    Part("persons", persons(3), first=True),
    Answered(
        Outcome(TRIAL, Changes(ID, "试", False, frozenset({("resident", ID)}), frozenset({"resident"})))
    ),
    Answered(Outcome({"new": 1, "": None}, Changes(None, "", True, frozenset(), frozenset()), repeated=True)),
    Part("mixed", (1, 2.5, True, None, "\ud800", NOW, date(2026, 2, 28), ((), ("a", ("b",)))), first=False),
)


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_values_come_out_as_they_went_in(value):
    wire = io.BytesIO()
    send(wire, value)
    send(wire, Moved(1, 2))
    wire.seek(0)
    assert receive(wire) == value
    assert receive(wire) == Moved(1, 2)
    assert receive(wire) is None


@pytest.mark.parametrize("clock", [SystemClock(), FixedClock(NOW), RunningClock(NOW)])
def test_a_clock_goes_on_as_the_same_kind(clock):
    wire = io.BytesIO()
    send(wire, Order(WhoAndWhere(), ("persons",), ID, ID, None, clock))
    wire.seek(0)
    order = receive(wire)
    assert type(order.clock) is type(clock)
    assert abs((order.clock.now() - clock.now()).total_seconds()) < 60
    assert (order.command, order.long, order.key, order.second_id) == (WhoAndWhere(), ("persons",), ID, None)


def test_a_message_that_was_cut_off_is_none():
    wire = io.BytesIO()
    send(wire, VALUES[0])
    for length in (0, 10, len(wire.getvalue()) - 1):
        assert receive(io.BytesIO(wire.getvalue()[:length])) is None


@pytest.mark.parametrize("name", ["os:system", "builtins:eval", "subprocess:Popen", "pathlib:Path"])
def test_only_records_and_refusals_are_made(name):
    with pytest.raises(TypeError):
        receive(io.BytesIO(f'["{name}"]\n{{"$":[0,"x"]}}\n'.encode()))


def test_what_is_no_value_is_not_sent():
    with pytest.raises(TypeError, match="object is no plain value"):
        send(io.BytesIO(), Part("x", (object(),), first=True))


def test_a_worker_without_orders_goes_to_rest():
    orders, desk = os.pipe()
    answers = io.BytesIO()

    def opened(_clock):
        raise Unavailable("nobody asked for it")

    with os.fdopen(orders, "rb") as heard:
        Worker(heard, answers, opened, lambda exc: pytest.fail(str(exc)), keep=0.01).run()
        os.close(desk)
    assert answers.getvalue() == b""
    assert gc.isenabled()
