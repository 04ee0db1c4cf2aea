"""What was typed into a form of the set-up, out of it and back into it; secrets stay out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from centerdesk.qtkit.forms import Form


def typed_in(form: Form[Any], but: Collection[str] = ()) -> dict[str, Any]:
    """The fields of a form with something in them, once one was changed by hand; `but` are secrets."""
    if not form.dirty:
        return {}
    loose = form.loose_draft()
    return {f.name: value for f in fields(loose) if f.name not in but and (value := getattr(loose, f.name))}


def type_into(form: Form[Any], typed: Mapping[str, Any]) -> None:
    """Put values back into their fields."""
    known = {f.name for f in fields(form.loose_draft())}
    for name, value in typed.items():
        if name in known:
            form.editor(name).set_value(value)
