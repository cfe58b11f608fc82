"""The checkup of a handler: what is sent to it, and how its answers are judged. Nothing here sends."""
