"""Makes what calls placed for reps need."""

revision = "0004_calls"
down_revision = "0003_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
