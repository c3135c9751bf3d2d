"""Makes what brakes and capacity need."""

revision = "0005_brakes"
down_revision = "0004_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
