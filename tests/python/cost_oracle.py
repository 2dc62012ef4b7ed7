"""A second pricing of usage, slow and plain: from the files of the catalog and a response to money, in whole numbers.

It shares no code with the library. `cost` is all of it: `read` makes the usage of a body, `price` the money of a usage.
`cost_bodies.py` draws bodies that both sides are asked about.

What it decides where price lists are silent:

1. A line is written for an amount that is not zero; a rate that is known to be zero makes a line of zero. No rate is needed
   for what was not used, but a price of the day is.
2. The model is the response's, if the catalog knows that name; else the caller's.
3. The tier served counts, not the one asked for: a tier in the response wins, but for `batch`, which only the caller knows.
   `default`, `standard`, `on_demand` and `standard_only` are the standard tier, `auto` says nothing.
4. Reasoning tokens are output. They have a line of their own only where they have a rate of their own, and the line of
   output has the rest. Whether they stand inside or outside the output is decided by the total; without a total, by the
   catalog, and by the provider: outside at xAI's chat and in Perplexity's own field.
5. Tokens read from a cache and written to one are apart from `input`. Without a rate of their own they have no price.
6. Tokens of sound, pictures and films in the prompt have their own rate. Without one, pictures and films are `input` if the
   model takes them, or if what it takes is not known; sound is `input` if the model takes it and its price has no rate for
   sound at all. In the answer they need their own rate, but where the model gives nothing else. Documents are text.
7. Cached tokens of another modality have their own cache rate; else that of text, if the modality's rate is that of text. If
   a response does not say what was cached, it was text first, then pictures, films, sound.
8. A long prompt is one of so many tokens in all: uncached, read from a cache, written to one, and of tools. Each iteration of
   an Anthropic response has a prompt of its own.
9. A fee per request is one for each body. A chat model that searches has one web search for each body; its context size is
   `medium` if the body does not say, at Perplexity `low`.
10. Where a price has a rate for seconds and none for input, the tokens of a response that counts seconds are not billed.
11. Pictures made through the images API are pictures unless the response says otherwise; so is sound made by a model that
    gives nothing but sound.
12. If the iterations of an Anthropic response have a fallback that answered, other models' messages among them were declined.
13. Amounts are whole numbers of 64 bits, and so are their sums. Seconds are rounded up.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DATA = Path(__file__).parents[2] / "crates/tokenfare-catalog/data"

# Money is counted in units of 1 / (9 * 10**15) dollar, in which every rate is whole.
DOLLAR = 9 * 10**15
MOST = 2**64 - 1

TIERS = ("standard", "batch", "flex", "priority", "fast", "ultrafast", "balanced")
STANDARD = ("default", "standard", "on_demand", "standard_only")
KINDS = ("maker", "router", "host", "reseller")
TOKEN_METERS = (
    "input", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h", "output", "reasoning", "citation", "training",
    "input_audio", "cache_read_audio", "cache_write_audio", "output_audio", "input_image", "cache_read_image", "output_image",
    "input_video", "output_video",
)  # fmt: skip
OTHER_METERS = (
    "characters", "seconds", "output_seconds", "input_images", "images", "pages", "annotated_pages", "requests", "web_search",
    "file_search", "maps_search", "search_units",
)  # fmt: skip
UNITS = {"": 1, "k": 1_000, "M": 1_000_000, "minute": 60, "hour": 3_600}


class Refused(Exception):
    """No price: the name of the library's error, and what its message has to name."""

    def __init__(self, error: str, *names: object) -> None:
        super().__init__(error, *names)
        self.error = error
        self.names = tuple(str(name) for name in names)


def bad_usage(*names: object) -> NoReturn:
    raise Refused("BadUsage", *names)


# The catalog: names, prices, rates.


@dataclass(eq=False)
class Price:
    """The rates of a model from a day on."""

    begins: date
    until: date | None
    rates: dict[tuple[str, str], int]
    cards: list[Card]
    known: dict[tuple[bool, ...], dict[tuple[str, str], int]] = field(default_factory=dict)

    def under(self, tier: str, prompt: int, minute: int | None, region: str | None) -> dict[tuple[str, str], int]:
        """The rates that hold under these conditions."""
        if tier != "standard" and not any(card.tier == tier for card in self.cards):
            raise Refused("MissingRate", tier)
        if region is not None and not any(card.region == region for card in self.cards):
            raise Refused("MissingRate", region)
        holding = tuple(card.holds(tier, prompt, minute, region) for card in self.cards)
        if holding not in self.known:
            rates = dict(self.rates)
            for card, holds in zip(self.cards, holding):
                if holds:
                    rates = card.change(rates)
            self.known[holding] = rates
        return self.known[holding]


