"""The outside: Keap, Twilio, the database, files and templates."""
