"""The floor: the least a desk of this make could do. A PySide6 table window, an encrypted database, one password.

It shows a table window, imports `sqlalchemy.orm`, opens an encrypted database with a raw key and checks one
Argon2id hash. `python -m tests.perf.floor DATABASE KEY HASH`.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Everything a start cannot do without, nothing else."""
    database, key, stored = sys.argv[1:]
    import sqlalchemy.orm  # noqa: F401  # the floor pays for it as the desk does
    import sqlcipher3.dbapi2 as sqlite
    from argon2 import PasswordHasher
    from PySide6.QtCore import QAbstractTableModel, QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication, QTableView

    class Rows(QAbstractTableModel):
        def rowCount(self, _parent: object = None) -> int:
            return 200

        def columnCount(self, _parent: object = None) -> int:
            return 12

        def data(self, index: object, role: int = 0) -> object:
            return "王桂兰" if role == Qt.ItemDataRole.DisplayRole else None

    app = QApplication(sys.argv[:1])
    connection = sqlite.connect(database)
    connection.execute(f"PRAGMA key=\"x'{key}'\"")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    PasswordHasher().verify(stored, "雪天-扫帚-七号")
    table = QTableView()
    table.setModel(Rows())
    table.resize(1440, 900)

    from tests.perf.figures import answer, began, resident_mb

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                QTimer.singleShot(0, told)
                table.viewport().removeEventFilter(self)
            return False

    def told() -> None:
        answer(seconds=time.perf_counter() - began(), cpu=time.process_time(), mb=resident_mb())
        app.quit()

    watch = Painted()
    table.viewport().installEventFilter(watch)
    table.show()
    app.exec()
    connection.close()


if __name__ == "__main__":
    main()
