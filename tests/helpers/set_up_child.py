"""A set-up in a process of its own, to be killed: `python -m tests.helpers.set_up_child DATA STEP`.

It types into the step it finds, waits until that is on the disk, says `typed`, and goes on until it is killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.app.first_run.state import Step
from centerdesk.app.first_run.wizard import FirstRun
from centerdesk.app.pictures import application, wait_until
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir

TYPED = {
    Step.SITE: {"name": "清河社区", "street": "望河街道"},
    Step.GRIDS: {"grids": "第一网格\n第二网格", "compounds": "清河家园"},
    Step.ACCOUNTS: {"name": "方兰", "password": "雪天-扫帚-七号", "roles": ("secretary",)},
}


def main(root: str, step_name: str) -> int:
    """Never ends by itself within a minute."""
    application()
    step = Step[step_name]
    wizard = FirstRun(DataDir(Path(root)), SystemClock(), setup_runner())
    wizard.show()
    wait_until(lambda: not wizard.busy)
    for field, value in TYPED[step].items():
        wizard.pages[step].form.editor(field).set_value(value)
    wait_until(lambda: not wizard.typing and not wizard.busy)
    sys.stdout.write("typed\n")
    sys.stdout.flush()
    wait_until(lambda: False, 60_000)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
