"""Every published vector gets its verdict, from the full judgement and from the short way."""

from __future__ import annotations

import pytest

from inspector.core.event import Verdict
from inspector.core.signatures.bundled import bundled
from inspector.core.signatures.checker import Checker
from inspector.core.signatures.verify import verify
from tests.unit.core.signatures.material import vector_keys, vector_request, vectors

VECTORS = vectors()


@pytest.mark.parametrize("vector", VECTORS, ids=[str(vector["id"]) for vector in VECTORS])
def test_a_vector_gets_its_verdict(vector):
    scheme, seen, keys = bundled()[vector["scheme"]], vector_request(vector), vector_keys(vector)
    outcome = verify(scheme, seen, keys, now_s=vector["now"])
    assert (outcome.verdict is Verdict.VALID) == (vector["expect"] == "valid"), (vector["why"], outcome.steps)
    assert bool(outcome.trouble) == (vector["expect"] != "valid")
    checked = Checker(scheme, keys).check(seen, vector["now"])
    assert checked.verdict is outcome.verdict
    assert checked.cause == ("" if outcome.verdict is Verdict.UNSIGNED else outcome.trouble)


def test_a_missing_signature_is_unsigned_not_invalid():
    missing = [vector for vector in VECTORS if vector["why"] == "header missing"]
    assert len(missing) > 10
    for vector in missing:
        outcome = verify(bundled()[vector["scheme"]], vector_request(vector), vector_keys(vector), now_s=0)
        assert (outcome.verdict, outcome.trouble) == (Verdict.UNSIGNED, "header-missing")
