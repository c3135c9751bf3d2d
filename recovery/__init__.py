"""Recovery wins back Keap contacts whose e-mail no longer arrives, by WhatsApp and by phone."""

__version__ = "0.1.0"
