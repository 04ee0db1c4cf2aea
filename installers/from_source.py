#!/usr/bin/env python3
"""Two commands on a fresh machine: `python3 installers/from_source.py demo` and `… test`.

Standard library only. Makes .venv in the project's root, installs the pinned and hashed lock, then the
project itself, and finds missing system libraries (Debian family: through apt). On Windows say `py`.
Exit codes: 0 done, 2 wrong usage, 3 the machine lacks something; otherwise that of the verb.

Up to the version check this file must parse and run on any Python 3, so that an old one is told plainly.
"""

import ctypes
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
USAGE, ENVIRONMENT = 2, 3


def python_complaint(major: int, minor: int) -> str:
    """What to tell the owner of a Python that is too old; empty when it is new enough."""
    if (major, minor) >= OLDEST:
        return ""
    return (
        f"这里的 Python 是 {major}.{minor}，窗明要 3.11 或更新的。什么都没有改动。\n"
        "请换一个新的 Python 再运行，例如：python3.11 installers/from_source.py demo"
    )


if python_complaint(*sys.version_info[:2]):
    print(python_complaint(*sys.version_info[:2]))
    sys.exit(ENVIRONMENT)

HELP = """\
窗明 · 党群服务台：从源码安装和运行

用法：python3 installers/from_source.py 动作 [参数…]      （Windows：py installers\\from_source.py 动作）

  demo    装好，然后演示虚构的「云和社区」：导入花名册、过一个早上、出一份月报（--out 目录）
  desk    装好，然后打开服务台（--data 数据目录）
  test    装好，然后跑全部检查和测试（-k 名字 只跑一部分）
  setup   只安装

第一次要联网下载组件（约 300 MB），装在本目录的 .venv 里；以后再运行直接开始。
"""

# Shared library -> Debian package. What Qt loads without a screen was read with ldd on a bare Debian 12.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfreetype.so.6": "libfreetype6",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
SCREEN_LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
SERVER_PACKAGE = "postgresql"
# Program, or file below / -> Debian package, for the verb `test` alone: papers are opened, system calls traced,
# a server started, and the desk is walked on a screen of its own as a screen reader walks it.
TEST_PROGRAMS = {
    "soffice": "libreoffice-calc-nogui",
    "strace": "strace",
    "usr/lib/postgresql/*/bin/postgres": SERVER_PACKAGE,
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "usr/lib/python3/dist-packages/gi/__init__.py": "python3-gi",
    "usr/lib/*/girepository-1.0/Atspi-2.0.typelib": "gir1.2-atspi-2.0",
}
CLUSTER_SETTINGS = "/etc/postgresql-common/createcluster.conf"

BUILD_TOOLS = ("setuptools", "wheel", "packaging")


class Stop(Exception):
    """Ends the run with one message for the person at the machine."""

    def __init__(self, message: str, code: int = ENVIRONMENT) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """One line to the person, at once."""
    print(text, flush=True)


def parse(arguments: list[str]) -> tuple[str, list[str]]:
    """Verb and what is handed on to it; ("help", []) when help is asked for."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        return "help", []
    verb, rest = arguments[0], arguments[1:]
    if verb not in ("setup", "demo", "desk", "test"):
        raise Stop(f"没有「{verb}」这个动作。能用的是 demo、desk、test、setup；说明见 --help。", USAGE)
    if verb == "setup" and rest:
        raise Stop(f"setup 不带参数，多了：{' '.join(rest)}", USAGE)
    return verb, rest


def venv_program(venv: Path, name: str, windows: bool) -> Path:
    """Where a virtual environment keeps an installed program, Python included."""
    return venv / "Scripts" / f"{name}.exe" if windows else venv / "bin" / name


def has_screen(environment: dict[str, str], windows: bool) -> bool:
    """Whether a window could be opened."""
    return windows or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def child_environment(environment: dict[str, str], venv: Path, windows: bool) -> dict[str, str]:
    """The environment of everything started: the venv first, UTF-8, no screen where there is none."""
    child = {name: value for name, value in environment.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    folder = str(venv_program(venv, "python", windows).parent)
    child["PATH"] = folder + (";" if windows else ":") + child.get("PATH", "")
    child["VIRTUAL_ENV"] = str(venv)
    child["PYTHONUTF8"] = "1"
    child["PIP_USER"] = "0"  # a user-wide `pip install --user` setting would make pip refuse a venv
    child["PIP_ROOT_USER_ACTION"] = "ignore"
    locale = child.get("LC_ALL") or child.get("LC_CTYPE") or child.get("LANG") or ""
    if not windows and "utf" not in locale.lower():
        child["LC_ALL"] = "C.UTF-8"
    if not has_screen(child, windows):
        child.setdefault("QT_QPA_PLATFORM", "offscreen")
    return child


def product_arguments(verb: str, rest: list[str]) -> list[str]:
    """`desk --data D` as the program wants it: what is common to all verbs stands before the verb."""
    common: list[str] = []
    own: list[str] = []
    taken = ""
    for word in rest:
        is_common = taken in ("--data", "--as") or word.split("=")[0] in ("--data", "--as")
        (common if is_common else own).append(word)
        taken = "" if taken in ("--data", "--as") else word
    return [*common, verb, *own]


def library_is_there(name: str) -> bool:
    """Asks the loader itself, which knows every place a library may lie."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def program_is_there(name: str) -> bool:
    """Whether a program can be started by name, or a file is where Debian puts it."""
    return any(Path("/").glob(name)) if "/" in name else shutil.which(name) is not None


