"""Pages of people in the states worth a picture; the caller shows them, waits until all is read, and grabs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from centerdesk.features.people.ui.import_page import ImportPage
from centerdesk.features.people.ui.pages import LedgerPage
from centerdesk.kernel.paths import resource
from centerdesk.qtkit.page import PageHost


def shots(host: PageHost) -> dict[str, QWidget]:
    """Name → page. With an empty station the same pages show their empty states."""
    ledger, found, form = LedgerPage(host), LedgerPage(host), LedgerPage(host)
    found.filters.search.setText("wang")
    form.editing.new()
    form.editing.resident.form.editor("id_no").set_value("23081119530412024")
    form.editing.resident.save_button.click()
    choosing, review = ImportPage(host), ImportPage(host)
    review.start(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"))
    return {
        "people": ledger,
        "people-found": found,
        "people-form": form,
        "people-import": choosing,
        "people-import-review": review,
    }
