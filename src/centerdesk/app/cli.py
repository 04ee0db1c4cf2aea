"""The command line: verbs, arguments, exit codes (ARCHITECTURE section 2).

0 done, 1 the input was refused, 2 usage, 3 the environment failed. With `--json` stdout holds one JSON object
and nothing else; sentences for people go to stderr then. Heavy imports happen inside the verb that needs them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from centerdesk.kernel.clock import SHANGHAI, Clock, FixedClock, SystemClock
from centerdesk.kernel.errors import EnvironmentFault, UserError, ValidationError
from centerdesk.kernel.paths import DataDir, default_data_dir

DONE, REFUSED, USAGE, ENVIRONMENT = 0, 1, 2, 3

VERBS = {
    "desk": ("centerdesk.app.desk", "打开服务台（不写动词时就是它）"),
    "init": ("centerdesk.app.cli_station", "设一个新站"),
    "demo": ("centerdesk.app.demo", "演示站：云和社区的一天"),
    "import": ("centerdesk.app.cli_work", "导入居民表或看窗表"),
    "return": ("centerdesk.app.cli_work", "编月报"),
    "watch": ("centerdesk.app.cli_station", "看护程序：到点没看就报警"),
    "backup": ("centerdesk.app.cli_station", "现在备份"),
    "restore": ("centerdesk.app.cli_station", "从备份退回"),
    "verify": ("centerdesk.app.cli_station", "核对数据"),
    "migrate": ("centerdesk.app.cli_station", "升级库的版式"),
    "doctor": ("centerdesk.app.cli_doctor", "检查这台机器"),
    "self-test": ("centerdesk.app.cli_doctor", "程序自检"),
}


@dataclass
class Console:
    """Where a verb's words go. `json_only`: stdout is for one object, sentences go to stderr."""

    json_only: bool = False

    def say(self, text: str) -> None:
        print(text, file=sys.stderr if self.json_only else sys.stdout)

    def complain(self, text: str) -> None:
        print(text, file=sys.stderr)

    def answer(self, value: dict[str, Any]) -> None:
        """The one JSON object."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        sys.stderr.write(f"用法不对：{message}\n看全部用法：centerdesk {self.prog.split()[-1]} --help\n")
        raise SystemExit(USAGE)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    parser = _Parser(prog="centerdesk", description="窗明 · 党群服务台")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="站点文件夹")
    parser.add_argument(
        "--as", dest="login", default=None, metavar="ACCOUNT", help="用哪个账号（密码见 CENTERDESK_PASSWORD）"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser)
    made = {name: verbs.add_parser(name, help=title) for name, (_module, title) in VERBS.items()}
    for name in VERBS:
        made[name].add_argument("--now", default=None, help="演练站专用：当作这个时刻，如 2026-12-03T08:41")
    for name in ("import", "return", "verify", "doctor"):
        made[name].add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    _add_station_verbs(made)
    _add_work_verbs(made)
    return parser


def _add_station_verbs(made: dict[str, argparse.ArgumentParser]) -> None:
    init = made["init"]
    init.add_argument("--station", required=True, help="站名，如 云和社区")
    init.add_argument("--admin", required=True, metavar="NAME", help="第一个账号：管理员，暂兼书记")
    init.add_argument("--account", action="append", default=[], metavar="NAME:ROLE[:GRID]")
    init.add_argument("--grid", action="append", default=[], metavar="NAME")
    init.add_argument("--compound", action="append", default=[], metavar="NAME")
    init.add_argument("--street", default="", help="街道名")
    init.add_argument("--drill", action="store_true", help="演练站：可以用 --now")
    demo = made["demo"]
    demo.add_argument("--out", type=Path, default=Path("demo-out"), help="结果放哪里")
    demo.add_argument("--headless", action="store_true", help="做完就结束，不开窗口")
    made["watch"].add_argument("--once", action="store_true", help="只看一遍")
    made["backup"].add_argument("--to", type=Path, default=None, help="另存一份到这个文件夹")
    restore = made["restore"]
    restore.add_argument("backup", type=Path, nargs="?", default=None, help="哪一份；不写就用最近的好备份")
    restore.add_argument(
        "--second", default=None, metavar="ACCOUNT", help="另一位（密码见 CENTERDESK_SECOND_PASSWORD）"
    )
    restore.add_argument("--list", action="store_true", help="只列出有哪些备份")


def _add_work_verbs(made: dict[str, argparse.ArgumentParser]) -> None:
    intake = made["import"]
    intake.add_argument("file", type=Path)
    intake.add_argument("--layout", default=None, help="表的种类：roster 居民表，checkins 看窗表；不写自己认")
    intake.add_argument("--dry-run", action="store_true", help="只试算，不写入")
    intake.add_argument(
        "--rows", action="store_true", help="连每行的人一起输出（要和 --dry-run 同用，会留痕）"
    )
    returns = made["return"]
    returns.add_argument("act", choices=["build"], help="build：编一个月的月报")
    returns.add_argument("--period", required=True, help="月份，如 2026-10")
    returns.add_argument("--out", type=Path, default=None, help="Excel 和 PDF 放哪里")


def run(argv: Sequence[str]) -> int:
    """Parse, run one verb, turn every failure into its sentence and exit code."""
    parser = build_parser()
    try:
        args = parser.parse_args(argv if argv else ["desk"])
        if args.verb is None:
            args = parser.parse_args([*argv, "desk"])
    except SystemExit as exc:
        return int(exc.code or 0)
    console = Console(getattr(args, "json", False))
    try:
        return _verb(args.verb)(args, console)
    except EnvironmentFault as exc:
        console.complain(str(exc))
        return ENVIRONMENT
    except ValidationError as exc:
        for sentence in exc.fields.values():
            console.complain(sentence)
        return REFUSED
    except UserError as exc:
        console.complain(str(exc))
        return REFUSED
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stdout = None  # type: ignore[assignment]  # nothing is left to write to at exit
        return DONE
    except KeyboardInterrupt:
        console.complain("已停下。")
        return REFUSED
    except Exception as exc:  # noqa: BLE001 - the last line of defence: a code for the clerk, frames for the file
        return _crashed(exc, args, console)


def _verb(name: str) -> Callable[[argparse.Namespace, Console], int]:
    import importlib

    module = importlib.import_module(VERBS[name][0])
    found: Callable[[argparse.Namespace, Console], int] = getattr(module, name.replace("-", "_") + "_verb")
    return found


def _crashed(exc: Exception, args: argparse.Namespace, console: Console) -> int:
    from centerdesk.kernel import crash

    code = crash.fingerprint(exc)
    console.complain(f"程序出了没料到的错（{code}），这一步没有做完。请把这个号告诉管理员，再试一次。")
    folder = data_dir(args).logs
    if folder.is_dir():
        (folder / f"crash-{code}.txt").write_text(crash.frames_only(exc), "utf-8")
    return ENVIRONMENT


def data_dir(args: argparse.Namespace) -> DataDir:
    """The station's folder: as given, else the machine's own."""
    return DataDir(args.data if args.data is not None else default_data_dir())


def clock_for(args: argparse.Namespace, *, drill: bool) -> Clock:
    """The machine's clock, or the instant of `--now` on a drill station. Raises ValidationError elsewhere."""
    if args.now is None:
        return SystemClock()
    if not drill:
        raise ValidationError({"now": "只有演练站才能用 --now。这是正式的站，时间要照真的来。"})
    try:
        at = datetime.fromisoformat(args.now)
    except ValueError as exc:
        raise ValidationError({"now": "时刻写成 2026-12-03T08:41 这样，再来一次。"}) from exc
    return FixedClock(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
