"""The Python that PySide6 carries in its library is compiled once, not at every start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STARTED = """
import builtins
usual, compiled = builtins.compile, []

def counted(source, filename, *rest, **options):
    compiled.append(str(filename))
    return usual(source, filename, *rest, **options)

builtins.compile, plain = counted, builtins.__import__
from centerdesk.qtkit.plain_import import keep_plain_import
keep_plain_import()
assert builtins.compile is counted and builtins.__import__ is plain
from PySide6.QtCore import QObject
try:
    QObject("no parent")
except TypeError as exc:
    assert "Supported signatures" in str(exc)
print(sum(name.rpartition("/")[2].startswith("shibokensupport.") for name in compiled))
"""
"""A start in a process of its own; it prints how many of PySide6's modules were compiled."""


def started(cache: Path, **more: str) -> int:
    """The code kept from earlier starts lies under `cache`."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", STARTED], env={**surroundings, "PYTHONPYCACHEPREFIX": str(cache), **more},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


def kept(cache: Path) -> list[Path]:
    return sorted(cache.rglob("shibokensupport.*.pyc"))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """After the first start."""
    assert started(tmp_path) == len(kept(tmp_path)) > 5
    return tmp_path


def test_the_next_start_compiles_nothing(second: Path) -> None:
    assert started(second) == 0


def test_a_source_that_changed_is_compiled_anew(second: Path) -> None:
    one = kept(second)[0]
    data = bytearray(one.read_bytes())
    data[8] ^= 1  # where Python writes what the source was
    one.write_bytes(data)
    assert started(second) == 1
    assert started(second) == 0


def test_what_was_cut_off_is_made_anew(second: Path) -> None:
    one = kept(second)[0]
    one.write_bytes(one.read_bytes()[:12])
    assert started(second) == 1
    assert started(second) == 0


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path) -> None:
    assert started(tmp_path, PYTHONDONTWRITEBYTECODE="1") > 5
    assert kept(tmp_path) == []
