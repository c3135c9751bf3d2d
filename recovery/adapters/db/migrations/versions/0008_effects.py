"""Makes what write-back and proposals need."""

import sqlalchemy as sa
from alembic import op

revision = "0008_effects"
down_revision = "0007_threads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broken_promise",
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("examples", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("statement"),
    )
    op.create_table(
        "twin_address",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["recovery_case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "told",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("told")
    op.drop_table("twin_address")
    op.drop_table("broken_promise")
