"""Money against a decimal oracle."""

from __future__ import annotations

import random
from decimal import Decimal, localcontext

import pytest
import tokenfare as tf

DAY = "2026-11-20"


def priced() -> list[tuple[tf.Model, tf.Price]]:
    found = []
    for model in tf.models():
        try:
            found.append((model, model.price(at=DAY)))
        except tf.MissingRate:
            pass
    return found


def test_a_cost_is_the_rate_times_the_tokens_to_the_last_digit() -> None:
    numbers = random.Random(5)
    models = priced()
    assert len(models) > 2_500
    with localcontext() as context:
        context.prec = 60
        for model, price in models:
            if price.input is None:
                with pytest.raises(tf.MissingRate, match="no `input` rate"):
                    model.input_cost(1, at=DAY)
                continue
            for tokens in (0, 1, 7, numbers.randrange(10**6), numbers.randrange(10**12), 2**63):
                expected = price.input * tokens / 10**6
                cost = model.input_cost(tokens, at=DAY)
                assert abs(cost - expected) <= Decimal("5e-16"), (model, tokens)
                if expected == expected.quantize(Decimal("1e-15")):
                    assert cost == expected, (model, tokens)


def test_a_million_small_amounts_add_up() -> None:
    one = tf.model("gpt-4o-mini").input_cost(7, at=DAY)
    assert one == Decimal("0.00000105")
    assert sum((one for _ in range(1_000_000)), Decimal(0)) == Decimal("1.05")
