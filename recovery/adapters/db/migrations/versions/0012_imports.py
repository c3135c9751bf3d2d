"""Lets a suppression stand on several grounds, keeps imported lists and people's last purchase."""

import sqlalchemy as sa
from alembic import op

revision = "0012_imports"
down_revision = "0011_external_ids"
branch_labels = None
depends_on = None

#: The name PostgreSQL gave it, and by which SQLite finds it.
_OLD = "suppression_key_channel_key"
_NAMES = {"uq": "%(table_name)s_%(column_0_name)s_%(column_1_name)s_key"}
_GROUND = "uq_suppression_ground"


def upgrade() -> None:
    with op.batch_alter_table("suppression", naming_convention=_NAMES) as suppression:
        suppression.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        suppression.drop_constraint(_OLD, type_="unique")
        suppression.create_unique_constraint(_GROUND, ["key", "channel", "source", "reason"])
    op.create_index("ix_suppression_expires_at", "suppression", ["expires_at"])
    op.create_table(
        "imported_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("is_block_list", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_imported_list_country", "imported_list", ["country"])
    op.create_table(
        "listed_hash",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", "channel", "source"),
    )
    op.create_index("ix_listed_hash_digest", "listed_hash", ["digest"])
    op.create_table(
        "purchase",
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )


def downgrade() -> None:
    op.drop_table("purchase")
    op.drop_table("listed_hash")
    op.drop_table("imported_list")
    op.drop_index("ix_suppression_expires_at", "suppression")
    with op.batch_alter_table("suppression") as suppression:
        suppression.drop_constraint(_GROUND, type_="unique")
        suppression.create_unique_constraint(_OLD, ["key", "channel"])
        suppression.drop_column("expires_at")
