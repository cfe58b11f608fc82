"""The report of a checkup: one line a demand, each passed, failed or not applicable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """What a line says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"


SIGNS = {Result.PASSED: "✓", Result.FAILED: "✕", Result.NOT_APPLICABLE: "–"}


@dataclass(frozen=True, slots=True)
class Line:
    """One demand on the handler and what came of it. Its texts hold no secrets; they may be hostile."""

    check: str
    """The id, for example `bad-signature`."""
    title: str
    """The demand as the end of the sentence “The handler …”."""
    result: Result
    seen: str
    """What the handler did, or why the demand does not apply."""
    remedy: str = ""
    """What to do; empty unless it failed."""
    took_ns: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All lines of one checkup."""

    url: str
    """Without the values of its query."""
    source: str
    scheme: str
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.count(Result.FAILED)

    def count(self, result: Result) -> int:
        """How many lines say that."""
        return sum(line.result is result for line in self.lines)

    def summary(self) -> str:
        """The counts in words."""
        counts = ((self.count(each), each) for each in Result)
        return ", ".join(f"{number} {each}" for number, each in counts if number)


def line_text(line: Line) -> str:
    """The line for people, with what to do on a line of its own."""
    text = f"{SIGNS[line.result]} {line.result:<14}  {line.title:<42}  {line.seen}"
    return f"{text}\n{'':>18}do: {line.remedy}" if line.remedy else text


def head_text(url: str, source: str, scheme: str) -> str:
    """The first line of a report for people."""
    named = ", ".join(f"{what} {name}" for what, name in (("source", source), ("scheme", scheme)) if name)
    return f"checkup of {url}" + (f" ({named})" if named else "")


def report_text(report: Report) -> str:
    """The whole report as plain text."""
    head = head_text(report.url, report.source, report.scheme)
    return "\n".join([head, *map(line_text, report.lines), report.summary(), ""])


def line_fields(line: Line) -> dict[str, object]:
    """A line as JSON has it."""
    return {
        "kind": "check",
        "check": line.check,
        "title": line.title,
        "result": line.result.value.replace(" ", "-"),
        "seen": line.seen,
        "remedy": line.remedy or None,
        "took_ms": round(line.took_ns / 1e6, 3),
    }


def report_fields(report: Report) -> dict[str, object]:
    """The sum as JSON has it."""
    return {
        "kind": "checkup",
        "url": report.url,
        "source": report.source or None,
        "scheme": report.scheme or None,
        "ok": report.passed,
        "passed": report.count(Result.PASSED),
        "failed": report.count(Result.FAILED),
        "not_applicable": report.count(Result.NOT_APPLICABLE),
    }


def made_of(report: Report, lines: Iterable[Line]) -> Report:
    """The report with these lines in the place of its own."""
    return Report(report.url, report.source, report.scheme, tuple(lines))
