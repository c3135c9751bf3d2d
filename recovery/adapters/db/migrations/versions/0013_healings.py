"""Remembers when a contact's address became deliverable last: another case may follow a healing."""

import sqlalchemy as sa
from alembic import op

revision = "0013_healings"
down_revision = "0012_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("healed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("contact") as contact:
        contact.drop_column("healed_at")
