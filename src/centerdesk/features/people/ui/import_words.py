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
