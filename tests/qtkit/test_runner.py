"""The door between the GUI thread and the lanes."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget

from centerdesk.kernel.errors import Cancelled, ConflictError
from centerdesk.qtkit.runner import Runner
from tests.helpers.qt import FunctionBus, FunctionCommand, flush_deletes

pytestmark = pytest.mark.gui
WAIT_MS = 5000


@pytest.fixture
def owner():
    made = QObject()
    yield made
    made.deleteLater()


def command(fn=lambda: 7):
    return FunctionCommand(lambda _progress, _cancel: fn())


def test_answer_comes_on_the_gui_thread_and_never_inside_the_call(qtbot, runner, owner):
    answers = []
    runner.query(owner, lambda session: session, lambda v: answers.append((v, QThread.isMainThread())))
    assert answers == []
    qtbot.waitUntil(lambda: answers == [(1, True)], timeout=WAIT_MS)


def test_a_finished_job_is_still_not_delivered_inside_the_call(qtbot, runner, owner):
    finished = threading.Event()
    answers = []
    runner.query(owner, lambda _s: finished.set(), answers.append)
    assert finished.wait(5)  # the lane is done, the event loop has not run
    assert answers == []
    qtbot.waitUntil(lambda: answers == [None], timeout=WAIT_MS)


def test_queries_run_on_read_lanes_side_by_side(qtbot, runner, reader, owner):
    together = threading.Barrier(3, timeout=5)
    answers = []
    for _ in range(3):
        runner.query(owner, lambda _s: together.wait(), answers.append)
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=WAIT_MS)
    assert all(name.startswith("db-read") for name in reader.threads)


def test_writes_run_one_after_the_other_in_order(qtbot, runner, owner):
    seen = []
    for number in range(20):
        runner.execute(
            owner, command(lambda n=number: (seen.append((n, threading.current_thread().name)), n)[1])
        )
    last = []
    runner.execute(owner, command(), last.append)
    qtbot.waitUntil(lambda: last == [7], timeout=WAIT_MS)
    assert [n for n, _ in seen] == list(range(20))
    assert len({name for _, name in seen}) == 1


def test_a_commit_is_announced_with_its_origin_before_done(qtbot, runner, owner):
    order = []
    runner.changed.connect(lambda changes: order.append((changes.origin is owner, changes.hits("resident"))))
    runner.execute(owner, command(), order.append)
    qtbot.waitUntil(lambda: len(order) == 2, timeout=WAIT_MS)
    assert order == [(True, True), 7]


def test_a_commit_is_announced_although_its_page_is_gone(qtbot, runner):
    page, go, done = QWidget(), threading.Event(), []
    runner.execute(page, command(lambda: go.wait(5)), done.append)
    page.deleteLater()
    flush_deletes()
    with qtbot.waitSignal(runner.changed, timeout=WAIT_MS):
        go.set()
    assert done == []


def test_a_read_of_a_closed_page_goes_nowhere(qtbot, runner, owner, errors):
    page, go, late = QWidget(), threading.Event(), []
    runner.query(page, lambda _s: go.wait(5), late.append)
    page.deleteLater()
    flush_deletes()
    go.set()
    after = []
    runner.execute(owner, command(), after.append)
    runner.query(owner, lambda _s: 1, after.append)
    qtbot.waitUntil(lambda: sorted(after) == [1, 7], timeout=WAIT_MS)
    assert late == []
    assert errors == []


def test_a_cancelled_query_delivers_nothing_and_may_not_even_run(qtbot, runner, owner):
    go, ran, late = threading.Event(), [], []
    for _ in range(Runner.READERS):  # every read lane is taken, the next one waits
        runner.query(owner, lambda _s: go.wait(5), late.append)
    ticket = runner.query(owner, lambda _s: ran.append(1), late.append)
    ticket.cancel()
    go.set()
    last = []
    qtbot.waitUntil(lambda: len(late) == Runner.READERS, timeout=WAIT_MS)
    runner.query(owner, lambda _s: 1, last.append)
    qtbot.waitUntil(lambda: last == [1], timeout=WAIT_MS)
    assert ran == []
    assert late == [True] * Runner.READERS


def test_an_error_goes_to_failed_or_to_the_one_place_for_errors(qtbot, runner, owner, errors):
    def refuse(_session):
        raise ConflictError("有人改过")

    told = []
    runner.query(owner, refuse, told.append, told.append)
    runner.query(owner, refuse, told.append)
    qtbot.waitUntil(lambda: len(told) == 1 and len(errors) == 1, timeout=WAIT_MS)
    assert isinstance(told[0], ConflictError)
    assert errors[0][0] is owner
    assert isinstance(errors[0][1], ConflictError)


def test_a_failed_write_of_a_closed_page_is_still_told(qtbot, runner, errors):
    page, go = QWidget(), threading.Event()

    def refuse():
        go.wait(5)
        raise ConflictError("有人改过")

    runner.execute(page, command(refuse))
    page.deleteLater()
    flush_deletes()
    go.set()
    qtbot.waitUntil(lambda: len(errors) == 1, timeout=WAIT_MS)
    assert errors[0][0] is runner


def test_stop_asks_and_still_tells_how_it_ended(qtbot, runner, owner):
    begun, ends = threading.Event(), []

    def slow(_progress, cancelled):
        begun.set()
        while not cancelled():
            threading.Event().wait(0.001)
        raise Cancelled("停下了")

    ticket = runner.run(owner, slow, ends.append, ends.append)
    assert begun.wait(5)
    ticket.stop()
    qtbot.waitUntil(lambda: len(ends) == 1, timeout=WAIT_MS)
    assert isinstance(ends[0], Cancelled)


def test_progress_arrives_on_the_gui_thread_and_ends_with_the_last_number(qtbot, runner, owner):
    told, done = [], []

    def count(progress, _cancelled):
        for n in range(1, 501):
            progress(n, 500)
        return "done"

    runner.run(
        owner, count, done.append, None, lambda n, total: told.append((n, total, QThread.isMainThread()))
    )
    qtbot.waitUntil(lambda: done == ["done"], timeout=WAIT_MS)
    assert told
    assert told[-1] == (500, 500, True)
    assert len(told) <= 500
    assert [n for n, _, _ in told] == sorted(n for n, _, _ in told)


def test_an_act_becomes_visible_only_when_it_is_slow(qtbot, runner, owner):
    runner.SLOW_MS = 50  # the rule is the same, the test is not a second long
    go, done = threading.Event(), []
    runner.run(owner, lambda _p, _c: go.wait(5), done.append, label="读表")
    assert runner.acts() == ()
    with qtbot.waitSignal(runner.acts_changed, timeout=WAIT_MS):
        pass
    assert [(a.label, a.done, a.total) for a in runner.acts()] == [("读表", 0, 0)]
    with qtbot.waitSignal(runner.acts_changed, timeout=WAIT_MS):
        go.set()
    assert runner.acts() == ()


def test_queries_are_never_acts(qtbot, runner, owner):
    runner.SLOW_MS = 10
    go, done = threading.Event(), []
    runner.query(owner, lambda _s: go.wait(5), done.append)
    with qtbot.assertNotEmitted(runner.acts_changed, wait=60):
        pass
    go.set()
    qtbot.waitUntil(lambda: done == [True], timeout=WAIT_MS)


def test_shutdown_finishes_writes_and_announces_them(qtbot, reader, owner):
    runner = Runner(FunctionBus(), reader, lambda _owner, _exc: None)
    go, wrote, announced = threading.Event(), [], []
    runner.changed.connect(announced.append)
    for number in range(3):
        runner.execute(owner, command(lambda n=number: (go.wait(5), wrote.append(n))))
    assert runner.writing
    go.set()
    runner.shutdown()
    assert wrote == [0, 1, 2]
    assert len(announced) == 3
    assert not runner.writing
    assert runner.query(owner, lambda _s: 1, wrote.append).cancelled
    runner.deleteLater()


def test_hanging_up_waits_for_nothing_and_another_thread_can_wait(qtbot, reader, owner):
    """The window of a restore stands while what is under way comes to its end."""
    runner = Runner(FunctionBus(), reader, lambda _owner, _exc: None)
    begun, go, wrote, announced = threading.Event(), threading.Event(), [], []
    runner.changed.connect(announced.append)
    runner.execute(owner, command(lambda: (begun.set(), wrote.append(go.wait(WAIT_MS / 1000)))))
    assert begun.wait(WAIT_MS / 1000)
    runner.hang_up()
    assert wrote == []
    assert runner.query(owner, lambda _s: 1, wrote.append).cancelled
    waiting = threading.Thread(target=runner.wait)
    waiting.start()
    go.set()
    waiting.join(WAIT_MS / 1000)
    assert not waiting.is_alive()
    assert wrote == [True]
    runner.shutdown()
    assert len(announced) == 1
    runner.deleteLater()


def test_what_a_page_handed_in_dies_on_the_gui_thread(qtbot, runner, owner):
    """A lane never drops the last reference to a QObject caught in a closure."""
    graves = []

    class Grave(QObject):
        def __del__(self):
            graves.append(threading.current_thread().name)

    gc.disable()
    try:
        for _ in range(50):
            inner = Grave()
            ref = weakref.ref(inner)
            runner.query(owner, lambda _s, caught=inner: caught is not None, lambda _v: None)
            del inner
            qtbot.waitUntil(lambda ref=ref: ref() is None, timeout=WAIT_MS)
    finally:
        gc.enable()
    assert graves == [threading.main_thread().name] * 50