def missing_packages(
    verb: str, screen: bool, has_library: Callable[[str], bool], has_program: Callable[[str], bool]
) -> list[str]:
    """Debian packages the verb still needs, sorted, each once."""
    libraries = {**LIBRARIES, **SCREEN_LIBRARIES} if screen else LIBRARIES
    programs = TEST_PROGRAMS if verb == "test" else {}
    wanted = {package for name, package in libraries.items() if not has_library(name)}
    return sorted(wanted | {package for name, package in programs.items() if not has_program(name)})


def apt_commands(packages: list[str], root: bool) -> list[list[str]]:
    """The apt calls that install `packages` without a question."""
    prefix = [] if root else ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*prefix, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]]


def no_default_server(root: bool) -> list[str]:
    """Keeps Debian from making and starting a server with the package: the tests start their own and end them."""
    words = "# centerdesk 的测试只用自己临时开的服务器。要系统自带的，把下一行改成 true。\ncreate_main_cluster = false"
    folder = CLUSTER_SETTINGS.rsplit("/", 1)[0]
    script = f"test -e {CLUSTER_SETTINGS} || {{ mkdir -p {folder} && printf '%s\\n' '{words}' > {CLUSTER_SETTINGS}; }}"
    return [*([] if root else ["sudo", "-n"]), "sh", "-c", script]


def one_command(packages: list[str], root: bool) -> str:
    """What the person types where the script may not."""
    sudo = "" if root else "sudo "
    names = " ".join(packages)
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}"


def may_install(root: bool) -> bool:
    """Whether apt can be called without anybody typing a password."""
    if not program_is_there("apt-get"):
        return False
    return root or (program_is_there("sudo") and run_quietly(["sudo", "-n", "true"]))


