"""What usage costs: stored vectors, an oracle that agrees with them, and the library against both."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import cost_bodies
import cost_oracle
import pytest
import tokenfare as tf

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors/cost.jsonl").read_text(encoding="utf-8").splitlines()
]
OPTIONS = ("model", "provider", "at", "tier", "format")
CASES = int(os.environ.get("TOKENFARE_CASES", "20000").replace("_", ""))
SEED = int(os.environ.get("TOKENFARE_SEED", "5"))

requires_cost = pytest.mark.skipif(not hasattr(tf, "cost"), reason="the module has no `cost`")


def options(vector: dict[str, Any]) -> dict[str, Any]:
    return {key: vector[key] for key in OPTIONS if key in vector}


def by_meter(lines: list[tuple[str, int, Decimal]]) -> dict[str, tuple[int, Decimal]]:
    """Lines of one meter together: a body of several answers may have several."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for meter, amount, cost in lines:
        before = sums.get(meter, (0, Decimal(0)))
        sums[meter] = before[0] + amount, before[1] + cost
    return sums


def stored_lines(vector: dict[str, Any]) -> dict[str, tuple[int, Decimal]]:
    return by_meter([(meter, amount, Decimal(cost)) for meter, amount, cost in vector["lines"]])


def test_each_name_stands_once() -> None:
    names = Counter(vector["name"] for vector in VECTORS)
    assert [name for name, times in names.items() if times > 1] == []
    assert len(names) >= 250
    assert all(("total" in vector) != ("error" in vector) for vector in VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_oracle_says_what_the_vector_says(vector: dict[str, Any]) -> None:
    if "error" in vector:
        with pytest.raises(cost_oracle.Refused) as refused:
            cost_oracle.cost(vector["body"], **options(vector))
        assert refused.value.error == vector["error"]
        return
    cost = cost_oracle.cost(vector["body"], **options(vector))
    assert cost.total == Decimal(vector["total"])
    if "lines" in vector:
        units: dict[str, tuple[int, int]] = {}
        for line in cost.lines:
            before = units.get(line.meter, (0, 0))
            units[line.meter] = before[0] + line.amount, before[1] + line.units
        assert {key: (amount, cost_oracle.decimal(sum)) for key, (amount, sum) in units.items()} == stored_lines(vector)
    if "reported" in vector:
        assert cost.reported == Decimal(vector["reported"])


@requires_cost
@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_cost_says_what_the_vector_says(vector: dict[str, Any]) -> None:
    if "error" in vector:
        with pytest.raises(getattr(tf, vector["error"])) as refused:
            tf.cost(vector["body"], **options(vector))
        for name in vector["names"]:
            assert name in str(refused.value)
        return
    cost = tf.cost(vector["body"], **options(vector))
    assert cost.total == Decimal(vector["total"])
    if "lines" in vector:
        assert by_meter([(line.meter, line.amount, line.cost) for line in cost.lines]) == stored_lines(vector)
    if "reported" in vector:
        assert cost.reported == Decimal(vector["reported"])


@requires_cost
@pytest.mark.parametrize("vector", VECTORS[::7], ids=[vector["name"] for vector in VECTORS[::7]])
def test_cost_of_text_is_that_of_the_body(vector: dict[str, Any]) -> None:
    text = json.dumps(vector["body"], ensure_ascii=False)
    for body in (text, text.encode()):
        if "error" in vector:
            with pytest.raises(getattr(tf, vector["error"])):
                tf.cost(body, **options(vector))
        else:
            assert tf.cost(body, **options(vector)).total == Decimal(vector["total"])


class Response:
    """What the libraries of providers return: an object that says itself as a `dict` or as JSON."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return dict(self.body)

    def model_dump_json(self, **_: Any) -> str:
        return json.dumps(self.body)

    def to_dict(self, **_: Any) -> dict[str, Any]:
        return dict(self.body)

    def to_json(self, **_: Any) -> str:
        return json.dumps(self.body)


@requires_cost
@pytest.mark.parametrize("vector", VECTORS[::17], ids=[vector["name"] for vector in VECTORS[::17]])
def test_cost_of_an_object_is_that_of_its_body(vector: dict[str, Any]) -> None:
    if "error" in vector:
        with pytest.raises(getattr(tf, vector["error"])):
            tf.cost(Response(vector["body"]), **options(vector))
    else:
        assert tf.cost(Response(vector["body"]), **options(vector)).total == Decimal(vector["total"])


@requires_cost
def test_an_option_that_there_is_not_is_an_error() -> None:
    body = {"model": "gpt-5.4", "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
    with pytest.raises(TypeError, match="teir"):
        tf.cost(body, at="2026-11-20", teir="flex")


@requires_cost
def test_two_hundred_thousand_costs_add_up() -> None:
    body = {"model": "o3-mini", "usage": {"prompt_tokens": 1000, "completion_tokens": 5000, "total_tokens": 6000}}
    one = tf.cost(body, at="2026-11-20").total
    assert one == Decimal("0.0231")
    assert sum((one for _ in range(200_000)), Decimal(0)) == 4620


def answer(body: Any, options: dict[str, Any]) -> tuple[str, Any, Any]:
    """What the library says of a body: its lines and total, or the name of its error."""
    try:
        cost = tf.cost(body, **options)
    except tf.Error as error:
        return type(error).__name__, None, None
    parts = Decimal(0)
    lines: dict[str, int] = {}
    for line in cost.lines:
        parts += line.cost
        lines[line.meter] = lines.get(line.meter, 0) + line.amount
    # Each line is rounded to fifteen places by itself where it is shown.
    assert abs(parts - cost.total) <= Decimal("5e-16") * (len(cost.lines) + 1), (body, options)
    return "", cost.total, lines


def expected(body: Any, options: dict[str, Any]) -> tuple[str, Any, Any]:
    try:
        cost = cost_oracle.cost(body, **options)
    except cost_oracle.Refused as refused:
        return refused.error, None, None
    lines: dict[str, int] = {}
    for line in cost.lines:
        lines[line.meter] = lines.get(line.meter, 0) + line.amount
    return "", cost.total, lines


def test_random_bodies_are_of_every_kind() -> None:
    numbers = random.Random(SEED)
    kinds: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    models = set()
    for _ in range(4_000):
        kind, body, options = cost_bodies.random_case(numbers)
        error = expected(body, options)[0]
        errors[error] += 1
        if not error:
            kinds[kind] += 1
            models.add((options.get("provider"), body.get("model"), options.get("model")))
    assert set(kinds) == set(cost_bodies.KINDS)
    assert errors[""] > 2_400 and errors["BadUsage"] > 50 and errors["MissingRate"] > 50 and errors["InvalidValue"] > 10
    assert len(models) > 800


@requires_cost
def test_cost_of_random_bodies_is_what_the_oracle_says() -> None:
    numbers = random.Random(SEED)
    wrong = []
    for _ in range(CASES):
        kind, body, options = cost_bodies.random_case(numbers)
        ours, theirs = answer(body, options), expected(body, options)
        if ours != theirs:
            wrong.append((kind, json.dumps(body), options, ours, theirs))
            if len(wrong) == 20:
                break
    assert wrong == []
