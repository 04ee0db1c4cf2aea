"""Masks of personal values (打码) as lists, prints and logs show them by default (STANDARDS 3.4).

Pure functions; any thread. They fail closed: what has no known shape is hidden, not shown.
"""

from __future__ import annotations

import re

from centerdesk.kernel.chinese import is_han, split_name

STAR = "*"

_NUM = "[0-9０-９A-Za-z一二三四五六七八九十零〇两]+"
_BUILDING = re.compile(rf"^.*?{_NUM}\s*(?:号楼|号栋|栋|幢|座|楼)")
_DASHED = re.compile(r"^(?P<before>.*?)(?P<building>[0-9]+)\s*(?:号|#)?\s*[-－—–/#.]\s*[0-9]+")
_ROAD = re.compile(rf"^.*?(?:路|街|巷|弄|胡同|大道)\s*{_NUM}号院?")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_VILLAGE = re.compile(r"^.*?[村屯组](?!.*[村屯组])")


def mask_name(name: str) -> str:
    """张三 → 张*, 张小明 → 张*明, 欧阳娜娜 → 欧阳**; names that are not Chinese keep their first letter."""
    name = name.strip()
    if not name:
        return ""
    surname, given = split_name(name)
    if not is_han(name[0]) or "·" in name or "•" in name or len(name) == 1:
        return (name[0] if len(name) > 1 else "") + STAR * 2
    if len(surname) > 1 or len(given) == 1:
        return surname + STAR * len(given)
    return surname + STAR * (len(given) - 1) + given[-1]


def mask_name_public(name: str) -> str:
    """As a wall or a notice shows it: 李** whatever the length, compound surnames whole."""
    name = name.strip()
    if not name:
        return ""
    surname = split_name(name)[0] if is_han(name[0]) and "·" not in name and "•" not in name else name[0]
    return (surname if len(name) > 1 else "") + STAR * 2


def mask_id(number: str) -> str:
    """6 + 4 of an identity number (`230811********1239`), old ones too; of other papers two at most."""
    number = number.strip()
    if len(number) in (15, 18):
        return number[:6] + STAR * (len(number) - 10) + number[-4:]
    return _tail(number, 2)


def mask_phone(number: str) -> str:
    """138****2345, 0454-***8888 (extension dropped). Service and short numbers are public and stay."""
    number = number.strip()
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    if landline := re.fullmatch(r"(0[0-9]{2,3})-([0-9]{7,8})(?:-[0-9]{1,6})?", number):
        area, own = landline.groups()
        return f"{area}-{STAR * (len(own) - 4)}{own[-4:]}"
    if re.fullmatch(r"[48]00-[0-9]{3}-[0-9]{4}|11[09]|12[02]|12345|12349|9[56][0-9]{3,4}", number):
        return number
    return _tail(number, 2)


def mask_address(address: str) -> str:
    """Down to the building (云和里3号楼), house number or village; unit, floor and room never show."""
    address = address.strip()
    if dashed := _DASHED.match(address):
        return f"{dashed['before'].rstrip(' ,，')}{dashed['building']}号楼"
    for shape in (_BUILDING, _ROAD, _VILLAGE):
        if found := shape.match(address):
            return found[0]
    return re.split(r"[0-9０-９]", address)[0].rstrip() or (STAR * 3 if address else "")


def _tail(text: str, shown: int) -> str:
    """All but the last characters hidden; short texts altogether."""
    return STAR * len(text) if len(text) < shown * 3 else STAR * (len(text) - shown) + text[-shown:]
