"""Webhook Inspector: see, check, resend and export the webhooks that reach your laptop."""

__version__ = "0.1.0"
