"""The place of a node written as JSONPath (RFC 9535): $.data.items[3]['odd key']."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from inspector.core.body.json_index import Node, text_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def step(node: Node) -> str:
    """The step from what holds `node` to it."""
    if node.key is None:
        return f"[{node.ordinal}]"
    name = text_of(node.key)
    if _NAME.fullmatch(name):
        return f".{name}"
    quoted = json.dumps(name)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{quoted}']"


def path(nodes: Sequence[Node]) -> str:
    """The path of the last node; the first one is the root."""
    return "$" + "".join(step(node) for node in nodes[1:])
