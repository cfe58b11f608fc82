"""The page on the query language, made from the table of the fields."""

from __future__ import annotations

from inspector.core.query.fields import FIELDS, Kind

_INTRODUCTION = """\
# Finding events

Write what to look for; all of it must fit. Words without a field are looked for in type, event id,
path, source, note and body.

    type:challenge.* method:POST path:/webhooks/* body:"user_123" size:>10kb since:10m -is:pinned

| write | to get |
|---|---|
| `a b` or `a AND b` | events that fit both |
| `a OR b` | events that fit one of them |
| `-a` or `NOT a` | events that do not fit |
| `(a OR b) c` | brackets hold together |
| `"two words"` | the text as it stands; `\\"` is a quote in it, `\\\\` a backslash |
| `type:order.*` | `*` is any run of characters; in quotes it is a star |
| `size:>10kb`, `size:1kb..10kb` | `>`, `>=`, `<`, `<=`, or a range with both ends |

OR, AND and NOT are written in capitals. Upper and lower case are the same, except in `id:` and `path:`.
"""

_TAIL = """\
Sizes: `b`, `kb`, `mb`, `gb` (1 kb is 1024 bytes). Times: `ms`, `s`, `m` (minutes), `h`, `d`, `w`, also
together as in `1h30m`. Moments: `2026-11-24`, `2026-11-24T10:30`, `2026-11-24T10:30:05.25Z` or with
`+02:00`; without a zone they are UTC. `until:` a day takes in the whole day. `status:5xx` is 500 to 599.
"""


def help_page() -> str:
    """The page in Markdown."""
    lines = [_INTRODUCTION, "## Fields", "", "| field | finds | example |", "|---|---|---|"]
    for field in FIELDS:
        name = f"{field.name}.NAME:" if field.named else f"{field.name}:"
        lines.append(f"| `{name}` | {field.meaning} | `{field.example}` |")
    lines += ["", _TAIL]
    for field in FIELDS:
        if field.kind in (Kind.MARK, Kind.CHOICE):
            lines += [f"## `{field.name}:`", "", "| word | finds events where |", "|---|---|"]
            lines += [f"| `{word}` | {meaning} |" for word, meaning in field.choices]
            lines.append("")
    return "\n".join(lines)
