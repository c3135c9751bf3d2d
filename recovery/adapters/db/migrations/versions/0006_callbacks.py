"""Makes what callbacks applied in sets need."""

revision = "0006_callbacks"
down_revision = "0005_brakes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
