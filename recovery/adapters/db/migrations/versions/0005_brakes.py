"""Makes what brakes and capacity need."""

import sqlalchemy as sa
from alembic import op

revision = "0005_brakes"
down_revision = "0004_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brake",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mended_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sender",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("limit_told", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("level_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "bounce_count",
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pull_id", "domain"),
    )
    op.create_table(
        "admission",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_outcome_kind_at", "outcome", ["kind", "at"], unique=False)
    op.create_index("ix_attempt_sending_at", "attempt", ["sending_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_attempt_sending_at", table_name="attempt")
    op.drop_index("ix_outcome_kind_at", table_name="outcome")
    for table in ("admission", "bounce_count", "sender", "brake"):
        op.drop_table(table)
