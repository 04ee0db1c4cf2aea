"""What a start does not need is not imported before 今日 stands: every page of code costs it."""

import subprocess
import sys

START = (
    "centerdesk.app.desk.program", "centerdesk.app.first_run.state", "centerdesk.app.login.page",
    "centerdesk.app.desk.window", "centerdesk.app.today.page",
)  # fmt: skip
"""What the desk has imported when 今日 is painted, besides the tables."""

NOT_YET = {
    "alembic", "lunar_python", "openpyxl", "python_calamine", "reportlab", "psycopg", "PIL", "html.entities",
    "PySide6.QtNetwork",
    "centerdesk.app.first_run.wizard", "centerdesk.app.login.by_sheet", "centerdesk.app.desk.help_panel",
    "centerdesk.app.palette.panel", "centerdesk.app.recovery.acts", "centerdesk.app.rescue",
    "centerdesk.app.restoring", "centerdesk.app.settings.pages", "centerdesk.app.servers",
    "centerdesk.kernel.migrate", "centerdesk.kernel.server", "centerdesk.qtkit.column_memory",
    "centerdesk.qtkit.forms", "centerdesk.qtkit.table",
    "centerdesk.features.people.importing", "centerdesk.features.people.ui.pages",
    "centerdesk.features.checkins.ui.pages", "centerdesk.features.returns.ui.pages",
}  # fmt: skip
"""Papers, files, forms, tables, other pages, recovery, going back, help: each comes with its first use."""


STARTED = (
    f"import sys, {', '.join(START)}\n"
    "from centerdesk.app.features import manifests\n"
    "manifests().import_models()\n"
)


def answer(script: str) -> str:
    """What the script prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_start_imports_nothing_it_does_not_show() -> None:
    assert answer(f"{STARTED}print(sorted({NOT_YET!r} & sys.modules.keys()))") == "[]"


def test_plain_values_of_a_start_are_records() -> None:
    """`@dataclass(frozen=True, slots=True)` takes eight times as long to make as `@record` (kernel/record.py)."""
    found = answer(
        f"{STARTED}"
        "ours = [m for name, m in sys.modules.items() if name.startswith('centerdesk.')]\n"
        "made = {c for m in ours for c in vars(m).values() if isinstance(c, type)}\n"
        "kinds = {c: vars(c).get('__dataclass_params__') for c in made if c.__module__.startswith('centerdesk.')}\n"
        "slow = [c for c, kind in kinds.items() if kind and kind.frozen and not kind.order]\n"
        "print(sorted(c.__name__ for c in slow if '__slots__' in vars(c)))"
    )
    assert found == "[]"


def test_what_is_watched_exists() -> None:
    """A module that was renamed would be missed for ever."""
    script = (
        f"from importlib.util import find_spec\nprint(sorted(m for m in {NOT_YET!r} if not find_spec(m)))"
    )
    assert answer(script) in ("[]", "['psycopg']")  # that one is an extra
