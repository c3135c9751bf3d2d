"""Makes what signing in: sessions, invitations, tries need."""

import sqlalchemy as sa
from alembic import op

revision = "0002_accounts"
down_revision = "0001_people_and_cases"
branch_labels = None
depends_on = None

_USER = "user_account"


def upgrade() -> None:
    op.add_column(_USER, sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(_USER, sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column(_USER, sa.Column("phone", sa.String(), nullable=True))
    op.add_column(_USER, sa.Column("zone", sa.String(), nullable=True))
    op.add_column(_USER, sa.Column("theme", sa.String(), nullable=False, server_default="system"))
    op.add_column(_USER, sa.Column("keap_user_id", sa.String(), nullable=True))
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("flash", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_session_id", "session", ["id"])
    op.create_index("ix_session_email", "session", ["email"])
    op.create_table(
        "login_limit",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def downgrade() -> None:
    op.drop_table("login_limit")
    op.drop_table("session")
    for column in ("keap_user_id", "theme", "zone", "phone", "name", "invited_until"):
        op.drop_column(_USER, column)
