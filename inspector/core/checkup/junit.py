"""A report as JUnit XML, the form that CI servers read."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from inspector.core.checkup.lines import Report, Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report) -> bytes:
    """One test suite with one test case a line; UTF-8 with a declaration."""
    cases = report.lines
    total_s = sum(line.took_ns for line in cases) / 1e9
    counts = {
        "tests": str(len(cases)),
        "failures": str(report.count(Result.FAILED)),
        "errors": "0",
        "time": f"{total_s:.3f}",
    }
    root = ElementTree.Element("testsuites", {"name": "webhook-inspector checkup", **counts})
    named = {"name": _clean(f"checkup of {report.url}"), "skipped": str(report.count(Result.NOT_APPLICABLE))}
    suite = ElementTree.SubElement(root, "testsuite", {**named, **counts})
    for line in cases:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {
                "classname": _clean(f"checkup.{report.source or report.scheme or 'handler'}"),
                "name": f"{line.check}: {line.title}",
                "time": f"{line.took_ns / 1e9:.3f}",
            },
        )
        if line.result is Result.FAILED:
            attributes = {"message": _clean(line.seen), "type": line.check}
            ElementTree.SubElement(case, "failure", attributes).text = _clean(f"{line.seen}\n{line.remedy}")
        elif line.result is Result.NOT_APPLICABLE:
            ElementTree.SubElement(case, "skipped", {"message": _clean(line.seen)})
        else:
            ElementTree.SubElement(case, "system-out").text = _clean(line.seen)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _clean(text: str) -> str:
    """The text without what XML 1.0 section 2.2 does not allow."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
