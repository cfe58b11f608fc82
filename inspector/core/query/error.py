"""What is wrong with a query, where, and what would be right."""

from __future__ import annotations


class QueryError(ValueError):
    """A query that cannot be read.

    `message` is a sentence for people. `column` counts characters from 1 and points at the place;
    `expected` holds what would have been right there, each as a word or an example to type.
    """

    def __init__(self, message: str, column: int, expected: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.expected = expected

    def __str__(self) -> str:
        """The sentence with its column."""
        return f"Column {self.column}: {self.message}"

    def pointed(self, text: str) -> str:
        """The query, a caret under the place, and the sentence: three lines for a terminal."""
        line = text.replace("\n", " ").replace("\t", " ")
        return f"{line}\n{' ' * (self.column - 1)}^\n{self.message}"
