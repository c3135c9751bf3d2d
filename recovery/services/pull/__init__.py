"""Who is in which status, and what of their record we read."""
