"""What the import page calls things: fields, kinds of problems, severities."""

from __future__ import annotations

from centerdesk.features.people.importing_result import FIX, REFUSE, WARN

FIELD_TEXTS = {
    "name": "姓名", "id": "身份证号", "sex": "性别", "birth": "出生日期", "phone": "电话", "relation": "与户主关系",
    "head": "户主姓名", "hno": "户号", "grid": "网格", "compound": "小区", "address": "门牌", "building": "楼栋",
    "unit": "单元", "floor": "楼层", "room": "室", "ethnic": "民族", "political": "政治面貌", "residence": "人户",
    "tags": "标签", "move_in": "迁入日期", "remark": "备注", "idtype": "证件类型", "seq": "序号", "pno": "人员编号",
}  # fmt: skip
"""Fields a column of a roster can stand for."""

NOT_IMPORTED = "不导入"

KIND_TEXTS = {
    "id_check_digit": "身份证号对不上校验位", "id_length": "身份证号位数不对", "id_bad_chars": "身份证号里有别的字",
    "id_impossible_date": "身份证号里的生日不存在", "id_float": "身份证号丢了后几位",
    "id_duplicate": "身份证号和别人的一样",
    "person_twice_phone_differs": "同一个人前面收过，电话不一样", "name_missing": "没有姓名",
    "row_duplicate_identical": "和前面一行完全一样", "sex_contradicts_id": "性别和证件号对不上",
    "birth_contradicts_id": "生日和证件号对不上", "birth_impossible": "生日不存在", "movein_impossible": "迁入日期不对",
    "grid_unknown": "没有这个网格", "area_code_unknown": "区划代码没见过", "id_missing": "没有身份证号",
    "id_15_upgraded": "15 位旧号", "phone_invalid": "电话位数不对", "household_two_heads": "一户两个户主",
    "tag_unknown": "标签不在词表里", "id_lowercase_x": "小写 x 已改大写", "id_fullwidth": "全角数字已改半角",
    "id_spaces": "空格已去掉", "name_pua": "旧字库的字", "address_free_form": "门牌写法不规范",
}  # fmt: skip
"""A kind of problem in a few words; the sentence below it says what to do."""

GROUNDS = {REFUSE: ("red-wash", "red"), WARN: ("dawn-wash", "dawn-ink"), FIX: ("green-wash", "green")}
"""Severity: (ground, ink)."""

ICONS = {REFUSE: ("error_circle", True), WARN: ("warning", False), FIX: ("checkmark_circle", False)}
"""Severity: (icon, filled): a filled icon blocks."""

SEVERITY_TEXTS = {REFUSE: "挡住", WARN: "要看", FIX: "已整理"}

CHANGED_FIELDS = {
    "name": ("name",), "relation": ("relation",), "ethnic": ("ethnic",), "political": ("political",),
    "residence": ("residence",), "move_in_on": ("move_in",), "remark": ("remark",), "tags_free": ("tags",),
    "tags": ("tags",), "phones": ("phone",), "door": ("address", "room", "building"),
}  # fmt: skip
"""Field of the ledger that would change → columns of the file it comes from."""