@dataclass(eq=False)
class Card:
    """What changes rates under a condition."""

    tier: str | None
    over: int | None
    inclusive: bool
    hours: tuple[int, int] | None
    region: str | None
    multiplier: Fraction | None
    rates: dict[tuple[str, str], int]

    def holds(self, tier: str, prompt: int, minute: int | None, region: str | None) -> bool:
        if self.tier is not None and self.tier != tier:
            return False
        if self.region is not None and self.region != region:
            return False
        if self.over is not None and not (prompt > self.over or self.inclusive and prompt == self.over):
            return False
        if self.hours is not None:
            begin, end = self.hours
            if minute is None:
                return False
            return begin <= minute < end if begin <= end else minute >= begin or minute < end
        return True

    def change(self, rates: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
        changed = dict(rates)
        if self.multiplier is not None:
            for key, rate in rates.items():
                if key[0] in TOKEN_METERS:
                    changed[key] = whole(rate * self.multiplier)
        for_all = {meter for meter, detail in self.rates if detail == ""}
        return {key: rate for key, rate in changed.items() if key[0] not in for_all} | self.rates


@dataclass(eq=False)
class Model:
    """A model at a provider."""

    provider: str
    id: str
    kind: int
    takes: list[str] | None
    gives: list[str] | None
    endpoints: list[str]
    reasoning: str | None
    prices: list[Price]
    aliases: list[str]

    def price_on(self, day: date) -> Price:
        held = [price for price in self.prices if price.begins <= day]
        if not held or held[-1].until is not None and held[-1].until <= day:
            raise Refused("MissingRate", self.id)
        return held[-1]


@dataclass(eq=False)
class Name:
    """What a name stands for, from a day until another."""

    model: Model
    begins: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.until is None or day < self.until)


def whole(units: Fraction) -> int:
    assert units.denominator == 1, units
    return units.numerator


def rate_of(meter: str, text: str) -> int:
    """The rate of one of what the meter counts."""
    if meter in TOKEN_METERS:
        return whole(Fraction(text) * DOLLAR / 1_000_000)
    number, _, unit = text.partition("/")
    return whole(Fraction(number) * DOLLAR / UNITS[unit])


def rates_of(row: dict[str, Any]) -> dict[tuple[str, str], int]:
    rates = {}
    for meter in TOKEN_METERS + OTHER_METERS:
        stated = row.get(meter, {})
        for detail, text in (stated if isinstance(stated, dict) else {"": stated}).items():
            rates[meter, detail] = rate_of(meter, text)
    return rates


def card_of(row: dict[str, Any]) -> Card:
    hours = None
    if "hours" in row:
        begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in row["hours"].split("-"))
        hours = (begin, end)
    multiplier = Fraction(row["multiplier"]) if "multiplier" in row else None
    terms = row.get("tier"), row.get("over"), row.get("inclusive", False), hours, row.get("region")
    return Card(*terms, multiplier, rates_of(row))


