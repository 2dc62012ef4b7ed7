"""Draws bodies at random: of every format, over all models of the catalog, on the days of their prices.

A body is one that both sides have to agree on; where it does not say enough to be priced in one way only (sound in a prompt
that is cached in part, and not said which), it is not drawn. One case in twelve gets a fault, and only one, so that there is
no question of which error comes first.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import cost_oracle
from cost_oracle import TIERS, Model, Price

Body = dict[str, Any]
Options = dict[str, Any]

EDGES = (100_000, 128_000, 200_000, 272_000, 512_000)
LAST_DAY = date(2027, 2, 1)


class Draw:
    """A model, one of its prices, and a day of it; what bodies are made of."""

    def __init__(self, numbers: random.Random, models: list[Model]) -> None:
        self.numbers = numbers
        self.model = numbers.choice(models)
        self.price: Price = numbers.choice(self.model.prices)
        following = [price.begins for price in self.model.prices if price.begins > self.price.begins]
        end = min(following, default=max(LAST_DAY, self.price.begins + timedelta(days=1)))
        day = self.price.begins + timedelta(days=numbers.randrange((end - self.price.begins).days))
        if numbers.random() < 0.04:
            day = date(2022, 1, 1) + timedelta(days=numbers.randrange(1_800))
        minute = numbers.choice((0, 29, 30, 59, numbers.randrange(60)))
        clock = f"{numbers.randrange(24):02}:{minute:02}:{numbers.randrange(60):02}"
        self.name = numbers.choice([self.model.id, self.model.id, *self.model.aliases])
        self.options: Options = {"provider": self.model.provider, "at": f"{day}T{clock}Z"}
        try:
            if numbers.random() < 0.3 and cost_oracle.resolve(None, self.name, day)[0] is self.model:
                del self.options["provider"]
        except cost_oracle.Refused:
            pass
        self.tiers = [card.tier for card in self.price.cards if card.tier]

    def has(self, meter: str) -> bool:
        return any(stated == meter for stated, _ in self.price.rates)

    def chance(self, of: float) -> bool:
        return self.numbers.random() < of

    def amount(self, most: int = 2_000_000) -> int:
        """Any size, all sizes alike, and the edges of long prompts."""
        if self.chance(0.1):
            return min(most, self.numbers.choice(EDGES) + self.numbers.randint(-1, 1))
        return min(most, int(2 ** self.numbers.uniform(0, 21)) - self.numbers.randrange(2))

    def part(self, whole: int) -> int:
        return whole if self.chance(0.05) else self.numbers.randint(0, whole)

    def parts(self, whole: int, names: list[str]) -> dict[str, int]:
        """A whole in parts, of which the last gets the rest."""
        parts = {}
        for name in names[:-1]:
            parts[name] = self.part(whole)
            whole -= parts[name]
        return parts | {names[-1]: whole}

    def tier(self, body: Body | None) -> None:
        """Says a tier, in the body or as the caller."""
        if self.chance(0.5):
            if body is not None and self.chance(0.3):
                body["service_tier"] = self.numbers.choice(("default", "auto", None))
            return
        word = self.numbers.choice(self.tiers or ["standard"]) if self.chance(0.85) else self.numbers.choice(TIERS)
        if body is not None and word not in ("batch", "standard") and self.chance(0.7):
            body["service_tier"] = word
        else:
            self.options["tier"] = word
            if body is not None and word == "batch" and self.chance(0.3):
                body["service_tier"] = "default"


def chat_usage(draw: Draw, modal: bool = True) -> Body:
    prompt, output = draw.amount(), draw.amount(300_000)
    usage: Body = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
    before: Body = {}
    after: Body = {}
    sound = modal and draw.chance(0.8 if draw.has("input_audio") else 0.03)
    if sound:
        before["audio_tokens"] = draw.part(prompt)
    if modal and draw.chance(0.8 if draw.has("output_audio") else 0.03):
        after["audio_tokens"] = draw.part(output)
    if not sound and draw.chance(0.6 if draw.has("cache_read") else 0.04):
        before["cached_tokens"] = draw.part(prompt)
        if draw.has("cache_write") and draw.chance(0.3):
            before["cache_write_tokens"] = draw.part(prompt - before["cached_tokens"])
    if "audio_tokens" not in after and draw.chance(0.4):
        thought = draw.part(output)
        after["reasoning_tokens"] = thought
        if draw.chance(0.3) and thought:
            usage["total_tokens"] += thought
        if draw.chance(0.3):
            after |= {"accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
    elif draw.chance(0.2):
        del usage["total_tokens"]
    if before or draw.chance(0.3):
        usage["prompt_tokens_details"] = before or draw.numbers.choice((None, {}, {"cached_tokens": 0}))
    if after or draw.chance(0.3):
        usage["completion_tokens_details"] = after or draw.numbers.choice((None, {}, {"reasoning_tokens": 0}))
    return usage


def chat(draw: Draw) -> Body:
    body: Body = {"object": "chat.completion", "model": draw.name, "choices": [], "usage": chat_usage(draw)}
    if draw.chance(0.2):
        body["object"] = "chat.completion.chunk"
    if draw.chance(0.15):
        del body["model"]
        draw.options["model"] = draw.name
    draw.tier(body)
    return body


def openrouter(draw: Draw) -> Body:
    body: Body = {"object": "chat.completion", "model": draw.name, "choices": [], "usage": chat_usage(draw)}
    body["usage"] |= {"cost": draw.numbers.randrange(10**6) / 10**8, "is_byok": draw.chance(0.2)}
    draw.options["provider"] = "openrouter"
    return body


def deepseek(draw: Draw) -> Body:
    usage = chat_usage(draw, modal=False)
    details = usage.get("prompt_tokens_details") or {}
    hit = details.get("cached_tokens", 0) if details else 0
    usage |= {"prompt_cache_hit_tokens": hit, "prompt_cache_miss_tokens": usage["prompt_tokens"] - hit}
    return {"object": "chat.completion", "model": draw.name, "choices": [], "usage": usage}


def search(draw: Draw) -> Body:
    body = chat(draw)
    if draw.chance(0.6):
        body["web_search_options"] = {"search_context_size": draw.numbers.choice(("low", "medium", "high"))}
    return body


def perplexity(draw: Draw) -> Body:
    prompt, output = draw.amount(100_000), draw.amount(30_000)
    usage: Body = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
    if draw.has("requests"):
        usage["search_context_size"] = draw.numbers.choice(("low", "medium", "high"))
    if draw.has("citation"):
        usage |= {"citation_tokens": draw.amount(30_000), "num_search_queries": draw.numbers.randrange(40)}
        usage["reasoning_tokens"] = draw.amount(80_000)
    return {"object": "chat.completion", "model": draw.name, "choices": [], "usage": usage}


def responses(draw: Draw) -> Body:
    usage = chat_usage(draw, modal=False)
    details = usage.pop("prompt_tokens_details", None) or {}
    prompt, output = usage["prompt_tokens"], usage["completion_tokens"]
    found: Body = {"input_tokens": prompt, "output_tokens": output, "total_tokens": prompt + output}
    found["input_tokens_details"] = {"cached_tokens": 0} | details
    found["output_tokens_details"] = {"reasoning_tokens": draw.part(output)}
    items: list[Body] = []
    body: Body = {"object": "response", "model": draw.name, "output": items, "usage": found}
    if draw.chance(0.4 if draw.has("web_search") else 0.02):
        preview = draw.chance(0.5)
        body["tools"] = [{"type": "web_search_preview" if preview else "web_search"}]
        if draw.chance(0.5):
            body["tools"][0]["search_context_size"] = draw.numbers.choice(("low", "medium", "high"))
        for _ in range(draw.numbers.randrange(5)):
            action = draw.numbers.choice(("search", "search", "open_page", "find_in_page"))
            items.append({"type": "web_search_call", "status": "completed", "action": {"type": action}})
    if draw.chance(0.3 if draw.has("file_search") else 0.02):
        items += [{"type": "file_search_call", "status": "completed"}] * draw.numbers.randrange(4)
    items.append({"type": "message", "role": "assistant", "content": []})
    draw.tier(body)
    return {"type": "response.completed", "response": body} if draw.chance(0.2) else body


def anthropic_usage(draw: Draw) -> Body:
    usage: Body = {"input_tokens": draw.amount(), "output_tokens": draw.amount(100_000)}
    if draw.chance(0.6 if draw.has("cache_read") else 0.03):
        usage["cache_read_input_tokens"] = draw.amount()
    if draw.chance(0.5 if draw.has("cache_write") else 0.03):
        write = usage["cache_creation_input_tokens"] = draw.amount()
        if draw.chance(0.6):
            short = draw.part(write) if draw.has("cache_write_1h") else write
            usage["cache_creation"] = {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": write - short}
    return usage


def anthropic(draw: Draw) -> Body:
    usage = anthropic_usage(draw)
    body: Body = {"type": "message", "role": "assistant", "model": draw.name, "content": [], "usage": usage}
    usage["service_tier"] = "batch" if draw.chance(0.2 if "batch" in draw.tiers else 0.02) else "standard"
    if usage["service_tier"] == "standard" and draw.chance(0.3 if "fast" in draw.tiers else 0.02):
        usage["speed"] = "fast"
    regions = [card.region for card in draw.price.cards if card.region]
    if draw.chance(0.4 if regions else 0.03):
        usage["inference_geo"] = draw.numbers.choice(("us", "global", "not_available"))
    if draw.chance(0.2 if draw.has("web_search") else 0.02):
        usage["server_tool_use"] = {"web_search_requests": draw.numbers.randrange(6)}
    if draw.chance(0.15):
        kinds = draw.numbers.choice(
            (["compaction", "message"], ["message", "message"], ["message", "compaction", "message"])
        )
        usage["iterations"] = [
            {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0} | anthropic_usage(draw) | {"type": kind}
            for kind in kinds
        ]
        if draw.chance(0.3) and usage["service_tier"] == "standard" and not {"speed", "inference_geo"} & set(usage):
            adviser = draw.numbers.choice(pools()["anthropic"][1])
            usage["iterations"].append(
                {
                    "type": "advisor_message",
                    "model": adviser.id,
                    "input_tokens": draw.amount(),
                    "output_tokens": draw.amount(),
                }
            )
    return body


def gemini(draw: Draw) -> Body:
    prompt, output = draw.amount(), draw.amount(100_000)
    usage: Body = {"promptTokenCount": prompt, "candidatesTokenCount": output, "totalTokenCount": prompt + output}

    def rows(parts: dict[str, int]) -> list[Body]:
        return [{"modality": key.upper(), "tokenCount": amount} for key, amount in parts.items()]

    parts = {"text": prompt}
    if draw.chance(0.5):
        known = [key for key in (draw.model.takes or []) if key in ("audio", "image", "video")]
        kinds = draw.numbers.sample(known, draw.numbers.randint(0, len(known)))
        if draw.chance(0.05):
            kinds = [draw.numbers.choice(("audio", "image", "video"))]
        parts = draw.parts(prompt, [*kinds, "text"])
        usage["promptTokensDetails"] = rows(parts)
    if draw.chance(0.5 if draw.has("cache_read") else 0.04):
        cached = {key: draw.part(amount) for key, amount in parts.items()}
        usage["cachedContentTokenCount"] = sum(cached.values())
        if len(parts) > 1 or draw.chance(0.5):
            usage["cacheTokensDetails"] = rows(cached)
    gives = draw.model.gives or []
    made = [key for key in ("audio", "image") if draw.has(f"output_{key}")]
    if gives == ["audio"]:
        usage["candidatesTokensDetails"] = rows({"audio": output})
    elif draw.chance(0.8 if made else 0.0):
        usage["candidatesTokensDetails"] = rows(draw.parts(output, [*made, "text"]))
    if gives != ["audio"] and draw.chance(0.4):
        usage["thoughtsTokenCount"] = draw.amount(50_000)
        usage["totalTokenCount"] += usage["thoughtsTokenCount"]
    if draw.chance(0.15):
        usage["toolUsePromptTokenCount"] = draw.amount(50_000)
        usage["totalTokenCount"] += usage["toolUsePromptTokenCount"]
    draw.tier(None)
    return {"candidates": [], "usageMetadata": usage, "modelVersion": draw.name}


def bedrock(draw: Draw) -> Body:
    fresh, output = draw.amount(), draw.amount(100_000)
    usage: Body = {"inputTokens": fresh, "outputTokens": output, "totalTokens": fresh + output}
    if draw.chance(0.5 if draw.has("cache_read") else 0.03):
        usage["cacheReadInputTokens"] = draw.amount()
    if draw.chance(0.4 if draw.has("cache_write") else 0.03):
        usage["cacheWriteInputTokens"] = draw.amount()
    draw.options["model"] = draw.name
    draw.tier(None)
    return {"output": {}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 9}}


def cohere(draw: Draw) -> Body:
    draw.options |= {"model": draw.name, "provider": draw.model.provider}
    units: Body = {}
    if draw.has("input"):
        units["input_tokens"] = draw.amount()
    if draw.has("output"):
        units["output_tokens"] = draw.amount()
    if draw.has("search_units"):
        return {"id": "1", "results": [], "meta": {"billed_units": {"search_units": draw.numbers.randrange(100)}}}
    return {
        "id": "1",
        "message": {},
        "usage": {"billed_units": units, "tokens": {"input_tokens": 7, "output_tokens": 9}},
    }


def embeddings(draw: Draw) -> Body:
    prompt = draw.amount()
    usage = {"total_tokens": prompt} if draw.chance(0.2) else {"prompt_tokens": prompt, "total_tokens": prompt}
    draw.tier(None)
    return {"object": "list", "data": [], "model": draw.name, "usage": usage}


def pictures_in_tokens(draw: Draw) -> Body:
    prompt, output = draw.amount(50_000), draw.amount(20_000)
    usage: Body = {"input_tokens": prompt, "output_tokens": output, "total_tokens": prompt + output}
    parts = draw.parts(prompt, ["image", "text"])
    usage["input_tokens_details"] = {"image_tokens": parts["image"], "text_tokens": parts["text"]}
    if draw.chance(0.3):
        parts = draw.parts(output, ["image", "text"])
        usage["output_tokens_details"] = {"image_tokens": parts["image"], "text_tokens": parts["text"]}
    draw.options["model"] = draw.name
    draw.tier(None)
    return {"created": 1, "data": [{"b64_json": ""}], "usage": usage}


def sound(draw: Draw, kinds: list[str], cached: bool) -> Body:
    prompt, output = draw.amount(100_000), draw.amount(20_000)
    parts = draw.parts(prompt, kinds)
    before: Body = {f"{key}_tokens": amount for key, amount in parts.items()}
    if cached and draw.chance(0.6):
        read = {key: draw.part(amount) for key, amount in parts.items()}
        before["cached_tokens"] = sum(read.values())
        before["cached_tokens_details"] = {f"{key}_tokens": amount for key, amount in read.items()}
    usage: Body = {
        "total_tokens": prompt + output,
        "input_tokens": prompt,
        "output_tokens": output,
        "input_token_details": before,
    }
    if draw.has("output_audio"):
        made = draw.parts(output, ["audio", "text"])
        usage["output_token_details"] = {f"{key}_tokens": amount for key, amount in made.items()}
    draw.options["model"] = draw.name
    return usage


def realtime(draw: Draw) -> Body:
    kinds = ["image", "audio", "text"] if draw.has("input_image") and draw.chance(0.5) else ["audio", "text"]
    return {"type": "response.done", "response": {"usage": sound(draw, kinds, draw.has("cache_read"))}}


def transcription(draw: Draw) -> Body:
    return {"text": "", "usage": {"type": "tokens"} | sound(draw, ["audio", "text"], False)}


def seconds(draw: Draw) -> Body:
    count = draw.amount(20_000)
    draw.tier(None)
    if draw.chance(0.3):
        draw.options["model"] = draw.name
        return {"text": "", "usage": {"type": "duration", "seconds": count}}
    return {"model": draw.name, draw.numbers.choice(("seconds", "duration")): count}


def speech(draw: Draw) -> Body:
    if draw.chance(0.5):
        return {"model": draw.name, "input_characters": draw.amount(10_000)}
    return {"model": draw.name, "input": "".join(draw.numbers.choices("aß潮🌊 .", k=draw.numbers.randrange(1, 60)))}


def pictures(draw: Draw) -> Body:
    body: Body = {"model": draw.name, "n": draw.numbers.randrange(1, 11)}
    details = [detail for meter, detail in draw.price.rates if meter == "images" and "x" in detail]
    detail = draw.numbers.choice(details or ["1024x1024"])
    quality, _, body["size"] = detail.rpartition(" ")
    if quality:
        body["quality"] = quality
    return body


def moderation(draw: Draw) -> Body:
    return {"id": "modr-1", "model": draw.name, "results": [{"flagged": draw.chance(0.5)}]}


KINDS: dict[str, Callable[[Draw], Body]] = {
    "chat": chat, "openrouter": openrouter, "deepseek": deepseek, "search": search, "perplexity": perplexity,
    "responses": responses, "anthropic": anthropic, "gemini": gemini, "bedrock": bedrock, "cohere": cohere,
    "embeddings": embeddings, "pictures_in_tokens": pictures_in_tokens, "realtime": realtime, "transcription": transcription,
    "seconds": seconds, "speech": speech, "pictures": pictures, "moderation": moderation,
}  # fmt: skip

WEIGHTS = {"chat": 8, "responses": 4, "anthropic": 4, "gemini": 4, "openrouter": 3, "bedrock": 2}


@cache
def pools() -> dict[str, tuple[Callable[[Draw], Body], list[Model]]]:
    """The models that each kind of body is drawn for."""
    models = [model for model in cost_oracle.catalog()[2] if model.prices]

    def where(fits: Callable[[Model, Callable[[str], bool]], bool]) -> list[Model]:
        def has_in(model: Model) -> Callable[[str], bool]:
            return lambda meter: all(any(stated == meter for stated, _ in price.rates) for price in model.prices)

        return [model for model in models if fits(model, has_in(model))]

    def answers(model: Model, has: Callable[[str], bool]) -> bool:
        return has("input") and has("output") and not has("requests") and not has("seconds")

    def is_free(model: Model) -> bool:
        return not any(rate for price in model.prices for rate in price.rates.values())

    def of(model: Model, *providers: str) -> bool:
        return model.provider in providers

    others = ("anthropic", "google", "aws", "perplexity")
    fit: dict[str, Callable[[Model, Callable[[str], bool]], bool]] = {
        "chat": lambda model, has: answers(model, has) and not of(model, *others) and "-search-" not in model.id,
        "openrouter": lambda model, has: of(model, "openrouter") and answers(model, has),
        "deepseek": lambda model, has: of(model, "deepseek") and answers(model, has),
        "search": lambda model, has: of(model, "openai") and "-search-" in model.id and answers(model, has),
        "perplexity": lambda model, has: (
            of(model, "perplexity") and has("input") and has("output") and (has("requests") or has("citation"))
        ),
        "responses": lambda model, has: of(model, "openai", "azure", "xai") and "responses" in model.endpoints,
        "anthropic": lambda model, has: of(model, "anthropic"),
        "gemini": lambda model, has: of(model, "google") and model.id.startswith("gemini") and answers(model, has),
        "bedrock": lambda model, has: of(model, "aws") and answers(model, has),
        "cohere": lambda model, has: of(model, "cohere") and (has("output") or has("search_units")),
        "embeddings": lambda model, has: model.gives == ["embedding"] and has("input"),
        "pictures_in_tokens": lambda model, has: of(model, "openai") and has("output_image"),
        "realtime": lambda model, has: of(model, "openai") and "realtime" in model.endpoints and has("output_audio"),
        "transcription": lambda model, has: (
            model.id.startswith("gpt-4o") and "transcribe" in model.id and has("input_audio")
        ),
        "seconds": lambda model, has: (
            all(("seconds", "") in price.rates for price in model.prices) and not has("input")
        ),
        "speech": lambda model, has: has("characters"),
        "pictures": lambda model, has: has("images"),
        "moderation": lambda model, has: "moderations" in model.endpoints and is_free(model),
    }
    return {kind: (KINDS[kind], where(fits)) for kind, fits in fit.items()}


@cache
def weighted() -> list[str]:
    return [kind for kind in pools() for _ in range(WEIGHTS.get(kind, 1))]


def leaves(of: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the whole numbers stand."""
    if isinstance(of, dict):
        return [leaf for key, value in of.items() for leaf in leaves(value, (*path, key))]
    if isinstance(of, list):
        return [leaf for at, value in enumerate(of) for leaf in leaves(value, (*path, at))]
    return [path] if isinstance(of, int) and not isinstance(of, bool) else []


