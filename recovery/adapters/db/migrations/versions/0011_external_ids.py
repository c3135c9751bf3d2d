"""Whom WhatsApp names by an id of its own, because they hide their number."""

import sqlalchemy as sa
from alembic import op

revision = "0011_external_ids"
down_revision = "0010_snapshots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reply", sa.Column("external_id", sa.String(), nullable=True))
    op.create_index("ix_reply_external_id", "reply", ["external_id"])


def downgrade() -> None:
    op.drop_index("ix_reply_external_id", table_name="reply")
    op.drop_column("reply", "external_id")
