"""What OpenAI's model documentation of early 2025 and OpenRouter's pages say is what the catalog says of those days."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import tokenfare as tf

SEED = Path(__file__).parents[2] / "crates/tokenfare-catalog/tests/seed.jsonl"


@pytest.mark.parametrize("line", SEED.read_text().splitlines())
def test_each_fact_of_the_documents_holds_on_its_day(line: str) -> None:
    facts = json.loads(line)
    name, at = facts.pop("name"), facts.pop("at")
    model = tf.model(name, at=at)
    for key, value in facts.items():
        if key == "endpoints_not":
            assert not set(value) & set(model.endpoints)
        elif key in ("takes", "gives", "endpoints"):
            assert set(value) <= set(getattr(model, key))
        elif key == "released":
            assert str(model.released).startswith(value)
        elif key == "default_effort":
            assert model.effort == value
        elif key == "priced":
            with pytest.raises(tf.MissingRate):
                model.price()
        elif key in ("input", "output"):
            assert getattr(tf.price(name, at=at), key) == Decimal(value)
        else:
            assert getattr(model, key) == value, key
