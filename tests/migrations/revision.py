"""`poe revision "area: what"`: write the next migration by comparing the tables with the newest schema."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

import centerdesk.migrations
from centerdesk.app.features import manifests
from centerdesk.kernel import migrate
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.migrations import REVISIONS


def main(message: str) -> None:
    """Write `versions/NNNN_message.py`; the caller adds the number to `REVISIONS`."""
    manifests().import_models()
    folder = Path(centerdesk.migrations.__file__).parent
    there = sorted(p.stem[:4] for p in (folder / "versions").glob("0*.py"))
    number = f"{len(there) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with tempfile.TemporaryDirectory() as scratch:
        database = Database.open(Path(scratch) / "x.db", KeyRing(DataKey.generate()), create=True)
        with database.rw.begin() as connection:
            if there:
                migrate.upgrade_connection(connection)
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)
        database.close()
    if number not in REVISIONS:
        sys.stderr.write(f"now add {number} to REVISIONS in centerdesk/migrations/__init__.py\n")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
