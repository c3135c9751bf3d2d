"""The web app: webhooks and health; pages stand beside them."""