@cache
def catalog() -> tuple[dict[str, str], dict[str, list[Name]], list[Model]]:
    """The providers by each of their names, what each name stands for, and all models."""
    providers: dict[str, str] = {}
    names: dict[str, list[Name]] = {}
    models = []
    for file in sorted(DATA.glob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for name in [data["provider"], *data.get("also", [])]:
            providers[name] = data["provider"]
        for row in data["model"]:
            prices = [
                Price(each["from"], each.get("until"), rates_of(each), [card_of(card) for card in each.get("card", [])])
                for each in row.get("price", [])
            ]
            kind = KINDS.index("host" if row.get("resold") else data["kind"])
            aliases = row.get("alias", [])
            model = Model(
                data["provider"], row["id"], kind, row.get("takes"), row.get("gives"), row.get("endpoints", []),
                row.get("reasoning"), sorted(prices, key=lambda price: price.begins), [alias["name"] for alias in aliases],
            )  # fmt: skip
            models.append(model)
            names.setdefault(model.id, []).append(Name(model))
            for alias in aliases:
                names.setdefault(alias["name"], []).append(Name(model, alias.get("from"), alias.get("until")))
    for known in names.values():
        known.sort(key=lambda name: name.begins or date.min)
    return providers, names, models


def at_provider(provider: str, name: str) -> list[Name]:
    providers, names, _ = catalog()
    if provider not in providers:
        return []
    return [known for known in names.get(name, []) if known.model.provider == providers[provider]]


def written(provider: str | None, name: str) -> list[Name]:
    """What a name stands for as it is written: at a provider, behind its provider, or without one."""
    providers, names, _ = catalog()
    before, slash, rest = name.partition("/")
    if provider is not None:
        found = at_provider(provider, name)
        if not found and slash and provider in providers and providers.get(before) == providers[provider]:
            found = at_provider(provider, rest)
        return found
    if slash and (found := at_provider(before, rest)):
        return found
    known = names.get(name, [])
    first = min((each.model.kind for each in known), default=None)
    known = [each for each in known if each.model.kind == first]
    if len({each.model.provider for each in known}) > 1:
        raise Refused("UnknownModel", name)
    return known


def resolve(provider: str | None, name: str, day: date) -> tuple[Model, bool]:
    """The model that a name stood for on a day, and whether the web was searched first."""
    providers = catalog()[0]
    online = False
    found = written(provider, name)
    if not found:
        tuned = re.match(r"((?:.*/)?ft:[^:]*):", name)
        if tuned:
            found = written(provider, tuned.group(1))
        elif name.startswith("models/"):
            found = written(provider, name.removeprefix("models/"))
    if not found and name.endswith(":online"):
        base = name.removesuffix(":online")
        if base.startswith("openrouter/"):
            provider, base = "openrouter", base.removeprefix("openrouter/")
        if provider is None or providers.get(provider) == "openrouter":
            found, online = written("openrouter", base), True
    held = [each for each in found if each.holds(day)]
    if not held:
        raise Refused("UnknownModel", name)
    return held[-1].model, online


def is_of_google(name: str | None) -> bool:
    """Whether it is one of Google's own that counts reasoning outside."""
    try:
        found, _ = resolve(None, name or "", date.today())
    except Refused:
        return False
    return found.provider == "google" and found.reasoning == "outside"


# Usage: what a response says was used.


@dataclass
class Tokens:
    """The tokens of one answer of one model."""

    model: str | None = None
    prompt: int = 0
    """All of the prompt: what is cached, written to a cache and of other modalities is part of it."""
    read: int = 0
    read_of: dict[str, int] = field(default_factory=dict)
    """What of it is known to be of which modality; `text` too."""
    written: dict[str, int] = field(default_factory=dict)
    """By meter."""
    prompt_of: dict[str, int] = field(default_factory=dict)
    output: int = 0
    """All of the answer, without reasoning where that stands outside."""
    output_of: dict[str, int] = field(default_factory=dict)
    reasoning: int = 0
    reasoning_outside: bool | None = False
    """`None` if the response does not tell."""
    left_over: int = 0
    """What the total has beyond prompt and answer: reasoning, if it is one of Gemini's that answered."""
    by_gemini: bool = False
    citation: int = 0
    timed: bool = False
    """Whether the response counts seconds too."""
    all_made: str | None = None
    """The modality of the answer, where the interface makes nothing else."""


@dataclass
class Usage:
    """What a body says."""

    format: str
    model: str | None = None
    provider: str | None = None
    """Who sent it, if the body shows that."""
    answers: list[Tokens] = field(default_factory=list)
    calls: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    """A meter, how many, and what its rate may depend on, the first that there is."""
    tier: str | None = None
    region: str | None = None
    reported: Decimal | None = None
    free: bool = False
    """Whether nothing was counted because nothing is billed."""
    search_size: str | None = None
    searches_if_billed: int = 0


def number(of: dict[str, Any], key: str, required: bool = False) -> int:
    """A whole number of 64 bits; what is not there, or null, is none."""
    value = of.get(key)
    if value is None and not required:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        bad_usage(key, value)
    return value


def sum_of(*amounts: int) -> int:
    total = sum(amounts)
    if total > MOST:
        bad_usage("too large")
    return total


def inner(of: dict[str, Any], key: str) -> dict[str, Any]:
    value = of.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        bad_usage(key, value)
    return value


def subset(part: int, whole: int, key: str) -> None:
    if part > whole:
        bad_usage(key, part, whole)


def tier_of(word: Any) -> str | None:
    if word is None or word == "auto":
        return None
    if word in STANDARD:
        return "standard"
    if word not in TIERS:
        raise Refused("InvalidValue", word)
    return str(word)


def money_of(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        bad_usage(value)
    return Decimal(str(value))


def agree(of: list[tuple[str, int]]) -> int:
    """One amount that is told more than once."""
    told = {amount for _, amount in of}
    if len(told) > 1:
        bad_usage(*(name for name, _ in of))
    return told.pop() if told else 0


def read_chat(body: dict[str, Any], usage: dict[str, Any], kind: str = "openai.chat") -> Usage:
    """OpenAI's chat completions and everything that looks like them: completions, embeddings, other providers."""
    found = Usage(kind, body.get("model"), tier=tier_of(body.get("service_tier")))
    prompt, output = number(usage, "prompt_tokens", required=True), number(usage, "completion_tokens")
    before, after = inner(usage, "prompt_tokens_details"), inner(usage, "completion_tokens_details")
    tokens = Tokens(prompt=prompt, output=output)

    places = [(before, "cached_tokens"), (usage, "cached_tokens"), (usage, "num_cached_tokens")]
    told = [(key, number(of, key)) for of, key in places if of.get(key) is not None]
    if usage.get("prompt_cache_hit_tokens") is not None:
        hit = number(usage, "prompt_cache_hit_tokens")
        told.append(("prompt_cache_hit_tokens", hit))
        missed = number(usage, "prompt_cache_miss_tokens")
        if usage.get("prompt_cache_miss_tokens") is not None and sum_of(hit, missed) != prompt:
            bad_usage("prompt_cache_miss_tokens", missed)
    tokens.read = agree(told)
    subset(tokens.read, prompt, "cached_tokens")
    if write := number(before, "cache_write_tokens"):
        tokens.written["cache_write"] = write
        subset(sum_of(tokens.read, write), prompt, "cache_write_tokens")
    for modality in ("audio", "image", "video"):
        tokens.prompt_of[modality] = number(before, f"{modality}_tokens")
        tokens.output_of[modality] = number(after, f"{modality}_tokens")
        subset(tokens.prompt_of[modality], prompt, f"{modality}_tokens")
        subset(tokens.output_of[modality], output, f"{modality}_tokens")

    of_perplexity = any(key in usage for key in ("citation_tokens", "num_search_queries", "search_context_size"))
    inside, own = number(after, "reasoning_tokens"), number(usage, "reasoning_tokens")
    tokens.reasoning = agree([("reasoning_tokens", amount) for amount in (inside, own) if amount])
    total = number(usage, "total_tokens") if usage.get("total_tokens") is not None else None
    of_sound = number(usage, "prompt_audio_seconds")
    if of_perplexity:
        tokens.reasoning_outside = True
        tokens.citation = number(usage, "citation_tokens")
        found.searches_if_billed = number(usage, "num_search_queries")
        if total is not None and total != sum_of(prompt, output):
            bad_usage("total_tokens", total)
    elif total is None:
        tokens.reasoning_outside = None if tokens.reasoning else False
    elif total == sum_of(prompt, output):
        tokens.reasoning_outside = False
    elif tokens.reasoning and total == sum_of(prompt, output, tokens.reasoning):
        tokens.reasoning_outside = True
    elif not of_sound and not tokens.reasoning and total > sum_of(prompt, output):
        tokens.left_over = total - sum_of(prompt, output)
        tokens.by_gemini = "cost" not in usage and is_of_google(body.get("model"))
    elif not of_sound:
        bad_usage("total_tokens", total)
    if tokens.reasoning_outside is False:
        subset(tokens.reasoning, output, "reasoning_tokens")
    predicted = sum_of(number(after, "accepted_prediction_tokens"), number(after, "rejected_prediction_tokens"))
    subset(predicted, output, "prediction_tokens")
    if of_sound:
        found.calls.append(("seconds", of_sound, ()))
        tokens.timed = True

    options = inner(body, "web_search_options")
    found.search_size = options.get("search_context_size", usage.get("search_context_size"))
    cost = usage.get("cost")
    if "cost_in_usd_ticks" in usage:
        found.reported = Decimal(number(usage, "cost_in_usd_ticks")).scaleb(-10)
    elif isinstance(cost, dict):
        found.reported = money_of(cost.get("total_cost"))
    else:
        found.reported = money_of(cost)
    if "is_byok" in usage or "cost_details" in usage or "cost" in usage and not isinstance(cost, dict):
        found.provider = "openrouter"
    found.answers = [tokens]
    return found


def read_total_only(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """Embeddings and reranking that count one number."""
    tokens = Tokens(prompt=number(usage, "total_tokens", required=True))
    return Usage("embeddings", body.get("model"), answers=[tokens])


def read_responses(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """OpenAI's responses, and xAI's."""
    found = Usage("openai.responses", body.get("model"), tier=tier_of(body.get("service_tier")))
    before, after = inner(usage, "input_tokens_details"), inner(usage, "output_tokens_details")
    tokens = Tokens(
        prompt=number(usage, "input_tokens", required=True), output=number(usage, "output_tokens", required=True)
    )
    tokens.read = number(before, "cached_tokens")
    subset(tokens.read, tokens.prompt, "cached_tokens")
    if write := number(before, "cache_write_tokens"):
        tokens.written["cache_write"] = write
        subset(sum_of(tokens.read, write), tokens.prompt, "cache_write_tokens")
    for modality in ("audio", "image"):
        tokens.prompt_of[modality] = number(before, f"{modality}_tokens")
        tokens.output_of[modality] = number(after, f"{modality}_tokens")
        subset(tokens.prompt_of[modality], tokens.prompt, f"{modality}_tokens")
        subset(tokens.output_of[modality], tokens.output, f"{modality}_tokens")
    tokens.reasoning = number(after, "reasoning_tokens")
    total = usage.get("total_tokens")
    tokens.reasoning_outside = total is not None and total == sum_of(tokens.prompt, tokens.output, tokens.reasoning)
    if not (tokens.reasoning and tokens.reasoning_outside):
        tokens.reasoning_outside = False
        subset(tokens.reasoning, tokens.output, "reasoning_tokens")
        check_total(usage, tokens.prompt, tokens.output)
    if "cost_in_usd_ticks" in usage:
        found.reported = Decimal(number(usage, "cost_in_usd_ticks")).scaleb(-10)

    searches, files = 0, 0
    for item in body.get("output") or []:
        if item.get("type") == "web_search_call" and (item.get("action") or {}).get("type", "search") == "search":
            searches += 1
        files += item.get("type") == "file_search_call"
    tools = [tool for tool in body.get("tools") or [] if str(tool.get("type", "")).startswith("web_search")]
    size = next((tool["search_context_size"] for tool in tools if tool.get("search_context_size")), "medium")
    preview = any(tool["type"].startswith("web_search_preview") for tool in tools)
    found.calls += [("web_search", searches, ("preview", size) if preview else (size,)), ("file_search", files, ())]
    found.answers = [tokens]
    return found


def check_total(usage: dict[str, Any], *parts: int) -> None:
    if usage.get("total_tokens") is not None and number(usage, "total_tokens") != sum_of(*parts):
        bad_usage("total_tokens", usage["total_tokens"])


def read_images(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """OpenAI's images that are counted in tokens."""
    before, after = inner(usage, "input_tokens_details"), inner(usage, "output_tokens_details")
    tokens = Tokens(
        prompt=number(usage, "input_tokens", required=True), output=number(usage, "output_tokens", required=True)
    )
    tokens.prompt_of["image"] = number(before, "image_tokens")
    subset(sum_of(number(before, "image_tokens"), number(before, "text_tokens")), tokens.prompt, "image_tokens")
    tokens.read = number(before, "cached_tokens")
    cached = inner(before, "cached_tokens_details")
    tokens.read_of = {key: number(cached, f"{key}_tokens") for key in ("text", "image") if f"{key}_tokens" in cached}
    subset(tokens.read, tokens.prompt, "cached_tokens")
    subset(sum_of(number(after, "image_tokens"), number(after, "text_tokens")), tokens.output, "output_tokens_details")
    if "image_tokens" in after:
        tokens.output_of["image"] = number(after, "image_tokens")
        subset(tokens.output_of["image"], tokens.output, "image_tokens")
    else:
        tokens.all_made = "image"
    check_total(usage, tokens.prompt, tokens.output)
    return Usage("openai.images", body.get("model"), answers=[tokens])


def read_realtime(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """OpenAI's realtime sessions, and transcription in tokens: `details` in the singular."""
    before, after = inner(usage, "input_token_details"), inner(usage, "output_token_details")
    tokens = Tokens(
        prompt=number(usage, "input_tokens", required=True), output=number(usage, "output_tokens", required=True)
    )
    tokens.read = number(before, "cached_tokens")
    subset(tokens.read, tokens.prompt, "cached_tokens")
    cached = inner(before, "cached_tokens_details")
    for modality in ("audio", "image"):
        tokens.prompt_of[modality] = number(before, f"{modality}_tokens")
    subset(sum_of(*tokens.prompt_of.values(), number(before, "text_tokens")), tokens.prompt, "input_token_details")
    for modality in ("text", "audio", "image"):
        if f"{modality}_tokens" in cached:
            tokens.read_of[modality] = number(cached, f"{modality}_tokens")
    tokens.output_of["audio"] = number(after, "audio_tokens")
    subset(sum_of(tokens.output_of["audio"], number(after, "text_tokens")), tokens.output, "output_token_details")
    check_total(usage, tokens.prompt, tokens.output)
    return Usage("openai.realtime", body.get("model"), answers=[tokens])


def read_speech_tokens(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """OpenAI's speech at its end: what is made is sound."""
    tokens = Tokens(
        prompt=number(usage, "input_tokens", required=True), output=number(usage, "output_tokens", required=True)
    )
    tokens.all_made = "audio"
    check_total(usage, tokens.prompt, tokens.output)
    return Usage("openai.speech", body.get("model"), answers=[tokens])


def read_seconds(body: dict[str, Any], of: dict[str, Any], key: str) -> Usage:
    value = of[key]
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value):
        value = int(value)  # as requests for films have it
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or value > MOST:
        bad_usage(key, value)
    return Usage("openai.transcriptions", body.get("model"), calls=[("seconds", math.ceil(value), ())])


def read_picture_request(body: dict[str, Any]) -> Usage:
    count = number(body, "n") if body.get("n") is not None else len(body.get("data") or [None])
    size, quality = body.get("size") or "1024x1024", body.get("quality") or "standard"
    return Usage("openai.images", body.get("model"), calls=[("images", count, (f"{quality} {size}", size, quality))])


def read_speech_request(body: dict[str, Any]) -> Usage:
    if "input_characters" in body:
        count = number(body, "input_characters", required=True)
    elif isinstance(body["input"], str):
        count = len(body["input"])
    else:
        bad_usage("input")
    return Usage("openai.speech", body.get("model"), calls=[("characters", count, ())])


def anthropic_tokens(usage: dict[str, Any]) -> Tokens:
    fresh, read = number(usage, "input_tokens", required=True), number(usage, "cache_read_input_tokens")
    split = inner(usage, "cache_creation")
    short, long = number(split, "ephemeral_5m_input_tokens"), number(split, "ephemeral_1h_input_tokens")
    write = sum_of(short, long)
    if usage.get("cache_creation_input_tokens") is not None:
        told = number(usage, "cache_creation_input_tokens")
        served = bool(inner(usage, "server_tool_use"))
        if not split:
            short = write = told
        elif told > write and (served or not write):
            short, write = told - long, told  # told of the last turn only, or of none
        elif told != write:
            bad_usage("cache_creation_input_tokens", told)
    tokens = Tokens(usage.get("model"), sum_of(fresh, read, write), read)
    tokens.written = {"cache_write": short, "cache_write_1h": long}
    tokens.output = number(usage, "output_tokens", required=True)
    tokens.reasoning = number(inner(usage, "output_tokens_details"), "thinking_tokens")
    subset(tokens.reasoning, tokens.output, "thinking_tokens")
    return tokens


def read_anthropic(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """Anthropic's messages."""
    found = Usage("anthropic.messages", body.get("model"), tier=tier_of(usage.get("service_tier")))
    speed = tier_of(usage.get("speed"))
    if speed not in (None, "standard"):
        found.tier = speed
    geo = usage.get("inference_geo")
    found.region = None if geo in (None, "global", "not_available", "") else geo
    found.answers = [anthropic_tokens(usage)]
    iterations = usage.get("iterations")
    if iterations:
        served = {each.get("model") for each in iterations if each.get("type") == "fallback_message"}
        billed = [
            each
            for each in iterations
            if not served or each.get("type") != "message" or each.get("model") in served | {None}
        ]
        found.answers = [anthropic_tokens(each) for each in billed]
    searches = number(inner(usage, "server_tool_use"), "web_search_requests")
    found.calls.append(("web_search", searches, ()))
    return found


def read_gemini(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """Gemini's generated content, as the interface has it and as the Python library has it."""
    snake = {re.sub("([A-Z])", lambda found: "_" + found[1].lower(), key): value for key, value in usage.items()}
    prompt, tools = number(snake, "prompt_token_count"), number(snake, "tool_use_prompt_token_count")
    output, thoughts = number(snake, "candidates_token_count"), number(snake, "thoughts_token_count")
    tokens = Tokens(prompt=sum_of(prompt, tools), output=output, reasoning=thoughts, reasoning_outside=True)
    tokens.read = number(snake, "cached_content_token_count")
    subset(tokens.read, prompt, "cached")
    if snake.get("total_token_count") is not None:
        total = number(snake, "total_token_count")
        if total == sum_of(prompt, tools, output) and thoughts:
            tokens.reasoning_outside = False
            subset(thoughts, output, "thoughts")
        elif total != sum_of(prompt, tools, output, thoughts):
            bad_usage("total", total)

    def by_modality(*keys: str) -> dict[str, int]:
        parts: dict[str, int] = {}
        for key in keys:
            for row in snake.get(key) or []:
                modality = str(row.get("modality", "")).rsplit(".")[-1].lower()
                modality = "text" if modality == "document" else modality
                count = number({re.sub("C", "_c", name): value for name, value in row.items()}, "token_count")
                parts[modality] = sum_of(parts.get(modality, 0), count)
        return parts

    tokens.prompt_of = by_modality("prompt_tokens_details", "tool_use_prompt_tokens_details")
    subset(sum_of(*tokens.prompt_of.values()), tokens.prompt, "prompt")
    tokens.prompt_of.pop("text", None)
    tokens.read_of = by_modality("cache_tokens_details")
    subset(sum_of(*tokens.read_of.values()), tokens.read, "cache")
    tokens.output_of = by_modality("candidates_tokens_details")
    subset(sum_of(*tokens.output_of.values()), tokens.output, "candidates")
    tokens.output_of.pop("text", None)
    model = body.get("modelVersion", body.get("model_version", body.get("model")))
    return Usage("gemini.generate_content", model, answers=[tokens])


def read_bedrock(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """Bedrock's Converse: what is cached comes in addition."""
    fresh, output = number(usage, "inputTokens", required=True), number(usage, "outputTokens")
    read, write = number(usage, "cacheReadInputTokens"), number(usage, "cacheWriteInputTokens")
    if usage.get("totalTokens") is not None:
        total = number(usage, "totalTokens")
        if total not in (sum_of(fresh, output), sum_of(fresh, output, read, write)):
            bad_usage("totalTokens", total)
    tokens = Tokens(prompt=sum_of(fresh, read, write), read=read, output=output)
    details = usage.get("cacheDetails") or []
    hour = sum_of(*(number(each, "inputTokens") for each in details if each.get("ttl") == "1h"))
    if details and sum_of(*(number(each, "inputTokens") for each in details)) != write:
        bad_usage("cacheWriteInputTokens", write)
    tokens.written = {"cache_write": write - hour, "cache_write_1h": hour}
    tier = tier_of(inner(body, "serviceTier").get("type"))
    return Usage("bedrock.converse", body.get("model", body.get("modelId")), "aws", [tokens], tier=tier)


def read_cohere(body: dict[str, Any], units: dict[str, Any]) -> Usage:
    """Cohere's billed units."""
    tokens = Tokens(prompt=number(units, "input_tokens"), output=number(units, "output_tokens"))
    found = Usage("cohere", body.get("model"), answers=[tokens])
    found.calls.append(("search_units", number(units, "search_units"), ()))
    return found


def read_pages(body: dict[str, Any], usage: dict[str, Any]) -> Usage:
    """Mistral's reading of pages."""
    pages = number(usage, "pages_processed", required=True)
    annotated = body.get("document_annotation") is not None
    return Usage("mistral.ocr", body.get("model"), calls=[("annotated_pages" if annotated else "pages", pages, ())])


def read_generation(data: dict[str, Any]) -> Usage:
    """OpenRouter's account of one request, in the tokens of the model."""
    tokens = Tokens(prompt=number(data, "native_tokens_prompt", required=True))
    tokens.output = number(data, "native_tokens_completion", required=True)
    tokens.read = number(data, "native_tokens_cached")
    subset(tokens.read, tokens.prompt, "native_tokens_cached")
    tokens.reasoning = number(data, "native_tokens_reasoning")
    subset(tokens.reasoning, tokens.output, "native_tokens_reasoning")
    found = Usage("openrouter.generation", data.get("model"), "openrouter", [tokens])
    found.reported = money_of(data.get("total_cost"))
    return found


# Of the names of formats those that vectors say: all other bodies are known by what they hold.
FORMATS = ("openai.chat",)


def read(body: Any, format: str | None = None) -> Usage:
    """The usage of a body, whatever it is."""
    if not isinstance(body, dict):
        bad_usage("body")
    event = body.get("type")
    if isinstance(event, str) and event.startswith("response.") and isinstance(body.get("response"), dict):
        body = body["response"]
    elif event == "message_start" and isinstance(body.get("message"), dict):
        body = body["message"]
    data = body.get("data")
    if isinstance(data, dict) and "native_tokens_prompt" in data:
        return read_generation(data)
    for key in ("usageMetadata", "usage_metadata"):
        if key in body:
            return read_gemini(body, inner(body, key)) if body[key] is not None else bad_usage(key)
    if isinstance(body.get("usage_info"), dict):
        return read_pages(body, body["usage_info"])
    usage = body.get("usage")
    if usage is None and isinstance(body.get("x_groq"), dict):
        usage = body["x_groq"].get("usage")
    if usage is None and isinstance(body.get("meta"), dict) and "billed_units" in body["meta"]:
        return read_cohere(body, inner(body["meta"], "billed_units"))
    if usage is not None and not isinstance(usage, dict):
        bad_usage("usage", usage)
    if usage is not None:
        return read_usage(body, usage, format)
    if "usage" in body:
        bad_usage("usage")
    if isinstance(body.get("results"), list):
        return Usage("openai.moderations", body.get("model"), free=True)
    for key in ("seconds", "duration"):
        if key in body:
            return read_seconds(body, body, key)
    if "input_characters" in body or "input" in body:
        return read_speech_request(body)
    if any(key in body for key in ("size", "quality", "n")):
        return read_picture_request(body)
    bad_usage("usage")


def read_usage(body: dict[str, Any], usage: dict[str, Any], format: str | None) -> Usage:
    if format == "openai.chat" or format is None and "prompt_tokens" in usage:
        return read_chat(body, usage)
    if "inputTokens" in usage:
        return read_bedrock(body, usage)
    if usage.get("type") == "duration":
        return read_seconds(body, usage, "seconds")
    if "billed_units" in usage:
        return read_cohere(body, inner(usage, "billed_units"))
    if "input_token_details" in usage or "output_token_details" in usage or usage.get("type") == "tokens":
        return read_realtime(body, usage)
    if "input_tokens" in usage:
        if body.get("type") in ("speech.audio.done",):
            return read_speech_tokens(body, usage)
        own = (
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "cache_creation",
            "server_tool_use",
            "iterations",
        )
        if body.get("type") in ("message", "message_delta") or any(key in usage for key in own):
            return read_anthropic(body, usage)
        if body.get("object") != "response" and (isinstance(body.get("data"), list) or "created" in body):
            return read_images(body, usage)
        return read_responses(body, usage)
    if "total_tokens" in usage:
        return read_total_only(body, usage)
    bad_usage("usage")


# Money.


@dataclass
class Line:
    """So many of what a meter counts, and what they cost."""

    meter: str
    amount: int
    units: int


@dataclass
class Cost:
    """What a body cost."""

    lines: list[Line]
    reported: Decimal | None
    model: str

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def total(self) -> Decimal:
        return decimal(self.units)


def decimal(units: int) -> Decimal:
    """Dollars; what does not end within fifteen places is rounded. Nine parts have no half, so nothing is even."""
    places, rest = divmod(units, 9)
    dollars, places = divmod(places + (rest >= 5), 10**15)
    return Decimal(f"{dollars}.{places:015}")


MOMENT = r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?"


def moment(at: str) -> tuple[date, int | None]:
    """The day, and the minute of it, in UTC."""
    found = re.fullmatch(MOMENT, at, re.ASCII)
    if found is None:
        raise Refused("InvalidValue", at)
    day, clock, zone = found.groups()
    try:
        if clock is None:
            return date.fromisoformat(day), None
        parsed = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in (None, 'Z') else zone}")
    except ValueError:
        raise Refused("InvalidValue", at) from None
    parsed = parsed.astimezone(timezone.utc)
    return parsed.date(), parsed.hour * 60 + parsed.minute


def find(usage: Usage, model: str | None, provider: str | None, day: date) -> tuple[Model, bool]:
    if provider is not None and provider not in catalog()[0]:
        raise Refused("UnknownModel", provider)
    named = [name for name in (usage.model, model) if name is not None]
    if not named:
        raise Refused("UnknownModel")
    for name in named:
        for at in dict.fromkeys([provider] if provider else [usage.provider, None]):
            try:
                return resolve(at, name, day)
            except Refused:
                continue
    raise Refused("UnknownModel", named[0])


class Bill:
    """Lines of one model under one set of conditions."""

    def __init__(self, model: Model, price: Price, rates: dict[tuple[str, str], int]) -> None:
        self.model, self.price, self.rates = model, price, rates
        self.lines: list[Line] = []

    def has(self, meter: str) -> bool:
        return any(stated == meter for stated, _ in self.rates)

    def add(self, meter: str, amount: int, details: tuple[str, ...] = ()) -> None:
        if amount == 0:
            return
        for detail in (*details, ""):
            rate = self.rates.get((meter, detail))
            if rate is not None:
                self.lines.append(Line(meter, amount, amount * rate))
                return
        raise Refused("MissingRate", meter)

    def meter_of_input(self, modality: str) -> str:
        """By which rate tokens of a modality in the prompt go."""
        own = f"input_{modality}"
        if modality == "text" or self.has(own):
            return "input" if modality == "text" else own
        takes = self.model.takes
        if modality == "audio":
            if takes is not None and "audio" in takes and not any("audio" in meter for meter, _ in self.rates):
                return "input"
        elif takes is None or modality in takes:
            return "input"
        raise Refused("MissingRate", own)

    def meter_of_read(self, modality: str) -> str:
        own = f"cache_read_{modality}"
        if modality == "text":
            return "cache_read"
        if self.has(own):
            return own
        usual = self.meter_of_input(modality)
        if self.rates.get((usual, "")) == self.rates.get(("input", "")):
            return "cache_read"
        raise Refused("MissingRate", own)


def answer_lines(bill: Bill, tokens: Tokens) -> None:
    """The lines of the tokens of one answer."""
    if tokens.timed and bill.has("seconds") and not bill.has("input"):
        return
    # The prompt, by modality, and of each what a cache gave.
    write = sum(tokens.written.values())
    of = {key: amount for key, amount in tokens.prompt_of.items() if amount}
    subset(sum(of.values()), tokens.prompt, "modalities")
    of["text"] = tokens.prompt - sum(of.values())
    read = {key: amount for key, amount in tokens.read_of.items() if amount}
    for key, amount in read.items():
        subset(amount, of.get(key, 0), f"cached {key}")
    untold = tokens.read - sum(read.values())
    if untold < 0:
        bad_usage("cached_tokens", tokens.read)
    for key in ("text", "image", "video", "audio"):
        taken = min(untold, of.get(key, 0) - read.get(key, 0))
        if taken:
            read[key] = read.get(key, 0) + taken
            untold -= taken
    if untold:
        bad_usage("cached_tokens", tokens.read)
    for key, amount in of.items():
        fresh = amount - read.get(key, 0) - (write if key == "text" else 0)
        if fresh < 0:
            bad_usage("cache_write", write)
        if fresh:
            bill.add(bill.meter_of_input(key), fresh)
    for key, amount in read.items():
        if amount:
            bill.add(bill.meter_of_read(key), amount)
    for meter, amount in tokens.written.items():
        bill.add(meter, amount)

    # The answer.
    output = tokens.output
    outside = tokens.reasoning_outside
    if tokens.left_over:
        if not tokens.by_gemini:
            bad_usage("total_tokens", tokens.left_over)
        tokens.reasoning, outside = tokens.left_over, True
    elif outside is None:
        outside = bill.model.reasoning == "outside" or bill.model.provider == "xai"
    if outside:
        output = sum_of(output, tokens.reasoning)
    subset(tokens.reasoning, output, "reasoning_tokens")
    made = {key: amount for key, amount in tokens.output_of.items() if amount}
    if tokens.all_made and bill.has(f"output_{tokens.all_made}"):
        made = {tokens.all_made: output}
    elif not made and output and bill.model.gives == ["audio"] and bill.has("output_audio"):
        made = {"audio": output}
    if len(made) == 1 and bill.model.gives == list(made) and not bill.has(f"output_{bill.model.gives[0]}"):
        made = {}
    apart = tokens.reasoning if bill.has("reasoning") else 0
    text = output - sum(made.values()) - apart
    if text < 0:
        bad_usage("output", output)
    bill.add("output", text)
    bill.add("reasoning", apart)
    for key, amount in made.items():
        bill.add(f"output_{key}", amount)
    bill.add("citation", tokens.citation)


def tier_served(said: str | None, asked: str | None) -> str:
    if said not in (None, "standard"):
        return said
    if asked == "batch" or said is None:
        return asked or "standard"
    return "standard"


def price(
    usage: Usage,
    model: str | None = None,
    provider: str | None = None,
    at: str = "2026-11-20T12:00:00Z",
    tier: str | None = None,
    region: str | None = None,
) -> Cost:
    """What a usage costs."""
    day, minute = moment(at)
    if tier is not None and tier not in TIERS:
        raise Refused("InvalidValue", tier)
    found, online = find(usage, model, provider, day)
    tier, region = tier_served(usage.tier, tier), usage.region or region
    lines: list[Line] = []

    def bill_of(model: Model, prompt: int) -> Bill:
        price = model.price_on(day)
        return Bill(model, price, price.under(tier, prompt, minute, region))

    for tokens in usage.answers:
        who = found
        if tokens.model is not None and tokens.model not in (usage.model, found.id):
            who, _ = resolve(provider or found.provider, tokens.model, day)
        bill = bill_of(who, tokens.prompt)
        answer_lines(bill, tokens)
        lines += bill.lines

    bill = bill_of(found, sum_of(*(tokens.prompt for tokens in usage.answers)))
    for meter, amount, details in usage.calls:
        if meter == "seconds" and not bill.has("seconds") and bill.has("output_seconds"):
            meter = "output_seconds"
        bill.add(meter, amount, details)
    if usage.free and (not bill.rates or any(bill.rates.values())):
        bad_usage("usage")
    if usage.answers:
        size = usage.search_size
        if bill.has("requests"):
            bill.add("requests", 1, (size or "low",))
        elif usage.searches_if_billed:
            bill.add("web_search", usage.searches_if_billed)
        if online:
            bill.add("web_search", 1)
        if usage.format == "openai.chat" and "-search-" in found.id and bill.has("web_search"):
            bill.add("web_search", 1, (size or "medium",))
    return Cost(lines + bill.lines, usage.reported, found.id)


def cost(
    body: Any,
    model: str | None = None,
    provider: str | None = None,
    at: str = "2026-11-20T12:00:00Z",
    tier: str | None = None,
    format: str | None = None,
) -> Cost:
    """What a body cost, as `tokenfare.cost` says it."""
    if format is not None and format not in FORMATS:
        raise Refused("InvalidValue", format)
    return price(read(body, format), model, provider, at, tier)
