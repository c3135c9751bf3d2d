"""Makes what conversations and media need."""

revision = "0007_threads"
down_revision = "0006_callbacks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
