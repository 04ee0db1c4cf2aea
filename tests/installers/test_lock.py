"""The lock, the tasks and the runner: pinned, hashed, silent about where things come from, clean after."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from installers import from_source

ROOT = from_source.ROOT
LOCK = (ROOT / "installers" / "lock.txt").read_text(encoding="utf-8")
ENTRIES = LOCK.replace("\\\n", " ").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> list[str]:
    return [entry for entry in ENTRIES if plain(re.split(r"[=\s]", entry)[0]) == name]


def asked() -> list[str]:
    groups = PROJECT["dependency-groups"]
    extras = PROJECT["project"]["optional-dependencies"]
    given = [*PROJECT["project"]["dependencies"], *extras["postgres"], *groups["dev"], *groups["build"]]
    return [plain(found[0]) for text in given if (found := re.match(r"[A-Za-z0-9_.-]+", text))]


def test_every_entry_is_pinned_and_hashed() -> None:
    bad = [entry for entry in ENTRIES if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)]
    assert bad == []
    assert len(ENTRIES) > 50


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert not re.search(r"https?:|index|find-links|#|@", LOCK)


@pytest.mark.parametrize("name", asked())
def test_whatever_the_project_asks_for_is_locked(name: str) -> None:
    assert locked(name)


@pytest.mark.parametrize(
    ("name", "markers"),
    [
        ("colorama", ["sys_platform == 'win32'"]),
        (
            "pyside6-essentials",
            [
                "platform_machine == 'aarch64' and sys_platform == 'linux'",
                "platform_machine != 'aarch64' or sys_platform != 'linux'",
            ],
        ),
        ("hatchling", [""]),
        ("sqlcipher3", [""]),
    ],
)
def test_one_lock_serves_all_platforms(name: str, markers: list[str]) -> None:
    found = [entry.split(" --hash")[0].partition(";")[2].strip() for entry in locked(name)]
    assert found == markers


def test_build_tools_are_taken_from_the_lock_with_their_hashes() -> None:
    part = from_source.build_requirements(LOCK)
    assert {line.split("==")[0] for line in part.splitlines() if "==" in line} == set(from_source.BUILD_TOOLS)
    assert part.rstrip("\n") in LOCK or all(line.rstrip(" \\") in LOCK for line in part.splitlines())
    assert part.count("--hash") >= 2 * len(from_source.BUILD_TOOLS)


@pytest.mark.parametrize(
    "task", ["fmt", "check", "test", "test-all", "shots", "revision", "run", "demo", "lock"]
)
def test_the_task_is_there_and_explains_itself(task: str) -> None:
    assert PROJECT["tool"]["poe"]["tasks"][task]["help"]


def test_ci_runs_the_test_verb_from_anywhere() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert "installers/from_source.py test" in script.read_text(encoding="utf-8")


def run_tests(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "installers" / "run_tests.py"), "-p", "no:randomly", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(folder)},
        check=False,
    )


def test_the_runner_leaves_nothing_and_ends_with_the_closing_line(tmp_path: Path) -> None:
    sample = "tests/installers/test_from_source.py"
    done = run_tests(tmp_path, "-q", sample, "-k", "stamp")
    assert done.returncode == 0
    assert re.search(r"^\d+ passed.* in .*s", done.stdout.splitlines()[-1])
    assert list(tmp_path.iterdir()) == []


def test_the_runner_hands_a_failure_on(tmp_path: Path) -> None:
    assert run_tests(tmp_path, "tests/installers/no_such_file.py").returncode == 4
    assert list(tmp_path.iterdir()) == []
