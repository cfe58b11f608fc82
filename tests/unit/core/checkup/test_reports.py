"""Reports: JUnit that any reader takes, and no secret in any form."""

from __future__ import annotations

import base64
import json
from importlib import resources
from xml.etree import ElementTree

import pytest

from inspector.core.checkup import demands
from inspector.core.checkup.junit import junit_xml
from inspector.core.checkup.kit import Kit
from inspector.core.checkup.lines import Report, Result, line_fields, report_fields, report_text
from inspector.core.checkup.samples import samples_of
from inspector.core.checkup.seen import EXCERPT, Redactor, Seen, shown_url
from inspector.core.signatures.outcome import Key

LINES = (
    demands.passed(demands.REACHED, "took the connection"),
    demands.failed(demands.WRONG, "answered 200 \x00\x1b[31m <&\"' \ud800 ü", took_ns=1_500_000_000),
    demands.idle(demands.OLD, "no timestamp"),
)
REPORT = Report("http://h.example/in?…", "nudj", "nudj", LINES)


def test_the_junit_report_counts_and_is_wellformed():
    xml = junit_xml(REPORT)
    suite = ElementTree.fromstring(xml).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3", "failures": "1", "errors": "0", "skipped": "1",
    }  # fmt: skip
    cases = suite.findall("testcase")
    assert [case.get("name", "").partition(":")[0] for case in cases] == [
        "reachable", "bad-signature", "old-timestamp",
    ]  # fmt: skip
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.get("message") == "answered 200 \ufffd\ufffd[31m <&\"' \ufffd ü"
    assert demands.WRONG.remedy in (failure.text or "")
    assert cases[1].get("time") == "1.500"
    assert cases[2].find("skipped") is not None


def test_the_text_and_the_json_say_the_same():
    text = report_text(REPORT)
    assert "checkup of http://h.example/in?… (source nudj, scheme nudj)" in text
    assert text.endswith("1 passed, 1 failed, 1 not applicable\n")
    assert f"do: {demands.WRONG.remedy}" in text
    assert [line_fields(line)["result"] for line in LINES] == ["passed", "failed", "not-applicable"]
    assert report_fields(REPORT)["ok"] is False
    assert not REPORT.passed
    assert Report("u", "s", "s", LINES[:1]).passed


SECRET = "whsec_a+b/c&d\u00fcMfKQ9r8GKYqr"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.removeprefix("whsec_"),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
        json.dumps(SECRET),
        SECRET.replace("&", "&amp;"),
    ],
    ids=["plain", "without prefix", "hex", "base64", "json", "html"],
)
def test_a_secret_that_a_handler_echoes_is_taken_out(written):
    redact = Redactor([SECRET.encode()])
    shown = redact.excerpt(f"expected {written} but".encode())
    assert "[secret]" in shown
    assert "GKYqr" not in shown
    assert written[8:16] not in shown
    # Cut only after it is out: no half of it at the end.
    cut = redact.excerpt(b"x" * (EXCERPT - 12) + b" " + written.encode())
    assert written[:5] not in cut[-13:]


def test_nothing_is_shown_where_a_secret_is_too_short_to_find():
    assert Redactor([b"abc"]).excerpt(b"the abc") == ""
    assert Redactor([]).excerpt(b"all\nof\tit") == "all of it"


def test_of_an_error_page_the_words_are_shown():
    page = b"""<!DOCTYPE html>
    <html><head><title>Error</title></head><body><pre>TypeError: &quot;chunk&quot;
    of abc&#100;efgh</pre></body></html>"""
    assert Redactor([b"abcdefgh"]).excerpt(page) == 'TypeError: "chunk" of [secret]'
    assert Redactor([]).excerpt(b"a < b and c > d") == "a < b and c > d"
    assert Redactor([]).excerpt(b"<html>" + b"<" * 60_000) != ""


def test_urls_are_shown_without_logins_and_values():
    assert shown_url("https://u:p@h.example:1/a?token=x") == "https://h.example:1/a?…"
    kit = Kit("http://h/", samples_of("nudj"), key=Key("k", b"hidden"), headers=((b"A", b"hidden"),))
    assert "hidden" not in repr(kit)


def test_failures_are_said_in_words():
    assert Seen(failure="timeout-body", detail="x").words(3) == "no whole answer within 3 s"
    assert Seen(failure="refused", detail="Nothing listens at h:1.").words() == "Nothing listens at h:1"
    assert Seen(500, "Oops", "boom", took_ns=2_000_000_000).words() == "answered 500 Oops in 2.0 s: boom"
    assert Seen(200, "OK", "fine", took_ns=20_000_000).words() == "answered 200 OK in 20 ms"
    assert {Result.PASSED.value, Result.FAILED.value} == {"passed", "failed"}


def test_the_help_page_names_every_demand():
    page = (resources.files("resources") / "help" / "checkup.md").read_text("utf-8")
    listed = [row.split("|")[1:3] for row in page.splitlines() if row.startswith("| `")]
    named = [(one.strip(" `"), title.strip()) for one, title in listed]
    assert named == [(demand.id, demand.title) for demand in demands.ALL]