def run_quietly(command: list[str]) -> bool:
    """Whether a command ends well; its words are not shown."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def run_apt(command: list[str]) -> None:
    """One apt call; its own words are shown only when it fails."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=quiet,
        check=False,
    )
    if done.returncode:
        say("\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-12:]))


def install_packages(look: Callable[[], list[str]], what_for: str) -> None:
    """Install what `look` finds missing, or stop with the one command to run."""
    packages = look()
    if not packages:
        return
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if may_install(root):
        say(f"这台电脑缺{what_for}，正在用 apt 安装（要一两分钟）：{' '.join(packages)}")
        if SERVER_PACKAGE in packages:
            run_quietly(no_default_server(root))
        for command in apt_commands(packages, root):
            # A failed update is not the end: yesterday's lists may do. What is missing afterwards decides.
            run_apt(command)
        packages = look()
    if packages:
        raise Stop(
            f"这台电脑缺{what_for}，没有权限或没能自动装上。请运行下面这一条命令，再重新运行刚才的命令：\n\n"
            f"  {one_command(packages, root)}\n\n"
            "（不是 Debian、Ubuntu、麒麟、统信一类的系统，请用它自己的软件管理器装同名的库。）"
        )


def build_requirements(lock: str) -> str:
    """The part of the lock needed before anything can be built from source."""
    blocks = lock.replace("\\\n", "\0").splitlines()
    wanted = [block for block in blocks if block.split("==")[0].strip() in BUILD_TOOLS]
    return "\n".join(wanted).replace("\0", "\\\n") + "\n"


def stamp(root: Path) -> str:
    """Changes when the lock, the project's own description or this script does."""
    digest = hashlib.sha256()
    for name in ("installers/lock.txt", "pyproject.toml", "installers/from_source.py"):
        digest.update((root / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def made_here(python: Path) -> str:
    """Version and place of a venv's Python (a moved folder or new system Python breaks it); "" if not."""
    if not python.exists():
        return ""
    ask = [str(python), "-c", "import sys; print(*sys.version_info[:3], sep='.')"]
    done = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return f"{done.stdout.decode().strip()} {python}" if done.returncode == 0 else ""


def run_step(command: list[str], environment: dict[str, str], advice: str) -> None:
    """Run one step of the set-up; what it printed stays on the screen when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Stop(advice)


def make_venv(venv: Path) -> None:
    """A fresh virtual environment; whatever half-made one lies there goes."""
    say("正在建 Python 环境（.venv）…")
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    run_step(command, dict(os.environ), f"建不成 {venv}。请看看磁盘有没有空间、目录能不能写，再运行一次。")


def install_lock(venv: Path, environment: dict[str, str], windows: bool) -> None:
    """Everything in the lock, by hash, then the project itself as an editable install."""
    python = str(venv_program(venv, "python", windows))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    pip += [] if sys.stdout.isatty() else ["-q"]
    advice = (
        "组件没有装全。多半是网络断了：请看看能不能上网，再运行一次同一条命令。\n"
        "磁盘要留 2 GB。还不行，删掉 .venv 目录再试。"
    )
    lock = ROOT / "installers" / "lock.txt"
    first = venv / "build-requirements.txt"
    first.write_text(build_requirements(lock.read_text(encoding="utf-8")), encoding="utf-8")
    # One component comes as source only. Its build tools are pinned too, so nothing unpinned is ever fetched.
    run_step([*pip, "--require-hashes", "-r", str(first)], environment, advice)
    run_step([*pip, "--require-hashes", "--no-build-isolation", "-r", str(lock)], environment, advice)
    run_step([*pip, "--no-build-isolation", "--no-deps", "-e", str(ROOT)], environment, advice)
    # pip compiles all it installs but an editable project: every start would do that anew, those of the tests too.
    run_quietly([python, "-m", "compileall", "-q", str(ROOT / "src")])


def set_up(verb: str, windows: bool) -> Path:
    """Bring the machine and .venv to what the lock says; a second run only compares a stamp."""
    venv = ROOT / ".venv"
    if not windows:
        screen = verb == "test" or has_screen(
            dict(os.environ), windows
        )  # the tests bring a screen of their own
        install_packages(missing_venv_package, "建 Python 环境的部件")
        install_packages(
            lambda: missing_packages(verb, screen, library_is_there, program_is_there), "几个系统部件"
        )
    python = venv_program(venv, "python", windows)
    mark = venv / "centerdesk-setup.txt"
    known = mark.read_text(encoding="utf-8").splitlines() if mark.is_file() else []
    made = made_here(python)
    if made and known == [made, stamp(ROOT)]:
        return venv
    started = time.monotonic()
    mark.unlink(missing_ok=True)
    if not made or known[:1] != [made]:
        make_venv(venv)
    say("正在下载和安装组件（第一次约 300 MB，要几分钟）…")
    install_lock(venv, child_environment(dict(os.environ), venv, windows), windows)
    mark.write_text(f"{made_here(python)}\n{stamp(ROOT)}\n", encoding="utf-8")
    say(f"装好了，用了 {time.monotonic() - started:.0f} 秒。")
    return venv


def missing_venv_package() -> list[str]:
    """Debian keeps the module that fills a new environment in a package of its own."""
    return [] if importlib.util.find_spec("ensurepip") else ["python3-venv"]


def start(verb: str, rest: list[str], venv: Path, windows: bool) -> int:
    """Run the verb in .venv and hand back its exit code."""
    if verb == "setup":
        say("看演示：python3 installers/from_source.py demo")
        return 0
    if verb == "test":
        command = [str(venv_program(venv, "poe", windows)), "test", *rest]
    else:
        command = [str(venv_program(venv, "centerdesk", windows)), *product_arguments(verb, rest)]
    return subprocess.call(
        command, cwd=ROOT if verb == "test" else None, env=child_environment(dict(os.environ), venv, windows)
    )


def main(arguments: list[str]) -> int:
    """Parse, set up, start; every trouble ends in one message."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    windows = os.name == "nt"
    try:
        verb, rest = parse(arguments)
        if verb == "help":
            say(HELP)
            return 0
        return start(verb, rest, set_up(verb, windows), windows)
    except Stop as stop:
        say(str(stop))
        return stop.code
    except OSError as error:
        where = error.filename or ROOT
        say(f"没有装成：{error.strerror or error}（{where}）。请看看磁盘空间和目录权限，再运行一次。")
        return ENVIRONMENT
    except KeyboardInterrupt:
        say("停下了。再运行一次同一条命令，会接着装。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
