"""Since when we know a contact as it is: a message needs a fresh look."""

import sqlalchemy as sa
from alembic import op

revision = "0010_snapshots"
down_revision = "0009_content"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "read_at")
