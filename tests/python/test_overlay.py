"""Files of prices laid over the catalog, from Python."""

from __future__ import annotations

import copy
import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import tokenfare as tf

FILE = """provider = "openai"
kind = "maker"
as_of = 2099-01-01
[[model]]
id = "gpt-4o-mini-2024-07-18"
[[model.price]]
from = 2026-12-01
input = "0.12"
output = "0.50"
checked = 2026-12-01
sources = ["our contract"]
"""


def test_a_file_is_given_by_its_path_or_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(FILE)
    for file in (FILE, FILE.encode(), path, str(path)):
        ours = tf.Catalog.bundled().overlay(file)
        assert ours.price("gpt-4o-mini", at="2026-12-01").input == Decimal("0.12")
        assert ours.price("gpt-4o-mini", at="2026-11-30").input == Decimal("0.15"), "what is not said stays"
        assert ours.model("gpt-4o-mini").context_window == 128_000
    assert tf.price("gpt-4o-mini", at="2026-12-01").input == Decimal("0.15"), "the module's functions ask the bundled one"


def test_what_is_laid_over_is_added_to_what_was_laid_before() -> None:
    ours = tf.Catalog.bundled().overlay(FILE)
    more = FILE.replace("gpt-4o-mini-2024-07-18", "ours-1").replace("0.12", "7").replace("0.50", "8")
    both = ours.overlay(more)
    assert both.price("gpt-4o-mini", at="2026-12-01").input == Decimal("0.12")
    assert both.price("ours-1", at="2026-12-01", provider="openai").output == Decimal(8)
    assert [model.id for model in both.models("ours-*")] == ["ours-1"]
    assert len(both.models()) == len(tf.models()) + 1
    with pytest.raises(tf.UnknownModel):
        ours.model("ours-1")


def test_what_is_wrong_is_said_with_its_line_and_the_way_out(tmp_path: Path) -> None:
    bundled = tf.Catalog.bundled()
    with pytest.raises(tf.InvalidValue, match="the file given:8: model `gpt-4o-mini-2024-07-18`: `input`: `0,12`"):
        bundled.overlay(FILE.replace("0.12", "0,12"))
    with pytest.raises(tf.InvalidValue, match="older than the bundled prices of .* with `force=True`$"):
        bundled.overlay(FILE.replace("2099-01-01", "2026-01-01").replace("2026-12-01", "2026-01-01"))
    old = FILE.replace("2099-01-01", "2026-01-01").replace("2026-12-01", "2026-01-01")
    assert bundled.overlay(old, force=True).price("gpt-4o-mini").input == Decimal("0.12")
    with pytest.raises(tf.InvalidValue, match="is not UTF-8 from byte 2"):
        bundled.overlay(b"a \xff\n")
    with pytest.raises(FileNotFoundError):
        bundled.overlay(tmp_path / "none.toml")
    with pytest.raises(TypeError):
        bundled.overlay(7)  # type: ignore[arg-type]


def test_a_model_knows_its_catalog() -> None:
    ours = tf.Catalog.bundled().overlay(FILE)
    assert ours.model("o3-mini") != tf.model("o3-mini")
    assert tf.Catalog.bundled().model("o3-mini") == tf.model("o3-mini")
    assert ours.model("o3-mini") == ours.model("o3-mini-2025-01-31")
    for twin in (copy.copy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied or pickled"):
            twin(ours.model("o3-mini"))
    assert ours.as_of == tf.as_of() and isinstance(ours.as_of, date)
    assert repr(ours).startswith("<Catalog of 20")
