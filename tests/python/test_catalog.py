"""The catalog as JSON keeps its schema."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

CATALOG = Path(__file__).parents[2] / "crates/tokenfare-catalog"


def as_json(fact: Any) -> Any:
    if isinstance(fact, dict):
        return {key: as_json(value) for key, value in fact.items()}
    if isinstance(fact, list):
        return [as_json(item) for item in fact]
    return fact.isoformat() if isinstance(fact, date) else fact


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no TOML reader")
def test_the_files_of_the_catalog_keep_the_schema() -> None:
    import tomllib

    schema = json.loads((CATALOG / "catalog.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    providers = [as_json(tomllib.loads(file.read_text())) for file in sorted((CATALOG / "data").glob("*.toml"))]
    assert len(providers) >= 40
    export = {"schema": "tokenfare.catalog/1", "as_of": min(each["as_of"] for each in providers), "providers": providers}
    assert [error.json_path + ": " + error.message for error in validator.iter_errors(export)][:5] == []
    providers[0]["model"][0]["price"][0]["input"] = 0.1
    assert not validator.is_valid(export), "a float is no rate"
