"""The options of `sources add|edit` for replies: templates, delay, failures on purpose."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from typing import get_args

from inspector.core.source import Failing, ReplyRules, Source

RULES = ("template", "delay_s", "fail_first", "fail_share", "seed")


def add_reply_options(parser: argparse.ArgumentParser) -> None:
    """Declares them."""
    parser.add_argument(
        "--reply-status", metavar="N", type=int, help="what senders are answered (default: 200)"
    )
    parser.add_argument("--reply-body", metavar="TEXT", help="the text that senders are answered")
    parser.add_argument(
        "--reply-header", dest="reply_headers", metavar="NAME: VALUE", action="append", type=_header,
        help="a header of the reply; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--reply-template", dest="template", action=argparse.BooleanOptionalAction,
        help="put values of the event into body and headers: {{json:$.challenge}}, {{header:X-Id}},"
        " {{query:mode}}, {{id}}, {{attempt}} …",
    )  # fmt: skip
    parser.add_argument(
        "--reply-delay",
        dest="delay_s",
        metavar="SECONDS",
        type=float,
        help="wait before each answer; 0: none",
    )
    parser.add_argument(
        "--fail-first", metavar="N", type=int, help="fail the first N events of each id on purpose; 0: none"
    )
    parser.add_argument(
        "--fail-share", metavar="P", type=_share, help="fail this part of all events: 0.25 or 25%%; 0: none"
    )
    parser.add_argument(
        "--fail-seed", dest="seed", metavar="N", type=int, help="the same seed fails the same events"
    )
    parser.add_argument(
        "--fail-with", metavar="HOW", type=_how,
        help="a status (503), `hang` (never answer) or `close` (end the connection); alone: every event",
    )  # fmt: skip
    parser.add_argument(
        "--fail-retry-after", metavar="SECONDS", type=_seconds,
        help="the Retry-After of failures with a status; empty: without",
    )  # fmt: skip


def with_reply(source: Source, arguments: argparse.Namespace) -> Source:
    """The source with what the options say of its replies; what is not named stays."""
    reply = source.reply
    if arguments.reply_status is not None:
        reply = replace(reply, status=arguments.reply_status)
    if arguments.reply_body is not None:
        reply = replace(reply, body=arguments.reply_body.encode("utf-8", "surrogateescape"))
    if arguments.reply_headers is not None:
        reply = replace(reply, headers=tuple(arguments.reply_headers))
    return replace(source, reply=reply, rules=_rules(source.rules, arguments))


def rule_fields(rules: ReplyRules | None) -> dict[str, object] | None:
    """The rules as JSON; None where there are none."""
    if rules is None:
        return None
    return {
        "template": rules.template,
        "delay_s": rules.delay_s,
        "fail_first": rules.fail_first,
        "fail_share": rules.fail_share,
        "fail_seed": rules.seed,
        "fail_with": rules.fail_status if rules.failing == "status" else rules.failing,
        "retry_after_s": rules.retry_after_s,
    }


def mode_words(source: Source) -> str:
    """What happens with a source's events besides being kept, in a few words."""
    words: str = source.mode
    if source.mode != "capture":
        words += f" to {source.target}" if source.target else " to the default target"
    rules = source.rules
    if rules is None:
        return words
    how = f"with {rules.fail_status}" if rules.failing == "status" else f"by {rules.failing}"
    parts: list[str] = [words]
    if rules.fail_first:
        parts.append(f"first {rules.fail_first} fail {how}")
    if rules.fail_share:
        parts.append(f"{rules.fail_share:.0%} fail {how}")
    if rules.delay_s:
        parts.append(f"{rules.delay_s:g} s delay")
    if rules.template:
        parts.append("template")
    return ", ".join(parts)


def _rules(before: ReplyRules | None, arguments: argparse.Namespace) -> ReplyRules | None:
    rules = before or ReplyRules()
    for name in RULES:
        value = getattr(arguments, name)
        if value is not None:
            rules = replace(rules, **{name: value})
    if arguments.fail_retry_after is not None:
        wanted = arguments.fail_retry_after
        rules = replace(rules, retry_after_s=None if wanted < 0 else wanted)
    how = arguments.fail_with
    if how is not None:
        failing, status = how
        rules = replace(rules, failing=failing, fail_status=status or rules.fail_status)
        named = arguments.fail_first is not None or arguments.fail_share is not None
        if not named and not rules.fail_first and not rules.fail_share:
            rules = replace(rules, fail_share=1.0)
    return None if rules.plain else rules


def _how(text: str) -> tuple[Failing, int]:
    for failing in get_args(Failing):
        if text == failing != "status":
            return failing, 0
    if not re.fullmatch(r"[3-5][0-9][0-9]", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no failure; use 300 to 599, hang or close")
    return "status", int(text)


def _share(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]+)?)(%?)", text, re.ASCII)
    share = -1.0 if found is None else float(found[1]) / (100 if found[2] else 1)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; use 0 to 1, or 0% to 100%")
    return share


def _seconds(text: str) -> int:
    if not text:
        return -1
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return int(text)


def _header(text: str) -> tuple[bytes, bytes]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or any(ord(each) < 0x20 or each == "\x7f" for each in text):
        raise argparse.ArgumentTypeError(f"{text!r} is no header; use NAME: VALUE")
    return name.strip().encode("ascii", "replace"), value.strip().encode("latin-1", "replace")
