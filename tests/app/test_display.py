"""Where no window can open the desk says so; a screen that is only named is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from centerdesk.app.display import has_display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X servers are asked on Linux")

NOBODY = ":987"
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.mark.parametrize("named", [{}, {"DISPLAY": NOBODY}])
def test_the_desk_without_a_screen_says_so(tmp_path: Path, named: dict[str, str]) -> None:
    plain = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    done = subprocess.run(
        [sys.executable, "-m", "centerdesk", "--data", str(tmp_path / "none"), "desk"],
        env=plain | named | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("这里没有能用的图形界面")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("variables", "there"),
    [
        ({}, False),
        ({"DISPLAY": NOBODY}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": NOBODY, "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_a_screen_is_one_that_answers(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], there: bool
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_display() is there
