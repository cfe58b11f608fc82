"""The records: all are there, and a user's own record is read or refused with the line that is wrong."""

from __future__ import annotations

from importlib import resources

import pytest

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled, together
from inspector.core.signatures.outcome import Key
from inspector.core.signatures.schemes import ALGORITHMS, ENCODINGS, KEY_FORMS, SETTINGS, SchemeError, load
from inspector.core.signatures.sign import sign
from inspector.core.signatures.template import FIELDS, FILTERS
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import request, vectors

OWN = """\
# my own
[acme]
name = "Acme"
algorithm = "hmac-sha512"
encoding = "base64"
signature = { header = "Acme-Signature", separator = ";", item = "=", pick = "sig" }
message = "{timestamp}|{method}|{header:acme-event}|{body}"
timestamp = { item = "at", unit = "ms", past_s = 60 }

[acme.key]
form = "base64"
strip = ["acme_"]
"""


def test_all_records_are_there():
    assert len(bundled()) == 91
    assert {str(vector["scheme"]) for vector in vectors()} <= set(bundled().records)
    assert bundled()["stripe"].origin.startswith("payments.toml, line ")


def test_a_record_of_ones_own():
    scheme = load(OWN, "own.toml")["acme"]
    key = Key("k", b"acme_c2VjcmV0")
    fresh = sign(scheme, request(b"{}", (b"Acme-Event", b"paid")), key, now_s=1000.5)
    header = dict(fresh.headers)[b"Acme-Signature"]
    assert header.startswith(b"at=1000500;sig=")
    assert verify(scheme, fresh, [key], now_s=1060).verdict is Verdict.VALID
    assert verify(scheme, fresh, [key], now_s=1061).trouble == "too-old"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[acme]", "[acme", 2, "not TOML"),
        ("hmac-sha512", "hmac-sha3", 4, "expected one of hmac-sha1"),
        ('"base64"\nsig', '"base32"\nsig', 5, "expected one of hex"),
        ("encoding", "encodign", 5, "unknown setting encodign; expected one of"),
        ('pick = "sig"', "pick = 7", 6, "signature.pick must be a string"),
        ('header = "Acme-Signature", ', "", 6, "either header"),
        ("{body}", "{bdy}", 7, "unknown field {bdy}"),
        ("{body}", "{body|md5}", 7, "unknown filter |md5"),
        ("{body}", "{body", 7, "unbalanced brace"),
        ('unit = "ms"', 'unit = "min"', 8, "expected one of s, ms, iso8601"),
        ('item = "at", ', "", 8, "exactly one of"),
        ("past_s = 60", 'past_s = "60"', 8, "timestamp.past_s must be a number"),
        ('form = "base64"\nstrip', 'form = "b64"\nstrip', 11, "key.form 'b64' is unknown"),
        ('strip = ["acme_"]', 'strip = "acme_"', 12, "key.strip must be a list of strings"),
        ("[acme]", '["Acme Corp"]', 2, "must be of lower-case letters"),
        ("timestamp = {", "#", 7, "there is no timestamp setting"),
        ("{method}", "{id}", 7, "there is no id_header setting"),
    ],
)
def test_an_error_points_at_its_line(old, new, line, words):
    assert old in OWN
    with pytest.raises(SchemeError) as error:
        load(OWN.replace(old, new, 1), "own.toml")
    assert (error.value.file, error.value.line) == ("own.toml", line), error.value.words
    assert words in str(error.value)


def test_own_records_replace_those_of_the_program_but_not_one_another():
    text = OWN.replace("[acme", "[stripe")
    mine = together([("own.toml", text)], bundled())
    assert mine["stripe"].name == "Acme"
    assert len(mine) == 91
    with pytest.raises(SchemeError, match=r"stands already in own\.toml, line 2"):
        together([("own.toml", text), ("two.toml", text)])


def test_everything_that_a_record_can_say_is_documented():
    page = (resources.files("resources") / "schemes" / "README.md").read_text("utf-8")
    settings = {name for table in SETTINGS.values() for name in table}
    missing = [name for name in (*settings, *ALGORITHMS, *ENCODINGS, *KEY_FORMS) if f"`{name}`" not in page]
    missing += [name for name in FIELDS if f"`{{{name}}}`" not in page]
    missing += [name for name in FILTERS if f"|{name}}}`" not in page]
    assert missing == []


def test_the_example_of_the_page_can_be_loaded():
    page = (resources.files("resources") / "schemes" / "README.md").read_text("utf-8")
    assert "acme" in load(page.split("```toml\n")[1].split("```")[0], "README.md")
