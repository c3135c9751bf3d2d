"""Remembers which replies a `record` has told of: others may have handled them."""

import sqlalchemy as sa
from alembic import op

revision = "0006_callbacks"
down_revision = "0005_brakes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reply", sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE reply SET counted_at = handled_at")
    op.create_index("ix_reply_counted_at", "reply", ["counted_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reply_counted_at", table_name="reply")
    op.drop_column("reply", "counted_at")
