"""What is offered at a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.query.complete import complete
from inspector.core.query.fields import FIELDS
from inspector.core.query.help import help_page


def _applied(marked: str, which: int = 0, values: object = None) -> str:
    """The text after the suggestion was taken; `|` marks the cursor."""
    cursor = marked.index("|")
    text = marked.replace("|", "")
    offered = complete(text, cursor, values)  # type: ignore[arg-type]
    return text[: offered.start] + offered.suggestions[which].insert + text[offered.end :]


def _inserts(marked: str, values: object = None) -> list[str]:
    cursor = marked.index("|")
    offered = complete(marked.replace("|", ""), cursor, values)  # type: ignore[arg-type]
    return [suggestion.insert for suggestion in offered.suggestions]


def _stored(field: str, prefix: str) -> Sequence[str]:
    held = {
        "type": ["order.paid", "two words", "st*r"],
        "method": ["POST", "PURGE"],
        "header": ["X-GitHub-Event"],
        "header.x-github-event": ["push"],
    }
    return [value for value in held.get(field, []) if value.startswith(prefix) or field == "header"]


def test_all_fields_are_offered_where_nothing_is_typed() -> None:
    assert _inserts("|") == [f"{field.name}{'.' if field.named else ':'}" for field in FIELDS]
    assert len(_inserts("a |")) == len(FIELDS)
    assert len(_inserts("(|")) == len(FIELDS)
    assert len(_inserts("-|")) == len(FIELDS)


def test_a_field_is_completed_where_it_stands() -> None:
    assert _applied("a ty| b") == "a type: b"
    assert _applied("-si|", 0) == "-size:"
    assert _applied("(me|)") == "(method:)"
    assert _applied("ty|:ping") == "type:ping"


def test_the_words_of_a_field_are_offered() -> None:
    assert _inserts("is:p|") == ["pinned"]
    assert _applied("is:pin|ned a") == "is:pinned a"
    assert _inserts("signature:in|") == ["invalid"]
    assert _inserts("size:|")[0] == ">10kb"
    assert "1h" in _inserts("since:|")
    assert _inserts("nothing:|") == []


def test_values_of_stored_events_are_offered_and_quoted_where_they_must_be() -> None:
    assert _inserts("type:o|", _stored) == ["order.paid"]
    assert _applied('type:"two w|', values=_stored) == 'type:"two words"'
    assert _inserts("type:s|", _stored) == ['"st*r"']
    assert _inserts("method:P|", _stored) == ["POST", "PUT", "PATCH", "PURGE"]
    assert _inserts("header.x-github-event:p|", _stored) == ["push"]
    assert _inserts("header.x-g|", _stored) == ["header.x-github-event:"]
    assert _inserts("header.us|") == ["header.user-agent:"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='a*:()"\\- typeisheader.', max_size=20), st.integers(0, 20))
def test_completion_never_fails(text: str, cursor: int) -> None:
    offered = complete(text, min(cursor, len(text)), _stored)
    assert 0 <= offered.start <= offered.end <= len(text)


def test_the_help_page_is_the_table_of_the_fields() -> None:
    page = Path(__file__).parents[4] / "resources" / "help" / "query.md"
    assert page.read_text(encoding="utf-8") == help_page()
