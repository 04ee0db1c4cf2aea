"""The whole run where this machine's key is lost: trouble, recovery sheet, login."""

from __future__ import annotations

from PySide6.QtTest import QTest

from centerdesk.app.desk.program import DONE
from centerdesk.app.desk.trouble import Trouble
from centerdesk.app.login.page import LoginPage
from centerdesk.app.rescue import Rescue
from tests.app.shell import test_desk_program as program

run, data = program.run, program.data


def test_a_lost_machine_key_leads_through_the_sheet_to_the_login(run, data, founded):
    data.machine_key.unlink()
    code = founded[1]

    def type_it(front) -> bool:
        if not isinstance(front, Rescue) or front.here.isHidden():
            return False
        if not front.groups.text:
            for field, group in zip(front.groups.fields, code.groups, strict=True):
                QTest.keyClicks(field, group)
        # the list of backups may still be on its way: a person would wait for the button
        if front.go.missing:
            return False
        front.go.click()
        return True

    ended, driver = run(
        data,
        program.on(Trouble, program.press("trouble_rescue")),
        type_it,
        program.on(LoginPage, program.close),
    )
    assert ended == DONE
    assert driver.seen == ["Trouble", "Rescue", "LoginPage"]
