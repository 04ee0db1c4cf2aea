"""csv files as exports write them: which characters, which separator, which rows (child process only)."""

from __future__ import annotations

import codecs
import csv
import io

from centerdesk.kernel.spreadsheet_in_limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, column_letters
from centerdesk.kernel.spreadsheet_in_zip import Refused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",\t;|，"
_FOREIGN = (
    (b"%PDF", "这是 PDF 文件，不是表格。请向对方要 Excel 文件。"),
    (b"\x89PNG", "这是图片，不是表格。请向对方要 Excel 文件。"),
    (b"\xff\xd8\xff", "这是照片，不是表格。请向对方要 Excel 文件。"),
    (b"Rar!", "这是压缩包，不是表格。请先解压，再选里面的表格文件。"),
    (b"7z\xbc\xaf", "这是压缩包，不是表格。请先解压，再选里面的表格文件。"),
    (b"\x1f\x8b", "这是压缩包，不是表格。请先解压，再选里面的表格文件。"),
    (b"SQLite format 3", "这是数据库文件，不是表格。请选 .xlsx、.xls、.ods 或 .csv 文件。"),
)
_NOT_A_TABLE = "这不是表格文件。请选 .xlsx、.xls、.ods 或 .csv 文件。"


def read_text(data: bytes) -> tuple[str, str]:
    """The text and its encoding: utf-8, utf-8-sig, utf-16 or gb18030. Raises Refused."""
    for magic, message in _FOREIGN:
        if data.startswith(magic):
            raise Refused(message)
    encoding = detect(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise Refused(
            f"第 {line} 行附近的文字编码不对，读不出来。请用 WPS 或 Excel 打开，另存为 .xlsx 后再试。"
        ) from None
    head = text[:2000].lstrip().lower()
    if head.startswith(("<html", "<!doctype", "<table", "<?xml", "<meta")):
        raise Refused(
            "这个文件其实是网页格式（有的系统导出的 .xls 是这样）。"
            "请用 WPS 或 Excel 打开，另存为 .xlsx 后再试。"
        )
    if "\0" in text or sum(c < " " and c not in "\t\r\n\f" for c in text[:4000]) > 8:
        raise Refused(_NOT_A_TABLE)
    return text, encoding


def detect(data: bytes) -> str:
    """The encoding by mark, else by what decodes; GB 18030 is the last guess, it takes nearly all."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    sample = data[:4096]
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) < len(sample) // 20 or min(even, odd) > len(sample) // 20:
            raise Refused(_NOT_A_TABLE)
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def read_rows(text: str) -> list[list[str]]:
    """Records in file order; a blank line is an empty record, so that numbers stay those of the file.

    Raises Refused when a limit is passed or a quote is left open.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise Refused(
                    f"第 {len(rows) + 1} 条记录有 {len(row)} 列（最多 {MAX_COLUMNS} 列），没有读取。"
                    "请删去多余的列后再试。"
                )
            if len(rows) >= MAX_ROWS:
                raise Refused(f"记录超过 {MAX_ROWS} 行，没有读取。请拆成几个文件，分次导入。")
            rows.append(row)
    except csv.Error:
        raise Refused(
            f"第 {len(rows) + 1} 条记录读不出来：一格超过 {MAX_CELL_CHARACTERS} 个字，或引号没有成对。"
            "请改正后再试。",
            "(csv)",
            f"{column_letters(1)}{len(rows) + 1}",
        ) from None
    return rows


def separator(text: str) -> str:
    """The sign that parts the first records into the most columns of the same number."""
    lines = [line for line in text[:65536].splitlines()[:40] if line.strip()]
    if not lines:
        return ","
    if len(lines[0]) == 5 and lines[0].startswith("sep="):
        return lines[0][4]  # Excel's own note to itself

    def score(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        common = max(set(counts), key=counts.count)
        return (common > 0 and counts.count(common), common)

    return max(_SEPARATORS, key=score) if any(score(sign)[1] for sign in _SEPARATORS) else ","
