"""Crash files: types and stack lines, nothing else; the hooks of the process catch every kind of end."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.crash import KEPT, CrashReporter, crash_files, fingerprint, frames_only
from centerdesk.kernel.station import Station
from tests.helpers.storage import NOON, SOURCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def reporter(folder: Path, told: list[str]) -> Iterator[CrashReporter]:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    with CrashReporter(folder, FixedClock(NOON), lambda code, _exc: told.append(code)) as made:
        yield made
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def failing(resident: str) -> None:
    secret = resident + "的电话"
    raise LookupError(secret)


def caught(resident: str = "王小红") -> Exception:
    try:
        failing(resident)
    except LookupError as exc:
        return exc
    raise AssertionError


def test_the_fingerprint_names_the_place_and_not_the_value() -> None:
    assert fingerprint(caught("甲")) == fingerprint(caught("乙"))
    assert len(fingerprint(caught())) == 8
    int(fingerprint(caught()), 16)

    def elsewhere() -> None:
        raise LookupError

    with pytest.raises(LookupError) as other:
        elsewhere()
    assert fingerprint(other.value) != fingerprint(caught())
    assert fingerprint(ValueError()) != fingerprint(KeyError())


def test_the_fingerprint_is_the_same_in_another_process() -> None:
    script = """
from centerdesk.kernel.crash import fingerprint
from centerdesk.kernel.keys import DataKey
try:
    DataKey(b"short")
except ValueError as exc:
    print(fingerprint(exc))
"""
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_frames_hold_no_message_no_source_and_no_home(tmp_path: Path) -> None:
    try:
        try:
            Station.load(tmp_path / "王小红" / "station.toml")
        except Exception as first:
            raise RuntimeError("李大爷") from first
    except RuntimeError as exc:
        frames = frames_only(exc)
    for secret in ("王小红", "李大爷", str(tmp_path), "Station.load(", str(SOURCE.parent)):
        assert secret not in frames
    lines = frames.splitlines()
    assert lines[0] == "builtins.FileNotFoundError"
    assert "centerdesk.kernel.errors.EnvironmentFault" in lines
    assert lines[-2] == "builtins.RuntimeError"
    assert any(
        line.startswith("  centerdesk/kernel/station.py:") and line.endswith("in load") for line in lines
    )


def test_a_ring_of_causes_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert frames_only(first).splitlines() == ["builtins.KeyError", "builtins.ValueError"]


def test_the_main_thread(reporter: CrashReporter, folder: Path, told: list[str]) -> None:
    exc = caught()
    sys.excepthook(type(exc), exc, exc.__traceback__)
    [written] = crash_files(folder)
    content = written.read_text("utf-8")
    assert "王小红" not in content
    assert "LookupError" in content
    assert "in failing" in content
    assert told == [fingerprint(exc)]
    assert told[0] in written.name


def test_another_thread(reporter: CrashReporter, folder: Path, told: list[str]) -> None:
    thread = threading.Thread(target=failing, args=("王小红",), name="写库")
    thread.start()
    thread.join()
    [written] = crash_files(folder)
    assert "写库" in written.read_text("utf-8")
    assert "王小红" not in written.read_text("utf-8")
    assert len(told) == 1
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert len(told) == 1


def test_an_object_that_dies_badly(reporter: CrashReporter, folder: Path, told: list[str]) -> None:
    class Dying:
        def __del__(self) -> None:
            raise LookupError("王小红")

    Dying()
    gc.collect()
    assert len(told) == 1
    assert "王小红" not in next(crash_files(folder)).read_text("utf-8")


def test_ctrl_c_is_no_crash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _exc, _trace: passed_on.append(kind))
    with CrashReporter(folder, FixedClock(NOON)):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed_on == [KeyboardInterrupt]
    assert list(crash_files(folder)) == []


def test_the_log_gets_the_code_too(reporter: CrashReporter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        code = reporter.report(caught())
    assert code in caplog.messages[0]


def test_old_files_go(folder: Path) -> None:
    clock = FixedClock(NOON)
    with CrashReporter(folder, clock) as reporter:
        for _ in range(KEPT + 5):
            clock.advance(timedelta(seconds=1))
            reporter.report(caught())
    names = [each.name for each in crash_files(folder)]
    assert len(names) == KEPT
    assert names[0].startswith("crash-20261203-040006")


def test_a_disk_that_fails_does_not_fail_the_report(
    reporter: CrashReporter, folder: Path, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    folder.write_bytes(b"")
    assert reporter.report(caught()) == told[0]
    assert "not written" in caplog.text
    folder.unlink()


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_segmentation_fault_leaves_its_frames(folder: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.crash import CrashReporter
reporter = CrashReporter(Path(sys.argv[1]), SystemClock())
def dying(resident):
    os.kill(os.getpid(), signal.SIGSEGV)
dying("resident-canary")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=False,
    )
    assert done.returncode == -signal.SIGSEGV
    written = (folder / "native.txt").read_text("utf-8")
    assert "in dying" in written
    assert "resident-canary" not in written
