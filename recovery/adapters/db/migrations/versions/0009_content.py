"""Makes what templates in use need."""

revision = "0009_content"
down_revision = "0008_effects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