def with_a_fault(numbers: random.Random, body: Body, options: Options) -> tuple[Body, Options]:
    body, options = copy.deepcopy(body), dict(options)
    fault = numbers.randrange(8)
    if fault == 0:
        options["tier"] = numbers.choice(("flexx", "Batch", "prio", ""))
    elif fault == 1:
        options["at"] = numbers.choice(("2026-13-01", "2026-02-30T00:00:00Z", "soon", "20261120", ""))
    elif fault == 2:
        body.pop("modelVersion", None)
        of = body.get("response", body)
        of["model"] = options["model"] = "harbour-pilot-9"
    else:
        counts = [
            leaf for leaf in leaves(body) if leaf[-1] not in ("created", "latencyMs", "cost") and "tokens" not in leaf
        ]
        if counts:
            *path, last = numbers.choice(counts)
            of = body
            for key in path:
                of = of[key]
            values = [-1, -5, "7", True, [], of[last] + 1, 10 * of[last] + 3, 2**64, 10**30]
            # Seconds may be a fraction, which is no fault.
            of[last] = numbers.choice(values if last in ("seconds", "duration") else [*values, 1.5])
    return body, options


def random_case(numbers: random.Random) -> tuple[str, Body, Options]:
    """A kind, a body of it, and what the caller says beside."""
    kind = numbers.choice(weighted())
    make, models = pools()[kind]
    draw = Draw(numbers, models)
    body = make(draw)
    if numbers.random() < 1 / 12:
        try:
            cost_oracle.cost(body, **draw.options)
        except cost_oracle.Refused:
            return kind, body, draw.options
        return kind, *with_a_fault(numbers, body, draw.options)
    return kind, body, draw.options


def random_body(numbers: random.Random) -> Body:
    """A body alone."""
    return random_case(numbers)[1]
