"""Twilio behind `recovery.services.ports.Messenger`; nothing else imports its SDK."""
