"""Makes what the queue of reps needs."""

import sqlalchemy as sa
from alembic import op

revision = "0003_queue"
down_revision = "0002_accounts"
branch_labels = None
depends_on = None

#: Table, event, the key of its case, and the columns after whose change, or the condition under
#: which, the queue may look different.
_NOTED = (
    ("recovery_case", "INSERT", "id", (), "NEW.state <> 'open'"),
    (
        "recovery_case",
        "UPDATE",
        "id",
        ("state", "callback_at", "status", "language", "country", "owner_id", "value"),
        "",
    ),
    ("attempt", "INSERT", "case_id", (), "NEW.channel = 'call'"),
    (
        "attempt",
        "UPDATE",
        "case_id",
        ("state", "due_at"),
        "(NEW.channel = 'call' OR NEW.state = 'read')",
    ),
    ("reply", "UPDATE", "case_id", ("handled_at",), "NEW.case_id IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "queue_item",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("wants", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("attempt_no", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_queue_count", "queue_item", ["wants", "place", "owner", "due_at"])
    op.create_index("ix_queue_due", "queue_item", ["due_at", "case_id", "wants", "place", "owner"])
    op.create_index(
        "ix_queue_order", "queue_item", ["wants", "rank", "case_id", "due_at", "place", "owner"]
    )
    op.create_table(
        "queue_place",
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "queue_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "queue_claim",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("rep"),
    )
    op.create_index(op.f("ix_queue_claim_until"), "queue_claim", ["until"], unique=False)
    op.create_table(
        "case_desk",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rep", sa.String(), nullable=True),
        sa.Column("callback_rep", sa.String(), nullable=True),
        sa.Column("last_rep", sa.String(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slot"),
    )
    op.create_index(op.f("ix_disposition_attempt_id"), "disposition", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_disposition_case_id"), "disposition", ["case_id"], unique=False)
    op.create_index("ix_disposition_due", "disposition", ["state", "effective_at"], unique=False)
    op.create_table(
        "keap_user",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_keap_user_email"), "keap_user", ["email"], unique=False)
    for noted in _NOTED:
        _note(*noted)


def _note(table: str, event: str, key: str, columns: tuple[str, ...], condition: str) -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    differs = "IS DISTINCT FROM" if on_postgresql else "IS NOT"
    moved = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)
    if table == "recovery_case" and columns:
        moved += f" OR (NEW.rule LIKE 'intake%') {differs} (OLD.rule LIKE 'intake%')"
    when = " AND ".join(part for part in (condition, moved and f"({moved})") if part)
    name = f"queue_{table}_{event.lower()}"
    insert = f"INSERT INTO queue_change (case_id) VALUES (NEW.{key});"  # noqa: S608 (our names)
    head = f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({when})"
    if not on_postgresql:
        op.execute(f"{head} BEGIN {insert} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {insert} RETURN NULL; END $$"
    )
    op.execute(f"{head} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for table, event, *_ in _NOTED:
        name = f"queue_{table}_{event.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("keap_user")
    op.drop_table("disposition")
    op.drop_table("case_desk")
    op.drop_table("queue_claim")
    op.drop_table("queue_change")
    op.drop_table("queue_place")
    op.drop_table("queue_item")
