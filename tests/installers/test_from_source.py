"""The set-up script: what it decides, what it says as a process, what it does with apt (fake programs)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installers import from_source

SCRIPT = from_source.ROOT / "installers" / "from_source.py"


def run_script(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("help", [])),
        (["--help"], ("help", [])),
        (["setup"], ("setup", [])),
        (["demo", "--out", "X"], ("demo", ["--out", "X"])),
        (["desk", "--data", "D"], ("desk", ["--data", "D"])),
        (["test", "-k", "foo"], ("test", ["-k", "foo"])),
        (["test", "--help"], ("test", ["--help"])),
    ],
)
def test_verb_and_what_is_handed_on(arguments: list[str], expected: tuple[str, list[str]]) -> None:
    assert from_source.parse(arguments) == expected


@pytest.mark.parametrize("arguments", [["install"], ["--out", "X"], ["setup", "now"]])
def test_unknown_words_are_refused_as_usage(arguments: list[str]) -> None:
    with pytest.raises(from_source.Stop) as stop:
        from_source.parse(arguments)
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("major", "minor", "fine"),
    [(2, 7, False), (3, 7, False), (3, 10, False), (3, 11, True), (3, 14, True), (4, 0, True)],
)
def test_python_version(major: int, minor: int, fine: bool) -> None:
    complaint = from_source.python_complaint(major, minor)
    assert (complaint == "") is fine
    assert fine or f"{major}.{minor}" in complaint


def test_an_old_python_is_told_in_one_sentence() -> None:
    pretend = f"import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path({str(SCRIPT)!r})"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", pretend], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 3
    assert "3.9" in done.stdout
    assert "python3.11 installers/from_source.py" in done.stdout
    assert done.stderr == ""


def test_the_file_parses_on_the_pythons_of_old_desktops() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | named} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("windows", "name", "expected"),
    [
        (False, "python", "env/bin/python"),
        (False, "poe", "env/bin/poe"),
        (True, "python", "env/Scripts/python.exe"),
        (True, "centerdesk", "env/Scripts/centerdesk.exe"),
    ],
)
def test_programs_of_the_environment(windows: bool, name: str, expected: str) -> None:
    assert from_source.venv_program(Path("env"), name, windows) == Path(expected)


@pytest.mark.parametrize(
    ("given", "windows", "name", "value"),
    [
        ({"PATH": "/bin"}, False, "PATH", "env/bin:/bin"),
        ({"PATH": "C:\\W"}, True, "PATH", f"{Path('env/Scripts')};C:\\W"),
        ({}, False, "QT_QPA_PLATFORM", "offscreen"),
        ({"QT_QPA_PLATFORM": "minimal"}, False, "QT_QPA_PLATFORM", "minimal"),
        ({"DISPLAY": ":0"}, False, "QT_QPA_PLATFORM", None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, "QT_QPA_PLATFORM", None),
        ({}, True, "QT_QPA_PLATFORM", None),
        ({}, False, "LC_ALL", "C.UTF-8"),
        ({"LANG": "POSIX"}, False, "LC_ALL", "C.UTF-8"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, False, "LC_ALL", "C.UTF-8"),
        ({"LANG": "zh_CN.UTF-8"}, False, "LC_ALL", None),
        ({"LANG": "en_US.utf8"}, False, "LC_ALL", None),
        ({}, True, "LC_ALL", None),
        ({"PYTHONPATH": "/elsewhere"}, False, "PYTHONPATH", None),
        ({"PYTHONHOME": "/elsewhere"}, False, "PYTHONHOME", None),
        ({"PIP_USER": "1"}, False, "PIP_USER", "0"),
        ({"CENTERDESK_PASSWORD": "x"}, False, "CENTERDESK_PASSWORD", "x"),
    ],
)
def test_environment_of_what_is_started(
    given: dict[str, str], windows: bool, name: str, value: str | None
) -> None:
    assert from_source.child_environment(given, Path("env"), windows).get(name) == value


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([], ["desk"]),
        (["--data", "D"], ["--data", "D", "desk"]),
        (["--data=D", "--as=甲"], ["--data=D", "--as=甲", "desk"]),
        (["--out", "X", "--data", "D", "--headless"], ["--data", "D", "desk", "--out", "X", "--headless"]),
        (["--data", "--as"], ["--data", "--as", "desk"]),
        (["--data"], ["--data", "desk"]),
        (["--database"], ["desk", "--database"]),
    ],
)
def test_common_options_go_before_the_verb(rest: list[str], expected: list[str]) -> None:
    assert from_source.product_arguments("desk", rest) == expected


def test_a_bare_machine_without_a_screen_needs_no_window_libraries() -> None:
    wanted = from_source.missing_packages("demo", False, lambda _: False, lambda _: False)
    assert "libegl1" in wanted
    assert wanted.count("libglib2.0-0") == 1
    assert not [name for name in wanted if "xcb" in name or "wayland" in name or "libreoffice" in name]


def test_a_screen_asks_for_the_window_libraries() -> None:
    assert "libxcb-cursor0" in from_source.missing_packages("desk", True, lambda _: False, lambda _: True)


def test_only_the_tests_want_other_programs() -> None:
    assert from_source.missing_packages("desk", False, lambda _: True, lambda _: False) == []
    assert from_source.missing_packages("test", False, lambda _: True, lambda _: False) == [
        "at-spi2-core",
        "dbus",
        "gir1.2-atspi-2.0",
        "libreoffice-calc-nogui",
        "postgresql",
        "python3-gi",
        "strace",
        "xvfb",
    ]


def test_a_complete_machine_needs_nothing() -> None:
    assert from_source.missing_packages("test", True, lambda _: True, lambda _: True) == []


def test_the_loader_is_asked_about_libraries() -> None:
    assert not from_source.library_is_there("libcenterdesk-has-no-such.so.9")


@pytest.mark.parametrize(("root", "word"), [(True, "apt-get"), (False, "sudo")])
def test_apt_is_called_without_questions(root: bool, word: str) -> None:
    update, install = from_source.apt_commands(["libegl1"], root)
    assert update[0] == install[0] == word
    assert update[-1] == "update"
    assert install[-4:] == ["install", "-y", "--no-install-recommends", "libegl1"]
    assert root or install[1] == "-n"


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> Path:
    """A PATH of these shell scripts and nothing else; each adds its arguments to the file returned."""
    calls = folder / "calls"
    calls.touch()
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    for name, body in scripts.items():
        program = bin_folder / name.replace("_", "-")
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{calls}"\n{body}\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_folder))
    return calls


def package_left(calls: Path) -> list[str]:
    return [] if "install -y" in calls.read_text() else ["libegl1"]


@pytest.mark.skipif(os.name == "nt", reason="apt is not on Windows")
def test_root_installs_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    calls = programs(tmp_path, monkeypatch, apt_get="exit 0")
    from_source.install_packages(lambda: package_left(calls), "部件")
    update, install = calls.read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("libegl1")


@pytest.mark.skipif(os.name == "nt", reason="apt is not on Windows")
def test_failed_list_update_does_not_stop_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    calls = programs(tmp_path, monkeypatch, apt_get='case "$*" in *update) exit 100;; esac')
    from_source.install_packages(lambda: package_left(calls), "部件")
    assert "install -y" in calls.read_text()


@pytest.mark.skipif(os.name == "nt", reason="apt is not on Windows")
def test_sudo_is_used_where_it_asks_for_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    calls = programs(tmp_path, monkeypatch, apt_get="exit 0", sudo="exit 0")
    from_source.install_packages(lambda: package_left(calls), "部件")
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in calls.read_text()


@pytest.mark.skipif(os.name == "nt", reason="apt is not on Windows")
@pytest.mark.parametrize(
    ("user", "scripts", "command"),
    [
        (
            1000,
            {"apt_get": "exit 0", "sudo": "exit 1"},
            "sudo apt-get install -y --no-install-recommends libegl1",
        ),
        (1000, {"apt_get": "exit 0"}, "sudo apt-get update && sudo apt-get install"),
        (0, {}, "apt-get update && apt-get install"),
        (0, {"apt_get": "echo 没有网络; exit 100"}, "apt-get update && apt-get install"),
    ],
)
def test_where_it_may_not_it_prints_one_command(
    user: int, scripts: dict[str, str], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    programs(tmp_path, monkeypatch, **scripts)
    with pytest.raises(from_source.Stop) as stop:
        from_source.install_packages(lambda: ["libegl1"], "部件")
    assert stop.value.code == 3
    assert command in str(stop.value)


@pytest.mark.skipif(os.name == "nt", reason="Debian's places")
def test_what_lies_off_the_path_is_found_where_debian_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    name = "/".join([*tmp_path.parts[1:], "*", "bin", "postgres"])
    assert not from_source.program_is_there(name)
    (tmp_path / "15" / "bin").mkdir(parents=True)
    (tmp_path / "15" / "bin" / "postgres").touch()
    assert from_source.program_is_there(name)


@pytest.mark.skipif(os.name == "nt", reason="apt is not on Windows")
def test_a_server_package_leaves_no_server_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where nobody has said otherwise before."""
    settings = tmp_path / "etc" / "createcluster.conf"
    monkeypatch.setattr(from_source, "CLUSTER_SETTINGS", str(settings))
    assert from_source.no_default_server(False)[:2] == ["sudo", "-n"]
    assert from_source.run_quietly(from_source.no_default_server(True))
    assert settings.read_text("utf-8").splitlines()[-1] == "create_main_cluster = false"
    settings.write_text("create_main_cluster = true\n")
    assert from_source.run_quietly(from_source.no_default_server(True))
    assert settings.read_text("utf-8") == "create_main_cluster = true\n"


