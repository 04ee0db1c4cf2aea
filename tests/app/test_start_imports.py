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
    "centerdesk.app.first_run.wizard", "centerdesk.app.login.by_sheet", "centerdesk.app.desk.help_panel",
    "centerdesk.app.palette.panel", "centerdesk.app.recovery.acts", "centerdesk.app.rescue",
    "centerdesk.app.restoring", "centerdesk.app.settings.pages", "centerdesk.app.servers",
    "centerdesk.kernel.migrate", "centerdesk.kernel.server", "centerdesk.qtkit.column_memory",
    "centerdesk.qtkit.forms", "centerdesk.qtkit.table",
    "centerdesk.features.people.importing", "centerdesk.features.people.ui.pages",
    "centerdesk.features.checkins.ui.pages", "centerdesk.features.returns.ui.pages",
}  # fmt: skip
"""Papers, files, forms, tables, other pages, recovery, going back, help: each comes with its first use."""


def test_a_start_imports_nothing_it_does_not_show() -> None:
    script = (
        f"import sys, {', '.join(START)}\n"
        "from centerdesk.app.features import manifests\n"
        "manifests().import_models()\n"
        f"print(sorted({NOT_YET!r} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_watched_exists() -> None:
    """A module that was renamed would be missed for ever."""
    script = (
        f"from importlib.util import find_spec\nprint(sorted(m for m in {NOT_YET!r} if not find_spec(m)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['psycopg']")  # that one is an extra
