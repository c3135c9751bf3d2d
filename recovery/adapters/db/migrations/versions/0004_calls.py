"""Makes what calls placed for reps need."""

import sqlalchemy as sa
from alembic import op

revision = "0004_calls"
down_revision = "0003_queue"
branch_labels = None
depends_on = None

_CALL = "placed_call"


def upgrade() -> None:
    op.create_table(
        _CALL,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("rep_number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("caller_id", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("sid", sa.String(), nullable=True),
        sa.Column("contact_sid", sa.String(), nullable=True),
        sa.Column("rep_status", sa.String(), nullable=True),
        sa.Column("contact_status", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dialled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("attempt_id", "nth"),
        sa.UniqueConstraint("token"),
        sa.UniqueConstraint("sid"),
        sa.UniqueConstraint("contact_sid"),
    )
    op.create_index("ix_placed_call_open", _CALL, ["ended_at", "due_at"])
    for column in ("case_id", "number_key", "rep", "dialled_at"):
        op.create_index(f"ix_placed_call_{column}", _CALL, [column])


def downgrade() -> None:
    op.drop_table(_CALL)
