"""Models by name and day, and their prices in exact money."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import tokenfare as tf


def test_a_model_is_found_by_id_alias_and_provider() -> None:
    model = tf.model("gpt-4o-mini-2024-07-18")
    for name in ("gpt-4o-mini", "openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"):
        assert tf.model(name) == model
        assert hash(tf.model(name)) == hash(model)
    assert (model.id, model.provider, model.encoding) == ("gpt-4o-mini-2024-07-18", "openai", "o200k_base")
    assert "gpt-4o-mini" in model.aliases
    assert (model.context_window, model.max_output) == (128_000, 16_384)
    assert repr(model) == "<Model 'gpt-4o-mini-2024-07-18'>"
    assert model != tf.model("gpt-4o") and model != "gpt-4o-mini"


def test_an_effort_comes_with_the_name() -> None:
    high, medium = tf.model("openai/o3-mini-high"), tf.model("o3-mini")
    assert (high.id, high.effort, medium.effort) == (medium.id, "high", "medium")
    assert high != medium
    assert tf.model("gpt-4o").effort is None


def test_rates_depend_on_the_prompt_the_hour_and_the_region() -> None:
    at = "2026-11-20"
    assert tf.price("gpt-5.4", at=at).long_prompts == [272_000]
    inputs = [tf.price("gpt-5.4", at=at, prompt=prompt).input for prompt in (0, 272_000, 272_001)]
    assert inputs == [Decimal("2.5"), Decimal("2.5"), Decimal(5)]
    assert tf.price("gpt-5.4", at=at, region="us").input == Decimal("2.75")
    with pytest.raises(tf.MissingRate, match="no region `mars`"):
        tf.price("gpt-5.4", at=at, region="mars")
    hours = [tf.price("deepseek-chat", at=at).input for at in ("2025-06-01", "2025-06-01T12:00Z", "2025-06-01T17:00Z")]
    assert hours == [Decimal("0.27"), Decimal("0.27"), Decimal("0.135")]
    assert tf.price("o1-mini", at="2025-01-15").doubt == (date(2025, 1, 13), date(2025, 2, 1))
    assert tf.price("o1-mini", at="2025-01-13").doubt is None
    assert tf.as_of() >= date(2026, 11, 20)
    online = tf.model("openai/gpt-4o:online")
    assert online.online and online.provider == "openrouter" and online != tf.model("openai/gpt-4o", provider="openrouter")


def test_facts_of_a_model() -> None:
    embedding, thinker = tf.model("text-embedding-3-large"), tf.model("o1")
    assert (embedding.dimensions, embedding.gives) == (3072, ["embedding"])
    assert thinker.reasoning == "inside" and "text" in thinker.takes and "chat" in thinker.endpoints
    assert tf.model("gpt-4-0314").retired is not None and tf.model("gpt-4o").knowledge_cutoff == "2023-10"
    assert not tf.model("gpt-4o").encoding_inferred
    routed = tf.model("openai/gpt-4o-mini", provider="openrouter")
    assert routed.provider == "openrouter" and routed != tf.model("gpt-4o-mini")
    assert tf.model("ft:gpt-4o-2024-08-06:acme::abc").id == "ft:gpt-4o-2024-08-06"


def test_models_are_listed_by_pattern_in_order_of_id() -> None:
    ids = [model.id for model in tf.models()]
    assert ids == sorted(ids) and "gpt-4o-2024-08-06" in ids
    assert [model.id for model in tf.models("*")] == ids
    makers = [model.id for model in tf.models("gpt-4o-mini") if model.provider == "openai"]
    assert makers == ["gpt-4o-mini-2024-07-18"]
    assert tf.models("no such*") == []
    assert all(model == tf.model(model.id, provider=model.provider) for model in tf.models())


def test_every_model_with_an_encoding_counts() -> None:
    for model in tf.models():
        if model.provider != "openai":
            continue
        if model.encoding is None:
            with pytest.raises(tf.NotExact, match=f"`{model.id}` is not public"):
                tf.count("hello world", model=model.id)
        else:
            assert tf.count("hello world", model=model.id) == tf.encoding(model.encoding).count("hello world")


def test_money_is_decimal_and_exact() -> None:
    model = tf.model("gpt-4o-mini")
    price = model.price(at="2026-11-20")
    assert [price.input, price.cache_read, price.output] == [Decimal("0.15"), Decimal("0.075"), Decimal("0.60")]
    assert all(type(rate) is Decimal for rate in (price.input, price.cache_read, price.output))
    assert price.sources and price.checked >= price.since and price.tier == "standard"
    batch = tf.price("gpt-4o-mini", at="2026-11-20", tier="batch")
    assert (batch.input, batch.output, batch.tier) == (Decimal("0.075"), Decimal("0.3"), "batch")
    assert price.rate("output") == price.output == price.rates["output"]
    images = tf.price("dall-e-3", at="2025-02-01").rates["images"]
    assert images["hd 1024x1024"] == Decimal("0.08") == tf.price("dall-e-3").rate("images", "hd 1024x1024")
    with pytest.raises(tf.InvalidValue, match="unknown rate `outputs`"):
        price.rate("outputs")
    with pytest.raises(tf.InvalidValue, match="unknown tier `flexx`"):
        model.price(tier="flexx")
    with pytest.raises(tf.MissingRate, match="no tier `ultrafast` in the price of `gpt-4o-mini-2024-07-18`"):
        model.price(tier="ultrafast")
    cost = model.input_cost(1_234, at="2026-11-20")
    assert (type(cost), str(cost)) == (Decimal, "0.0001851")
    assert model.input_cost(0, at="2026-11-20") == 0
    assert model.input_cost(10**15, at="2026-11-20") == Decimal(150_000_000)


def test_a_day_is_a_text_a_date_or_a_datetime_in_utc() -> None:
    model, first, before = tf.model("gpt-4o-mini"), date(2024, 7, 18), date(2024, 7, 17)
    pacific = timezone(timedelta(hours=-8))
    for at in (
        "2024-07-18",
        "2024-07-18T00:00:00Z",
        "2024-07-18 23:59:59",
        "2024-07-17T16:00:00-08:00",
        "2024-07-19T07:59:59.999999+08:00",
        first,
        datetime(2024, 7, 18),
        datetime(2024, 7, 18, 12, tzinfo=timezone.utc),
        datetime(2024, 7, 17, 16, tzinfo=pacific),
    ):
        assert model.price(at).cache_read is None, at
    for early in (
        "2024-07-17",
        "2024-07-17T23:59:59Z",
        "2024-07-18T07:59:59+08:00",
        before,
        datetime(2024, 7, 17, 15, 59, tzinfo=pacific),
    ):
        with pytest.raises(tf.MissingRate, match="on 2024-07-17, the first is dated 2024-07-18"):
            model.price(early)
    for wrong in (
        "",
        "today",
        "2024-02-30",
        "2024-7-18",
        "20240718",
        "2024-07-18T25:00:00",
        "2024-07-18T",
        "2024-07-18junk",
    ):
        with pytest.raises(tf.InvalidValue, match="is not a day of the calendar"):
            model.price(wrong)


def test_a_name_is_that_of_its_day_and_so_are_its_prices() -> None:
    assert tf.model("gpt-4o", at="2024-10-02") != tf.model("gpt-4o")
    assert tf.model("gpt-4o", at="2024-10-02").id == tf.model("gpt-4o").id
    assert tf.model("gpt-4o", at=date(2024, 6, 1)).id == "gpt-4o-2024-05-13"
    with pytest.raises(tf.UnknownModel, match="no model known as `gpt-4o` on 2023-06-01"):
        tf.model("gpt-4o", at=date(2023, 6, 1))
    assert tf.model("gpt-4o-realtime-preview", at="2025-02-01").context_window == 128_000
    then = tf.model("gpt-4o-2024-08-06", at="2024-09-01")
    assert then.price().cache_read is None
    assert then.price(at="2024-10-01").cache_read == Decimal("1.25")
    with pytest.raises(tf.MissingRate):
        tf.model("gpt-4o-2024-08-06", at="2024-01-01").input_cost(1)


def test_a_price_is_todays_unless_a_day_is_given() -> None:
    today = datetime.now(timezone.utc)
    model = tf.model("gpt-4o")
    assert repr(model.price()) == repr(model.price(today))
    assert model.input_cost(1_000) == model.input_cost(1_000, at=today)


def test_an_amount_of_tokens_is_a_whole_number_from_0() -> None:
    for wrong in (-1, 2**64):
        with pytest.raises(tf.InvalidValue, match="`tokens` must be a whole number from 0"):
            tf.model("gpt-4o").input_cost(wrong)
