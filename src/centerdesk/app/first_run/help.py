"""Why each step of the set-up is asked, from the help page that ships with the program."""

from __future__ import annotations

from functools import lru_cache

from centerdesk.app.first_run.state import Step
from centerdesk.kernel.paths import resource


@lru_cache(maxsize=1)
def _sections() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in resource("help", "first-run.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            here = found.setdefault(line[3:].strip(), [])
        else:
            here.append(line)
    return {title: _plain("\n".join(lines)) for title, lines in found.items()}


def _plain(text: str) -> str:
    """Without the marks of Markdown: labels show plain text."""
    return text.replace("**", "").replace("`", "").strip()


def help_for(step: Step) -> str:
    """The section of the help page on this step, as plain text; "" when the page has none."""
    return _sections().get(step.value, "")
