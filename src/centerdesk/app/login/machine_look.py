"""How the machine looks before anybody has signed in, and how that meets what each person likes."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QApplication

from centerdesk.app.desk.memory import DeskMemory, LookChoice
from centerdesk.qtkit.theme import Theme

_CHOSEN = "machine_look_chosen"


def wear(app: QApplication, look: LookChoice) -> None:
    """Put a look on where no station tells whether it is dark outside."""
    Theme.load(look.name(after_sunset=False), large=look.large, zoom=look.zoom).apply(app)


def machine_look(memory: DeskMemory) -> LookChoice:
    """The look of the pages before the desk."""
    return memory.for_person(None).look


def keep_machine_look(memory: DeskMemory, look: LookChoice) -> None:
    """Somebody chose it there: from now on it stays as it is, whoever signs in."""
    memory.for_person(None).keep_look(look)
    memory.put(True, _CHOSEN)


def sign_in_look(memory: DeskMemory, account_id: UUID | None) -> None:
    """Who has never chosen a look begins with the machine's; a machine's that nobody chose follows the last person."""
    person = memory.for_person(account_id)
    if memory.get(_CHOSEN) is True:
        if memory.get("people", str(account_id), "look") is None:
            person.keep_look(machine_look(memory))
    else:
        memory.for_person(None).keep_look(person.look)
