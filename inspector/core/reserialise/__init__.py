"""JSON bytes as a program would write them again that has read them: JavaScript, Python, Go, PHP, Ruby."""

from inspector.core.reserialise.compare import (
    Difference,
    HandlerWarning,
    first_difference,
    readable,
    warnings_for_handlers,
)
from inspector.core.reserialise.escapes import restyle, restyled
from inspector.core.reserialise.languages import GO, JAVASCRIPT, PHP, PYTHON, RUBY, WRITERS, rewrites
from inspector.core.reserialise.writer import Writer, rewrite

__all__ = [
    "GO",
    "JAVASCRIPT",
    "PHP",
    "PYTHON",
    "RUBY",
    "WRITERS",
    "Difference",
    "HandlerWarning",
    "Writer",
    "first_difference",
    "readable",
    "restyle",
    "restyled",
    "rewrite",
    "rewrites",
    "warnings_for_handlers",
]
