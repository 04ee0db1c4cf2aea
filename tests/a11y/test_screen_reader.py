"""Once a run the real thing: the desk on a screen, walked through AT-SPI as Orca would walk it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import update

from centerdesk.features.staff.models import Account
from tests.e2e.program import ADMIN, PASSWORD, SECRETARY, Program
from tests.e2e.stations import copied

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

READER = Path(__file__).with_name("atspi_reader.py")
SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
CONTROLS = {
    "push button", "toggle button", "check box", "radio button", "combo box", "text", "password text",
    "page tab", "table", "tree", "list", "spin button", "slider", "link", "menu item", "image", "chart",
}  # fmt: skip
CHINESE = re.compile(r"[㐀-鿿0-9]")
PAGES = {
    SECRETARY: {"登录", "今日", "窗帘", "居民", "月报", "导入", "设置"},
    ADMIN: {"登录", "今日", "设置"},
}


def what_is_missing() -> str:
    """Why the walk cannot be done on this machine; empty where it can. `from_source.py test` installs it all."""
    if sys.platform != "linux":
        return "AT-SPI is the screen reader's door on Linux"
    programs = [name for name in ("Xvfb", "dbus-daemon") if shutil.which(name) is None]
    if programs or not LAUNCHER.exists():
        return f"not installed: {', '.join(programs) or 'at-spi2-core'}"
    ask = "import gi; gi.require_version('Atspi', '2.0')"
    done = subprocess.run([SYSTEM_PYTHON, "-c", ask], capture_output=True, check=False)
    return "not installed: python3-gi, gir1.2-atspi-2.0" if done.returncode else ""


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A display, a session bus and an accessibility bus of our own: the variables that lead there."""
    if reason := what_is_missing():
        pytest.skip(reason)
    own = tmp_path_factory.mktemp("screen")
    variables = {**os.environ, "XDG_RUNTIME_DIR": str(own), "HOME": str(own), "LC_ALL": "C.UTF-8"}
    own.chmod(0o700)
    with ExitStack() as down:
        asked = ["Xvfb", "-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
        variables["DISPLAY"] = f":{first_line(down, asked, variables)}"
        bus = ["dbus-daemon", "--session", "--print-address=1", "--nofork", "--nopidfile"]
        variables["DBUS_SESSION_BUS_ADDRESS"] = first_line(down, bus, variables)
        start(down, [str(LAUNCHER), "--launch-immediately"], variables)
        yield variables


def start(down: ExitStack, command: list[str], variables: dict[str, str]) -> subprocess.Popen[str]:
    """Start something that goes down, with all it started, when the walk is over."""
    process = subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip

    def stop() -> None:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)

    down.callback(stop)
    return process


def first_line(down: ExitStack, command: list[str], variables: dict[str, str]) -> str:
    stdout = start(down, command, variables).stdout
    assert stdout is not None
    return stdout.readline().strip()


def end_watcher(data: Path) -> None:
    """The desk starts a watcher that outlives it, as it must; here it has nobody to watch over."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # processes come and go while one looks
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"watch" in words and os.fsencode(data) in words:
                os.kill(int(process.name), signal.SIGTERM)


@pytest.mark.parametrize("login", [SECRETARY, ADMIN])
def test_every_page_is_named_in_chinese(
    login: str, screen: dict[str, str], peopled: Path, tmp_path: Path
) -> None:
    program = copied(peopled, tmp_path)
    with program.inside() as station, station.database.write_session() as session:
        session.execute(update(Account).values(must_change=False))  # the walk is about pages, not passwords
        session.execute(update(Account).where(Account.name != login).values(active=False))  # nobody to choose
        session.commit()
    variables = {
        **program.environment(), **screen, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }  # fmt: skip
    with ExitStack() as down:
        down.callback(end_watcher, program.data)
        start(down, Program(program.data).command("desk"), variables)
        said = subprocess.run(
            [SYSTEM_PYTHON, str(READER), login, PASSWORD],
            env=screen, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert said.returncode == 0, said.stderr
    pages = json.loads(said.stdout)
    assert set(pages) == PAGES[login]
    nameless = [
        (page, role, path)
        for page, nodes in pages.items()
        for role, name, path in nodes
        if role in CONTROLS and not CHINESE.search(name)
    ]
    assert not nameless
