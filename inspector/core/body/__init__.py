"""Reading bodies: from raw bytes to something that can be shown, never changing the bytes themselves."""
