"""Makes what write-back and proposals need."""

revision = "0008_effects"
down_revision = "0007_threads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
