"""Verbs and arguments of the command line, in Chinese (ARCHITECTURE section 2)."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

USAGE = 2

VERBS = {
    "desk": ("centerdesk.app.desk.program", "打开服务台（不写动词时就是它）"),
    "init": ("centerdesk.app.verbs.station", "设一个新站"),
    "join": ("centerdesk.app.verbs.station", "把这台电脑接到服务器上的一个站"),
    "demo": ("centerdesk.app.demo", "演示站：云和社区的一天"),
    "import": ("centerdesk.app.verbs.work", "导入居民表或看窗表"),
    "return": ("centerdesk.app.verbs.work", "编月报"),
    "watch": ("centerdesk.app.verbs.station", "看护程序：到点没看就报警"),
    "backup": ("centerdesk.app.verbs.restore", "现在备份"),
    "restore": ("centerdesk.app.verbs.restore", "从备份退回"),
    "verify": ("centerdesk.app.verbs.station", "核对数据"),
    "migrate": ("centerdesk.app.verbs.station", "升级库的版式"),
    "doctor": ("centerdesk.app.verbs.doctor", "检查这台机器"),
    "self-test": ("centerdesk.app.selftest", "程序自检"),
}
"""Verb → the module that holds `<verb>_verb`, and what it does. Imported only when it runs."""

_TIMELESS = ("demo", "doctor", "self-test")
"""Verbs for which `--now` would mean nothing."""

_TOLD = (
    (r"the following arguments are required: (.*)", r"少了 \1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1 没有 \2 这一项，可以写 \3"),
    (r"argument (.*): expected (?:one|at least one) argument", r"\1 后面要写一个值"),
    (r"argument (.*): invalid .* value: (.*)", r"\1 不能是 \2"),
    (r"argument (.*): ignored explicit argument .*", r"\1 后面不用写值"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
)
"""What argparse says, and what we say."""


class Misuse(SystemExit):
    """A call that argparse refused; `sentence` says what is wrong with it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(USAGE)
        self.sentence = sentence


class _Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese and takes no abbreviations: a verb of later must not change one of today."""

    def __init__(
        self, prog: str | None = None, description: str | None = None, help: str | None = None
    ) -> None:
        super().__init__(prog=prog, description=description or help, allow_abbrev=False, add_help=False)
        self._positionals.title, self._optionals.title = "要写的", "可选的"
        self.add_argument("--help", "-h", action="help", help="显示这一页")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        for pattern, ours in _TOLD:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, ours, message)
                break
        sentence = f"用法不对：{message}。看全部用法：{self.prog} --help"
        sys.stderr.write(f"{self.format_usage()}{sentence}\n")
        raise Misuse(sentence)


def opens_desk(argv: Sequence[str]) -> bool:
    """Whether the call is plainly one for the desk, so that its parser needs no other verb (5 ms of a start)."""
    words = iter(argv)
    for word in words:
        if word not in ("--data", "--as"):
            return word == "desk"
        next(words, None)
    return True


def build_parser(*, for_desk: bool = False) -> argparse.ArgumentParser:
    """The parser of all verbs, or of `desk` alone."""
    parser = _Parser("centerdesk", "窗明 · 党群服务台")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="站点文件夹")
    parser.add_argument(
        "--as", dest="login", default=None, metavar="ACCOUNT", help="用哪个账号（密码见 CENTERDESK_PASSWORD）"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser)
    named = ("desk",) if for_desk else VERBS
    made = {name: verbs.add_parser(name, help=VERBS[name][1]) for name in named}
    for name, verb in made.items():
        verb.set_defaults(now=None)
        if name not in _TIMELESS:
            verb.add_argument("--now", default=None, help="演练站专用：当作这个时刻，如 2026-12-03T08:41")
    if not for_desk:
        for name in ("import", "return", "verify", "doctor"):
            made[name].add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
        _add_station_verbs(made)
        _add_work_verbs(made)
    return parser


def _add_station_verbs(made: dict[str, _Parser]) -> None:
    init = made["init"]
    init.add_argument("--station", required=True, help="站名，如 云和社区")
    init.add_argument("--admin", required=True, metavar="NAME", help="第一个账号：管理员，暂兼书记")
    init.add_argument(
        "--account", action="append", default=[], metavar="NAME:ROLE[:GRID]",
        help="再设一个账号；ROLE 是 front_desk grid_worker secretary administrator",
    )  # fmt: skip
    init.add_argument("--grid", action="append", default=[], metavar="NAME", help="网格，可以写多个")
    init.add_argument("--compound", action="append", default=[], metavar="NAME", help="小区，可以写多个")
    init.add_argument("--street", default="", help="街道名")
    init.add_argument("--drill", action="store_true", help="演练站：可以用 --now")
    init.add_argument(
        "--database", default=None, metavar="URL",
        help="库设在服务器上：postgresql://账号@主机/库名?schema=站的拼音（密码见 PGPASSWORD）",
    )  # fmt: skip
    for name in ("init", "migrate"):
        made[name].add_argument(
            "--owner", default=None, metavar="NAME",
            help="服务器上能建表的账号（密码见 CENTERDESK_OWNER_PASSWORD）",
        )  # fmt: skip
    made["join"].add_argument(
        "folder", type=Path, help="放着另一台电脑的 keyslots.json 和 station.toml 的文件夹"
    )
    demo = made["demo"]
    demo.add_argument("--out", type=Path, default=Path("demo-out"), help="结果放哪里")
    demo.add_argument("--headless", action="store_true", help="做完就结束，不开窗口")
    made["watch"].add_argument("--once", action="store_true", help="只看一遍")
    made["backup"].add_argument("--to", type=Path, default=None, metavar="DIR", help="另存一份到这个文件夹")
    made["verify"].add_argument(
        "--paper",
        action="append",
        default=[],
        metavar="CODE",
        help="月报页脚方码里的后两段，如 1482 7F3A91C20B5D4E66",
    )
    restore = made["restore"]
    restore.add_argument("backup", type=Path, nargs="?", default=None, help="哪一份；不写就用最近的好备份")
    restore.add_argument(
        "--second", default=None, metavar="ACCOUNT", help="另一位（密码见 CENTERDESK_SECOND_PASSWORD）"
    )
    restore.add_argument("--list", action="store_true", help="只列出有哪些备份")


def _add_work_verbs(made: dict[str, _Parser]) -> None:
    intake = made["import"]
    intake.add_argument("file", type=Path, help="Excel、WPS 或 csv 文件")
    intake.add_argument(
        "--layout", choices=["roster", "checkins"], default=None,
        help="表的种类：roster 居民表，checkins 看窗表；不写自己认",
    )  # fmt: skip
    intake.add_argument("--dry-run", action="store_true", help="只试算，不写入")
    intake.add_argument(
        "--rows", action="store_true", help="连每行的人一起输出（要和 --dry-run 同用，会留痕）"
    )
    intake.add_argument(
        "--enrolment", type=Path, default=None, metavar="CSV",
        help="看窗表的登记名单；不写就用旁边的 …_enrolment.csv",
    )  # fmt: skip
    intake.add_argument(
        "--outcomes", type=Path, default=None, metavar="CSV",
        help="看窗表的结案登记；不写就用旁边的 …_outcomes.csv",
    )  # fmt: skip
    returns = made["return"]
    returns.add_argument("act", choices=["build"], help="build：编一个月的月报")
    returns.add_argument("--period", required=True, metavar="2026-10", help="月份")
    returns.add_argument("--out", type=Path, default=None, metavar="DIR", help="Excel 和 PDF 放哪里")
