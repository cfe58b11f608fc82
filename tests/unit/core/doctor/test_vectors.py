"""What the doctor says of the published failing vectors."""

from __future__ import annotations

import pytest

from inspector.core.doctor import diagnose
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import vector_keys, vector_request, vectors

_SAID = {
    "wrong secret": {""},
    "body altered": {"", "body-altered"},
    "header missing": {"header-missing"},
    "timestamp header missing": {"header-missing"},
    "signature truncated": {"header-malformed"},
    "malformed header": {"header-malformed"},
    "body re-serialised (\\u escapes decoded)": {"reserialized"},
    "trailing newline removed in transit": {"newline"},
    "trailing newline added in transit": {"newline"},
    "CRLF turned into LF in transit": {"newline"},
    "timestamp too old": {"replayed"},
    "signed with the secret's text instead of its base64-decoded bytes": {"secret-encoding"},
    "form body unwrapped to its payload field": {"form-unwrapped"},
    "charset: body re-encoded from UTF-8 to latin-1": {"charset"},
    "UTF-8 BOM removed in transit": {"charset"},
    "url scheme wrong behind tunnel (http seen, https signed)": {"url-changed"},
    "url with trailing slash": {"url-changed"},
    "method differs": {"method-changed"},
    "timestamp header altered (not what was signed)": {"timestamp-altered"},
    "public key truncated": {"secret-malformed"},
    "JSON: bodySHA256 altered in url": {""},
    "signed with another key": {""},
    "parameter altered": {""},
    "id header altered": {""},
}
_CASES = [vector for vector in vectors() if vector["expect"] == "invalid" and vector["why"] in _SAID]


@pytest.mark.parametrize("vector", _CASES, ids=[str(vector["id"]) for vector in _CASES])
def test_a_failing_vector_is_explained(vector):
    scheme, request, keys = bundled()[vector["scheme"]], vector_request(vector), vector_keys(vector)
    outcome = verify(scheme, request, keys, now_s=vector["now"])
    found = diagnose(scheme, request, keys, outcome, now_s=vector["now"])
    assert found.cause in _SAID[vector["why"]], (vector["why"], found)
    assert found.sentence
    assert found.remedy
