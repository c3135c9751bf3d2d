"""The database: tables, migrations, one store per use case, and what pages read."""