def test_nothing_missing_calls_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = programs(tmp_path, monkeypatch, apt_get="exit 0", sudo="exit 0")
    from_source.install_packages(list, "部件")
    assert calls.read_text() == ""


FILES = ("installers/lock.txt", "pyproject.toml", "installers/from_source.py")


def small_project(root: Path) -> Path:
    (root / "installers").mkdir()
    for name in FILES:
        (root / name).write_bytes(b"one\ntwo\n")
    return root


@pytest.mark.parametrize("name", FILES)
def test_the_stamp_follows_what_the_installation_depends_on(name: str, tmp_path: Path) -> None:
    root = small_project(tmp_path)
    before = from_source.stamp(root)
    (root / name).write_bytes(b"one\nthree\n")
    assert from_source.stamp(root) != before


def test_the_stamp_ignores_windows_line_ends(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    before = from_source.stamp(root)
    (root / "pyproject.toml").write_bytes(b"one\r\ntwo\r\n")
    assert from_source.stamp(root) == before


def test_a_working_python_tells_version_and_place() -> None:
    said = from_source.made_here(Path(sys.executable))
    assert said.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert said.endswith(sys.executable)


def test_an_absent_python_counts_as_not_made(tmp_path: Path) -> None:
    assert from_source.made_here(tmp_path / "python") == ""


def test_help_lists_the_four_verbs() -> None:
    done = run_script("--help")
    assert done.returncode == 0
    assert [verb for verb in ("demo", "desk", "test", "setup") if f"  {verb} " not in done.stdout] == []


@pytest.mark.parametrize("arguments", [("instal",), ("setup", "--fast")])
def test_a_slip_gets_one_sentence_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = run_script(*arguments)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_terminal_without_chinese_does_not_break_the_script() -> None:
    done = run_script("--help", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0
    assert "demo" in done.stdout
