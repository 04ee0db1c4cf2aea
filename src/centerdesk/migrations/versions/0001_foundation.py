"""The first schema: staff, places, people, check-ins, returns, journal, search, settings.

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from centerdesk.kernel.orm import Guid, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


BY_HAND = {
    "sqlite": (
        "CREATE TRIGGER journal_op_no_update BEFORE UPDATE ON journal_op BEGIN SELECT RAISE(ABORT, 'journal_op is append-only'); END",
        "CREATE TRIGGER journal_op_no_delete BEFORE DELETE ON journal_op BEGIN SELECT RAISE(ABORT, 'journal_op is append-only'); END",
        "CREATE VIRTUAL TABLE search_fts USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5')",
        "INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', 16777216)",
    ),
    "postgresql": (
        "CREATE FUNCTION journal_op_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_op is append-only' USING ERRCODE = '23000'; END $$",
        "CREATE TRIGGER journal_op_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_op FOR EACH STATEMENT EXECUTE FUNCTION journal_op_refuse()",
        "CREATE FUNCTION journal_op_announce() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.journal', ''); RETURN NULL; END $$",
        "CREATE TRIGGER journal_op_announce AFTER INSERT ON journal_op FOR EACH STATEMENT EXECUTE FUNCTION journal_op_announce()",
        "CREATE TABLE search_fts (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_fts_words ON search_fts USING gin (words) WITH (fastupdate = off)",
    ),
}
"""Full-text search, and the triggers that keep the journal append-only."""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("last_sign_in_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "community",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("street", sa.String(length=60), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
    )
    op.create_table(
        "compound",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("name", name=op.f("uq_compound_name")),
    )
    op.create_table(
        "grid",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid")),
        sa.UniqueConstraint("name", name=op.f("uq_grid_name")),
    )
    op.create_table(
        "journal_image",
        sa.Column("op_id", Guid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("row_id", Guid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("op_id", "ordinal", name=op.f("pk_journal_image")),
    )
    with op.batch_alter_table("journal_image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_image_row_id"), ["row_id"], unique=False)

    op.create_table(
        "journal_op",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("actor_id", Guid(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.String(length=120), nullable=False),
        sa.Column("second_id", Guid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=True),
        sa.Column("object_id", Guid(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("undoable", sa.Boolean(), nullable=False),
        sa.Column("undoes", Guid(), nullable=True),
        sa.Column("idem_key", Guid(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("images_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_op")),
        sa.UniqueConstraint("id", name=op.f("uq_journal_op_id")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_journal_op_idem_key")),
        info={"append_only": True},
    )
    with op.batch_alter_table("journal_op", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_op_action_seq"), ["action", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_op_actor_id_seq"), ["actor_id", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_op_object_id_seq"), ["object_id", "seq"], unique=False)

    op.create_table(
        "return_edition",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.String(length=12), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("built_by", Guid(), nullable=True),
        sa.Column("signed_by", Guid(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_edition")),
        sa.UniqueConstraint("code", "period", "edition", name=op.f("uq_return_edition_code_period_edition")),
    )
    op.create_table(
        "search_entry",
        sa.Column(
            "rowid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("row_id", Guid(), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("rowid", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("row_id", "kind", name=op.f("uq_search_entry_row_id_kind")),
    )
    op.create_table(
        "setting",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("owner", Guid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("scope", "owner", "key", name=op.f("uq_setting_scope_owner_key")),
    )
    op.create_table(
        "sign_in_guard",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries_today", sa.Integer(), nullable=False),
        sa.Column("high_water", UtcDateTime(), nullable=False),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("ticks", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_sign_in_guard")),
    )
    op.create_table(
        "watch_gap",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("confirmed_by", Guid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_gap")),
    )
    op.create_table(
        "watcher_beat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("high_water", UtcDateTime(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("sound_ok", sa.Boolean(), nullable=True),
        sa.Column("sound_checked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watcher_beat")),
    )
    op.create_table(
        "account_role",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("account_id", Guid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint("account_id", "role", name=op.f("uq_account_role_account_id_role")),
    )
    op.create_table(
        "building",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("compound_id", Guid(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("sort_key", sa.String(length=40), nullable=False),
        sa.Column("floors", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("doors_per_unit", sa.Integer(), nullable=False),
        sa.Column("mirrored", sa.Boolean(), nullable=False),
        sa.Column("standing_point", sa.String(length=40), nullable=False),
        sa.Column("route_order", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["compound_id"], ["compound.id"], name=op.f("fk_building_compound_id_compound")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("compound_id", "name", name=op.f("uq_building_compound_id_name")),
    )
    with op.batch_alter_table("building", schema=None) as batch_op:
        batch_op.create_index("ix_building_batch_id", ["batch_id"], unique=False)

    op.create_table(
        "figure_rows",
        sa.Column("edition_id", Guid(), nullable=False),
        sa.Column("figure", sa.String(length=60), nullable=False),
        sa.Column("row_ids", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["return_edition.id"], name=op.f("fk_figure_rows_edition_id_return_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "figure", name=op.f("pk_figure_rows")),
    )
    op.create_table(
        "grid_duty",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("grid_id", Guid(), nullable=False),
        sa.Column("account_id", Guid(), nullable=False),
        sa.Column("post", sa.String(length=1), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grid_duty_account_id_account")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_duty_grid_id_grid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_duty")),
    )
    with op.batch_alter_table("grid_duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grid_duty_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_duty_grid_id_post"), ["grid_id", "post"], unique=False)

    op.create_table(
        "leave",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("account_id", Guid(), nullable=False),
        sa.Column("deputy_id", Guid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_leave_account_id_account")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_leave_deputy_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leave_account_id_last_on"), ["account_id", "last_on"], unique=False
        )

    op.create_table(
        "round_sign_off",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=8), nullable=False),
        sa.Column("worker_id", Guid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["account.id"], name=op.f("fk_round_sign_off_worker_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_sign_off")),
        sa.UniqueConstraint("day", "slot", "worker_id", name=op.f("uq_round_sign_off_day_slot_worker_id")),
    )
    op.create_table(
        "dwelling",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("building_id", Guid(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("floor", sa.String(length=10), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("door", sa.String(length=60), nullable=False),
        sa.Column("door_key", sa.String(length=80), nullable=False),
        sa.Column("grid_id", Guid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_dwelling_building_id_building")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_dwelling_grid_id_grid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwelling")),
        sa.UniqueConstraint(
            "building_id", "unit", "floor", "room", name=op.f("uq_dwelling_building_id_unit_floor_room")
        ),
    )
    with op.batch_alter_table("dwelling", schema=None) as batch_op:
        batch_op.create_index("ix_dwelling_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dwelling_door_key_id"), ["door_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dwelling_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "grid_dwelling",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("dwelling_id", Guid(), nullable=False),
        sa.Column("grid_id", Guid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dwelling_id"], ["dwelling.id"], name=op.f("fk_grid_dwelling_dwelling_id_dwelling")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_dwelling_grid_id_grid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_dwelling")),
    )
    with op.batch_alter_table("grid_dwelling", schema=None) as batch_op:
        batch_op.create_index("ix_grid_dwelling_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_grid_dwelling_dwelling_id_first_on"), ["dwelling_id", "first_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_grid_dwelling_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("dwelling_id", Guid(), nullable=True),
        sa.Column("head_id", Guid(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", Guid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dwelling_id"], ["dwelling.id"], name=op.f("fk_household_dwelling_id_dwelling")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index("ix_household_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_dwelling_id"), ["dwelling_id"], unique=False)

    op.create_table(
        "resident",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("household_id", Guid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("search_text", sa.String(length=2000), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("id_mask", sa.String(length=18), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.Integer(), nullable=False),
        sa.Column("ethnic", sa.String(length=20), nullable=False),
        sa.Column("political", sa.String(length=20), nullable=False),
        sa.Column("residence", sa.String(length=10), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("relation_code", sa.String(length=2), nullable=False),
        sa.Column("phone_mask", sa.String(length=40), nullable=False),
        sa.Column("move_in_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("tags_free", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("status_before", sa.String(length=10), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("merged_into", Guid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_resident_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index("ix_resident_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_resident_counted",
            ["birth_on", "status", "residence", "verified_on", "move_in_on", "household_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_resident_household_id_status"), ["household_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_resident_sort_key_id"), ["sort_key", "id"], unique=False)
        batch_op.create_index("uq_resident_id_digest", ["id_digest"], unique=True)

    op.create_table(
        "care_fact",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("key_place", sa.String(length=60), nullable=False),
        sa.Column("illness", sa.String(length=100), nullable=False),
        sa.Column("hearing", sa.String(length=60), nullable=False),
        sa.Column("pets", sa.String(length=60), nullable=False),
        sa.Column("dialect", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_care_fact_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_fact")),
        sa.UniqueConstraint("resident_id", name=op.f("uq_care_fact_resident_id")),
    )
    op.create_table(
        "contact",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_mask", sa.String(length=30), nullable=False),
        sa.Column("has_key", sa.Boolean(), nullable=False),
        sa.Column("minutes_away", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_contact_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("resident_id", "ordinal", name=op.f("uq_contact_resident_id_ordinal")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("worker_id", Guid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("look_from", sa.String(length=60), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_enrolment_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["account.id"], name=op.f("fk_enrolment_worker_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("code", name=op.f("uq_enrolment_code")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolment_resident_id"), ["resident_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_enrolment_worker_id_number"), ["worker_id", "number"], unique=False
        )

    op.create_table(
        "proposal",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("target_id", Guid(), nullable=False),
        sa.Column("payload", sa.String(length=2000), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", Guid(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", Guid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_proposal_proposed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_proposal_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_state_proposed_at"), ["state", "proposed_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_proposal_target_id"), ["target_id"], unique=False)

    op.create_table(
        "resident_phone",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mask", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_phone_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_phone")),
        sa.UniqueConstraint("resident_id", "ordinal", name=op.f("uq_resident_phone_resident_id_ordinal")),
    )
    with op.batch_alter_table("resident_phone", schema=None) as batch_op:
        batch_op.create_index("ix_resident_phone_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_phone_digest"), ["digest"], unique=False)

    op.create_table(
        "resident_tag",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("resident_id", Guid(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_tag_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_tag")),
    )
    with op.batch_alter_table("resident_tag", schema=None) as batch_op:
        batch_op.create_index("ix_resident_tag_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_tag_resident_id"), ["resident_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_resident_tag_tag_resident_id"), ["tag", "resident_id"], unique=False
        )

    op.create_table(
        "enrolment_window",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("enrolment_id", Guid(), nullable=False),
        sa.Column("slot", sa.String(length=8), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_window_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_window")),
        sa.UniqueConstraint("enrolment_id", "slot", name=op.f("uq_enrolment_window_enrolment_id_slot")),
    )
    with op.batch_alter_table("enrolment_window", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_window_batch_id", ["batch_id"], unique=False)

    op.create_table(
        "expected_check",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("enrolment_id", Guid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=8), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("first_look_at", UtcDateTime(), nullable=True),
        sa.Column("last_look_at", UtcDateTime(), nullable=True),
        sa.Column("worker_id", Guid(), nullable=False),
        sa.Column("dwelling_id", Guid(), nullable=True),
        sa.Column("grid_id", Guid(), nullable=True),
        sa.Column("looked_by", Guid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dwelling_id"], ["dwelling.id"], name=op.f("fk_expected_check_dwelling_id_dwelling")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_expected_check_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_expected_check_grid_id_grid")),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["account.id"], name=op.f("fk_expected_check_worker_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_check")),
        sa.UniqueConstraint(
            "enrolment_id", "day", "slot", name=op.f("uq_expected_check_enrolment_id_day_slot")
        ),
    )
    with op.batch_alter_table("expected_check", schema=None) as batch_op:
        batch_op.create_index("ix_expected_check_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expected_check_day_slot"), ["day", "slot"], unique=False)
        batch_op.create_index(batch_op.f("ix_expected_check_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "pause",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("enrolment_id", Guid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("first_slot", sa.String(length=8), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("last_slot", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("approved_by", Guid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_pause_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index("ix_pause_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_pause_enrolment_id_last_on"), ["enrolment_id", "last_on"], unique=False
        )

    op.create_table(
        "alarm",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("check_id", Guid(), nullable=False),
        sa.Column("opened_as", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("ladder_from", UtcDateTime(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("step_due_at", UtcDateTime(), nullable=True),
        sa.Column("assigned_to", Guid(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", Guid(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("late_look_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", Guid(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("seen_by", sa.String(length=40), nullable=False),
        sa.Column("sighting", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["expected_check.id"], name=op.f("fk_alarm_check_id_expected_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("check_id", name=op.f("uq_alarm_check_id")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_alarm_closed_at_step_due_at"), ["closed_at", "step_due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_alarm_raised_at"), ["raised_at"], unique=False)

    op.create_table(
        "look",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("check_id", Guid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("by_id", Guid(), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["expected_check.id"], name=op.f("fk_look_check_id_expected_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.create_index("ix_look_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_look_check_id_at"), ["check_id", "at"], unique=False)

    op.create_table(
        "alarm_step",
        sa.Column("id", Guid(), nullable=False),
        sa.Column("alarm_id", Guid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("taken_by", Guid(), nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("result", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_step_alarm_id_alarm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_step")),
        sa.UniqueConstraint("alarm_id", "ordinal", name=op.f("uq_alarm_step_alarm_id_ordinal")),
    )
    with op.batch_alter_table("alarm_step", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_step_batch_id", ["batch_id"], unique=False)

    for statement in BY_HAND[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("a schema never goes back: restore the backup that was made before")
