"""A picture of every page: `python -m tests.shots.shots [OUT] [PAGE …]`, which is `poe shots`.

Filled is the demo station at 08:41 of its day, empty a new one. Each page in light, dark and high contrast, in
the sizes of 长者, in a narrow window; the palette, the help, the locked desk, the alarm. Where the design lies
beside the project, each picture that has one is put next to it under `beside/`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import time
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.alarm.words import alarm_words
from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.app.cli import Console
from centerdesk.app.demo import DAY, build
from centerdesk.app.demo import _actors as demo_actors
from centerdesk.app.login.page import LoginPage
from centerdesk.app.palette.panel import Palette
from centerdesk.app.pictures import application, grab, open_window, page_pictures, settle, wait_until
from centerdesk.features.checkins.api import locked_alarms
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import FixedClock, instant
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.theme import Theme
from centerdesk.qtkit.tokens import ThemeName

ROOT = Path(__file__).parents[2]
DESIGN = ROOT.parent / "shared" / "design" / "ui"
NARROW = QSize(1180, 688)
"""1180×720 less the title bar that the design draws."""
THEMES: tuple[ThemeName, ...] = ("light", "dark", "contrast")
WHO = "周敏"
BESIDE = {
    "filled/today-light": "01-today",
    "filled/today-dark": "10-today-dark",
    "filled/checkins-light": "02-curtain-facade",
    "narrow/checkins-light": "21-curtain-narrow",
    "filled/people-light": "03-ledger",
    "filled/returns-light": "07-return",
    "filled/people-import-light": "08-import",
    "filled/settings-light": "19-settings-safety",
    "over/palette": "09-command-palette",
    "over/alarm": "15-alarm",
    "over/login": "17-login",
}
"""Our picture → the design's."""


def main(arguments: Sequence[str]) -> int:
    """Draw everything into OUT (default `shots-out`); further words narrow it to these pages."""
    out = Path(arguments[0]) if arguments else Path("shots-out")
    pages = tuple(arguments[1:])
    application()
    with tempfile.TemporaryDirectory() as folder:
        with demo_station(Path(folder)) as (station, actors):
            filled(station, actors, out, pages)
            if not pages:
                over(station, actors, out / "over")
        with empty_station(Path(folder)) as (station, actor):
            page_pictures(station, actor, out / "empty", pages=pages)
            page_pictures(station, actor, out / "empty", "dark", pages=pages)
    made = sorted(out.rglob("*.png"))
    beside(out)
    sys.stdout.write(f"{len(made)} pictures in {out}\n")
    return 0


def filled(station: OpenStation, actors: dict[str, Actor], out: Path, pages: tuple[str, ...]) -> None:
    """Every page of the demo station, for the secretary; 今日 for a worker and the administrator too."""
    head = actors["许文静"]
    for theme in THEMES:
        page_pictures(station, head, out / "filled", theme, pages=pages)
    page_pictures(station, head, out / "filled", large=True, pages=pages)
    page_pictures(station, head, out / "filled", zoom=150, pages=pages)
    page_pictures(station, head, out / "narrow", size=NARROW, pages=pages)
    for name in (WHO, "高翔"):
        if not pages or "today" in pages:
            page_pictures(station, actors[name], out / "roles" / name, pages=("today",))


def over(station: OpenStation, actors: dict[str, Actor], out: Path) -> None:
    """What stands over the pages: palette, help, keys, lock, alarm, login."""
    out.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        tail = "" if theme == "light" else f"-{theme}"
        with open_window(station, actors["许文静"], theme) as window:
            window.go("people")
            settle(window)
            Palette.over(window, "lgl")
            settle(window)
            grab(window, out / f"palette{tail}.png")
            window.findChild(Palette, "palette").leave()
            window.show_help()
            settle(window)
            grab(window, out / f"help{tail}.png")
            window.show_keys()
            settle(window)
            grab(window, out / f"keys{tail}.png")
            window.help_panel.hide()
            window.lock()
            settle(window)
            grab(window, out / f"lock{tail}.png")
        _login(station, theme, out / f"login{tail}.png")
    _alarm(station, out / "alarm.png")


def _alarm(station: OpenStation, path: Path) -> None:
    now = station.clock.now()
    with station.database.read_session() as session:
        alarms = locked_alarms(session, now)
    screen = AlarmScreen(motion=False)
    screen.resize(1440, 900)
    screen.show_alarm(alarm_words(alarms[-1], len(alarms) - 1, now))
    _unseen(screen)
    grab(screen, path)
    screen.leave()


def _login(station: OpenStation, theme: ThemeName, path: Path) -> None:
    Theme.load(theme, bundled_fonts=True).apply(application())
    runner = Runner(station.bus, station.database.read_session, present_error)
    page = LoginPage(station, runner)
    page.resize(1440, 868)
    _unseen(page)
    page.start()
    wait_until(lambda: runner.idle)
    wait_until(lambda: False, 60)
    grab(page, path)
    page.close()
    page.deleteLater()
    runner.shutdown()


def _unseen(widget: QWidget) -> None:
    """Laid out as if it were on a screen."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.show()


@contextmanager
def demo_station(folder: Path) -> Iterator[tuple[OpenStation, dict[str, Actor]]]:
    """The demo station after its morning, with the clock at 08:41:14."""
    data = DataDir(folder / "demo")
    build(data, folder / "out", Console(json_only=True)).close()
    station = open_station(data, FixedClock(instant(DAY, time(8, 41, 14))))
    try:
        yield station, demo_actors(station)
    finally:
        station.close()


@contextmanager
def empty_station(folder: Path) -> Iterator[tuple[OpenStation, Actor]]:
    """A station of the same morning with one person and nothing else."""
    clock = FixedClock(instant(DAY, time(8, 41)))
    station, _code = create_station(DataDir(folder / "empty"), "云和社区", clock, drill=True)
    try:
        founder = system_actor([staff.FOUND], station.site.desk)
        account = station.bus.run(
            staff.FoundAccount(WHO, WHO, "窗外有六棵大榆树", ("secretary",), must_change=False), actor=founder
        ).value
        with station.database.read_session() as session:
            actor = staff.actor_for(session, account, frozenset(), station.site.desk)
        yield station, actor
    finally:
        station.close()


def beside(out: Path) -> None:
    """Ours at the left, the design at the right, at the same height; nothing where the design is not there."""
    for ours, theirs in BESIDE.items():
        left, right = out / f"{ours}.png", DESIGN / f"{theirs}.png"
        if left.exists() and right.exists():
            _put_beside(left, right, out / "beside" / f"{theirs}.png")


def _put_beside(left: Path, right: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(left) as first, Image.open(right) as second:
        pictures = [first.convert("RGB"), second.convert("RGB")]
    whole = Image.new("RGB", (sum(p.width for p in pictures) + 24, max(p.height for p in pictures)), "grey")
    x = 0
    for picture in pictures:
        whole.paste(picture, (x, whole.height - picture.height))
        x += picture.width + 24
    whole.save(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
