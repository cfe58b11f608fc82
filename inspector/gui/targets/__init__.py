"""Where events are sent to: the dialog of targets, and the chip that names the one in force."""
