"""Made-up people in any number: names as common as in a real town, numbers that add up, doors, tags."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from centerdesk.kernel.idnumber import CHECK_CHARACTERS, WEIGHTS, known_areas

_SURNAMES = (
    "王" * 72
    + "李" * 72
    + "张" * 68
    + "刘" * 54
    + "陈" * 45
    + "杨" * 31
    + "赵" * 23
    + "黄" * 22
    + "周" * 21
    + "吴" * 19
    + "徐" * 17
    + "孙" * 15
    + "胡" * 13
    + "朱" * 13
    + "高" * 12
    + "林" * 12
    + "何" * 12
    + "郭" * 11
    + "马马马马马马马马马马罗罗罗罗罗罗罗罗罗梁梁梁梁梁梁梁梁宋宋宋宋宋宋宋宋郑郑郑郑郑郑郑谢谢谢谢谢谢谢韩韩韩韩韩韩韩"
    "唐唐唐唐唐唐冯冯冯冯冯冯于于于于于于董董董董董董萧程程程程程曹曹曹曹曹袁袁袁袁袁邓邓邓邓邓许许许许许傅傅傅傅傅"
    "沈沈沈沈沈曾曾曾曾彭彭彭彭彭吕吕吕吕苏苏苏苏卢卢卢卢蒋蒋蒋蒋蔡蔡蔡蔡贾贾贾贾丁丁丁丁魏魏魏魏薛薛薛叶叶叶阎余余余潘潘潘杜杜杜"
    "戴戴夏夏钟钟汪汪田田任任姜姜范范方方石石姚姚谭谭廖廖邹邹熊熊金金陆陆郝郝孔孔白白崔崔康康毛毛邱邱秦秦江江史史顾顾侯侯邵邵"
    "孟孟龙龙万万段段雷雷钱钱汤汤尹黎易常武乔贺赖龚文单查仇翟乐解盖区种"
)
_GIVEN = (
    "桂兰秀英玉珍淑华丽娟凤霞春梅红艳志强建国明军伟勇平海波文斌永福德胜国庆金宝洪生树林宝山长青广田忠义成龙"
    "子轩梓涵欣怡雨桐浩然思远俊杰佳慧晓东小明雪梅冬梅素琴月娥瑞芳彩云翠花素珍玉兰秀兰凤英桂英淑珍淑兰桂芝"
    "亚楠雅静宇航天佑嘉豪诗涵紫萱若曦博文鹏飞振华立新卫东爱民和平援朝跃进胜利解放"
)
_RELATIONS = ("户主", "配偶", "子", "女", "父亲", "母亲")
_TAGS = ("独居", "空巢", "低保", "残疾", "退役军人", "党员", "优抚")
_CROSS = "男女"


@dataclass(frozen=True, slots=True)
class Made:
    """一个虚构的人, as a row of a ledger."""

    grid: str
    head: str
    compound: str
    door: str
    name: str
    relation: str
    sex: str
    birth: date
    id_no: str
    phone: str
    political: str
    residence: str
    tags: str
    move_in: date
    first: bool  # of the household


def grids(count: int) -> tuple[str, ...]:
    """Grids of a place of so many people: about three hundred homes each, at most sixty."""
    return tuple(f"云和第{n + 1}网格" for n in range(max(2, min(60, count // 800))))


def compounds(count: int) -> tuple[str, ...]:
    """Compounds: about four thousand people each."""
    return tuple(f"云和苑{_HAN[n % 20]}{n // 20 or ''}区" for n in range(max(2, min(60, count // 4000))))


_HAN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def people(count: int, seed: int = 20261203) -> Iterator[Made]:
    """So many people, household by household; the same every time."""
    dice, own_grids, own_compounds = random.Random(seed), grids(count), compounds(count)
    made, home = 0, 0
    while made < count:
        home += 1
        size = min(dice.choice((1, 2, 2, 3, 3, 3, 4, 5)), count - made)
        compound = own_compounds[home % len(own_compounds)]
        at = home // len(own_compounds)
        floor, side, unit, building = at % 6 + 1, at // 6 % 3 + 1, at // 18 % 4 + 1, at // 72 + 1
        door = f"{building}-{unit}-{floor}0{side}"
        grid = own_grids[(home % len(own_compounds) * 7 + building) % len(own_grids)]
        head = ""
        for n in range(size):
            made += 1
            name = dice.choice(_SURNAMES) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2, 2))))
            head = head or name
            birth = date(1934, 1, 1) + timedelta(days=dice.randrange(33_000))
            sex = dice.randrange(2)
            yield Made(
                grid,
                head,
                compound,
                door,
                name,
                _RELATIONS[min(n, 5)],
                _CROSS[sex],
                birth,
                _number(birth, made, sex),
                f"199{made % 100_000_000:08d}",
                dice.choice(("群众", "群众", "群众", "中共党员", "共青团员")),
                dice.choice(("常住",) * 8 + ("人户分离", "流动")),
                dice.choice(_TAGS) if dice.random() < 0.12 else "",
                date(1990, 1, 1) + timedelta(days=dice.randrange(13_400)),
                n == 0,
            )


def _number(birth: date, serial: int, sex: int) -> str:
    """An identity number that adds up; the area changes every five hundred people, so that no two are alike."""
    areas = _areas()
    digits = f"{areas[serial // 500 % len(areas)]}{birth:%Y%m%d}{serial % 500 * 2 + 1 - sex:03d}"
    return digits + CHECK_CHARACTERS[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


@cache
def _areas() -> tuple[str, ...]:
    """Areas of one province, so that hardly a number is doubted."""
    return tuple(sorted(a for a in known_areas() if a.startswith("23") and not a.endswith("00")))
