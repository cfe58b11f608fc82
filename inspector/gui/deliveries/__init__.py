"""The window's part in deliveries: what was sent and what came back, and sending again."""
