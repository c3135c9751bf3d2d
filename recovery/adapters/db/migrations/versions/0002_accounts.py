"""Makes what signing in: sessions, invitations, tries need."""

revision = "0002_accounts"
down_revision = "0001_people_and_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
