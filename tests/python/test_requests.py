"""Requests counted as they are billed, before they are sent: the stored vectors, what is refused, and what is hostile."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tokenfare as tf

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors/requests.jsonl").read_text(encoding="utf-8").splitlines()
]
NAMES = [vector["name"] for vector in VECTORS]
HELLO: dict[str, Any] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello world"}]}
TOOL = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {"where": {"type": "string"}}}},
}


def hints(vector: dict[str, Any]) -> dict[str, Any]:
    media = {each["at"]: (each["width"], each["height"]) for each in vector.get("media", [])}
    return {"model": vector["model"], "format": vector["format"], "media": media}


def check(vector: dict[str, Any], count: tf.Count) -> None:
    assert count.tokens == vector["tokens"], count.parts
    assert count.exactness == vector["exactness"]
    assert count.low <= count.tokens <= count.high
    if "low" in vector:
        assert (count.low, count.high) == (vector["low"], vector["high"])
    for number in ("tokens", "low", "high"):
        assert sum(getattr(part, number) for part in count.parts) == getattr(count, number)


def test_each_name_stands_once() -> None:
    assert len(VECTORS) >= 80
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_a_stored_request_counts_as_its_vector_says(vector: dict[str, Any]) -> None:
    check(vector, tf.count_request(vector["request"], **hints(vector)))
    told = {**hints(vector), "format": None}
    text = json.dumps(vector["request"], ensure_ascii=False)
    for body in (text, text.encode()):
        check(vector, tf.count_request(body, **told))


class Dumped:
    """What the libraries of providers have for parts of a body."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return dict(self.body)


@pytest.mark.parametrize("vector", VECTORS[::5], ids=NAMES[::5])
def test_an_object_counts_as_its_body(vector: dict[str, Any]) -> None:
    check(vector, tf.count_request(Dumped(vector["request"]), **hints(vector)))
    check(vector, tf.count_request(SimpleNamespace(**vector["request"]), **hints(vector)))


def test_objects_are_read_inside_a_body_too() -> None:
    @dataclasses.dataclass
    class Message:
        role: str
        content: str

    expected = tf.count_request(HELLO)
    assert tf.count_request({**HELLO, "messages": [Message("user", "hello world")]}) == expected
    assert tf.count_request({**HELLO, "messages": (Dumped(HELLO["messages"][0]),)}) == expected


def test_what_is_named_goes_before_what_the_body_names() -> None:
    assert tf.count_request(HELLO, model="gpt-3.5-turbo-0301").tokens != tf.count_request(HELLO).tokens
    unnamed = {"messages": HELLO["messages"]}
    assert tf.count_request(unnamed, model="gpt-4o") == tf.count_request(HELLO)
    with pytest.raises(tf.BadRequest, match="names no model"):
        tf.count_request(unnamed)
    with pytest.raises(tf.UnknownModel) as unknown:
        tf.count_request(unnamed, model="gpt-4oo")
    assert "gpt-4o" in unknown.value.suggestions
    with pytest.raises(tf.UnknownModel):
        tf.count_request(HELLO, at="2020-01-01")


def test_exactness_is_a_word_and_a_member() -> None:
    framed = tf.count_request(HELLO).exactness
    assert framed is tf.Exactness.FRAMED and framed == "framed" and f"{framed}" == str(framed) == "framed"
    assert isinstance(framed, str) and {"framed": 1}[framed] == 1
    assert [member.value for member in tf.Exactness] == ["exact", "framed", "estimate", "unknown"]
    assert pickle.loads(pickle.dumps(framed)) is framed
    assert json.dumps({"exactness": framed}) == '{"exactness": "framed"}'
    with pytest.raises(AttributeError, match="no attribute 'Exactnes'"):
        tf.Exactnes  # type: ignore[attr-defined]  # noqa: B018


def test_parts_say_where_the_tokens_go() -> None:
    body = {**HELLO, "tools": [TOOL], "messages": [{"role": "system", "content": "Be brief."}, *HELLO["messages"]]}
    count = tf.count_request(body)
    by_kind = {part.kind: part for part in count.parts}
    assert by_kind["tool"].label == "look" and by_kind["tool"].at == "/tools/0"
    assert by_kind["system"].at == "/messages/0" and by_kind["message"].at == "/messages/1"
    assert by_kind["priming"].at == ""
    assert repr(by_kind["message"]) == "<Part message user: 6 tokens, framed>"


def test_what_cannot_be_seen_is_named() -> None:
    body = {"model": "gpt-4o", "input": "hello", "tools": [{"type": "web_search"}], "previous_response_id": "resp_1"}
    count = tf.count_request(body)
    assert count.exactness == "estimate" and count.low < count.high
    assert {part.kind for part in count.unknown} >= {"stored"}
    assert all(part.exactness is tf.Exactness.UNKNOWN and part.note for part in count.unknown)


def test_media_are_as_large_as_their_caller_says() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": [image]}]}
    unsure = tf.count_request(body)
    assert unsure.low < unsure.high
    at = "/messages/0/content/0/image_url/url"
    sure = tf.count_request(body, media={at: (1024, 1024)})
    assert (sure.tokens, sure.low, sure.high) == (4 + 3 + 85 + 4 * 170,) * 3
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\4\0"
    for media in (tf.Media.image(1024, 1024), tf.Media.of_bytes(png)):
        assert tf.count_request(body, media={at: media}) == sure
    assert repr(tf.Media.seconds(1.5)) == "<Media 1.5 seconds>" and tf.Media.pages(3) == tf.Media.pages(3)
    for wrong, error in [
        ({at: "large"}, TypeError),
        ({1: (2, 3)}, TypeError),
        ([at], TypeError),
        ({at: (-1, 1)}, tf.InvalidValue),
    ]:
        with pytest.raises(error, match="media"):
            tf.count_request(body, media=wrong)  # type: ignore[arg-type]


def test_models_without_a_public_vocabulary_are_estimated() -> None:
    body = {"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": HELLO["messages"]}
    count = tf.count_request(body)
    assert count.exactness == "estimate" and count.low < count.tokens < count.high
    text = tf.estimate_text("Say hello to the world.", model="claude-sonnet-4-5")
    assert text.exactness == "estimate" and text.low <= text.tokens <= text.high
    exact = tf.estimate_text(b"Say hello to the world.", model="gpt-4o")
    assert exact.exactness == "exact" and exact.low == exact.high == tf.count("Say hello to the world.", model="gpt-4o")
    with pytest.raises(tf.NotExact, match="`estimate_text`"):
        tf.count("hello", model="claude-sonnet-4-5")


def test_a_vocabulary_of_the_callers_own_counts() -> None:
    import base64

    ranks = b"".join(b"%b %d\n" % (base64.b64encode(bytes([byte])), byte) for byte in range(256))
    letters = tf.Encoding.from_tiktoken("bytes", ranks, "cl100k")
    body = {"model": "gemini-2.0-flash", "contents": [{"role": "user", "parts": [{"text": "x" * 1000}]}]}
    assert tf.count_request(body, vocabulary=letters).low >= 1000
    with pytest.raises(tf.InvalidValue, match="loaded from a file"):
        tf.count_request(body, vocabulary=tf.encoding("o200k_base"))
    with pytest.raises(TypeError, match="`vocabulary` must be an `Encoding`"):
        tf.count_request(body, vocabulary="o200k_base")  # type: ignore[arg-type]


def test_an_answer_counts_from_what_it_says() -> None:
    message = {"role": "assistant", "content": "hello world"}
    body = {"model": "gpt-4o-2024-08-06", "choices": [{"finish_reason": "stop", "message": message}]}
    count = tf.count_output(body)
    assert count.tokens == 2
    assert tf.count_output(json.dumps(body).encode()) == count
    assert tf.count_output(Dumped(body)) == count
    assert tf.count_output("hello world", model="gpt-4o").tokens == 2
    assert tf.count_output({"choices": body["choices"]}, request=HELLO) == count
    assert tf.count_output('{"a": 1}', model="gpt-4o").tokens == tf.count('{"a": 1}', model="gpt-4o")
    with pytest.raises(tf.BadRequest, match="names no model"):
        tf.count_output("hello world")
    with pytest.raises(tf.BadRequest):
        tf.count_output({"usage": {}}, model="gpt-4o")
    with pytest.raises(tf.NotExact):
        tf.count_output("hello", model="claude-sonnet-4-5")


def test_a_window_says_what_is_left() -> None:
    window = tf.window(HELLO, max_output=100)
    assert window.fits and not window.is_certainly_over and window.overruns == []
    assert window.input == tf.count_request(HELLO) and window.requested_output == 100
    assert (window.context_window, window.max_output, window.room) == (128_000, 16_384, 16_384)
    assert window.input_room == 128_000 - 100 - window.input.high
    window.check()
    assert tf.window({**HELLO, "max_tokens": 7}).requested_output == 7
    over = window.asking(20_000)
    assert [(each.limit, each.asked, each.allowed) for each in over.overruns] == [("max_output", 20_000, 16_384)]
    with pytest.raises(tf.WindowExceeded) as exceeded:
        over.check()
    assert (exceeded.value.over_by, exceeded.value.limit) == (20_000 - 16_384, "max_output")
    assert exceeded.value.fits_output == 16_384 and isinstance(exceeded.value, ValueError)
    long = {"model": "gpt-4", "messages": [{"role": "user", "content": "word " * 9_000}]}
    assert tf.window(long).is_certainly_over and tf.window(long).room == 0


@pytest.mark.parametrize("vector", [v for v in VECTORS if isinstance(v["request"].get("messages"), list)][::4])
def test_a_conversation_counts_as_the_whole(vector: dict[str, Any]) -> None:
    whole = vector["request"]
    conversation = tf.Conversation({**whole, "messages": []}, **hints(vector))
    for so_far, message in enumerate(whole["messages"], 1):
        conversation.push(message)
        count = tf.count_request({**whole, "messages": whole["messages"][:so_far]}, **hints(vector))
        assert conversation.count() == count
        assert (conversation.tokens, conversation.low, conversation.high) == (count.tokens, count.low, count.high)
        assert conversation.exactness is count.exactness


def test_a_message_that_cannot_be_counted_is_not_appended() -> None:
    conversation = tf.Conversation(HELLO)
    before = conversation.count()
    endless: list[Any] = []
    endless.append(endless)
    for message in ({"role": "user", "content": 7}, {"role": "user", "content": endless}):
        with pytest.raises(tf.BadRequest):
            conversation.push(message)
        assert conversation.count() == before


def test_bills_make_a_correction() -> None:
    calibration = tf.Calibration()
    bodies = [{**HELLO, "messages": [{"role": "user", "content": "word " * n}]} for n in range(1, 8)]
    for body in bodies:
        calibration.record(body, tf.count_request(body).tokens + 3)
    ((category, bills),) = calibration.rows().items()
    assert len(bills) == 7 and all(bill.residual == 3 and not bill.is_within for bill in bills)
    correction = calibration.correction()
    assert correction.shifts == {category: 3}
    assert tf.Correction(str(correction)) == correction
    count = tf.count_request(HELLO)
    corrected = correction.apply(HELLO, count)
    assert corrected.tokens == count.tokens + 3 and corrected.parts[-1].kind == "correction"
    with pytest.raises(tf.BadRequest, match="line of a correction"):
        tf.Correction("nonsense")


@pytest.mark.parametrize("function", [tf.count_request, tf.window, tf.Conversation])
@pytest.mark.parametrize("body", [None, 7, 1.5, True, [], [HELLO]])
def test_what_is_no_body_is_a_type_error(function: Any, body: Any) -> None:
    with pytest.raises(TypeError, match="`body` must be a `dict`, JSON or an object, not "):
        function(body, model="gpt-4o")


@pytest.mark.parametrize(
    "body",
    [
        {},
        "",
        "{",
        "[]",
        "null",
        '{"messages": []} {}',
        {"messages": 7},
        {"messages": [7]},
        {"messages": [{"role": "user", "content": 7}]},
    ],
)
def test_what_is_no_request_is_said_to_be_none(body: Any) -> None:
    with pytest.raises(tf.BadRequest) as bad:
        tf.count_request(body, model="gpt-4o")
    assert isinstance(bad.value, ValueError) and str(bad.value)


def test_a_format_that_there_is_not_is_an_error() -> None:
    with pytest.raises(tf.InvalidValue, match="unknown format `openai.chatt`"):
        tf.count_request(HELLO, format="openai.chatt")
    with pytest.raises(tf.BadRequest, match="requests of the form"):
        tf.count_request(HELLO, format="openai.images")
    with pytest.raises(tf.InvalidUtf8):
        tf.count_request(b"\xff")


def test_what_is_nested_too_deep_is_refused() -> None:
    itself: dict[str, Any] = dict(HELLO)
    itself["again"] = itself
    itself["and again"] = [itself, itself]
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    for body in (itself, {**HELLO, "more": endless}, {**HELLO, "more": deep}, '{"a":' * 100_000):
        with pytest.raises(tf.BadRequest, match="nested deeper"):
            tf.count_request(body)
    while isinstance(deep, list):  # let go of it without a deep stack
        deep = deep[0]


def test_what_holds_the_same_again_and_again_comes_to_an_end() -> None:
    many: list[Any] = []
    for _ in range(60):
        many = [many, many]
    with pytest.raises(tf.BadRequest, match="more than 4000000 values"):
        tf.count_request({**HELLO, "more": many})


def test_surrogates_count_as_they_do_in_text() -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "lone \ud800 and pair \ud83d\ude00"}]}
    same = {"model": "gpt-4o", "messages": [{"role": "user", "content": "lone \ufffd and pair \U0001f600"}]}
    assert tf.count_request(body) == tf.count_request(same)
    assert tf.estimate_text("\ud800", model="gpt-4o") == tf.estimate_text("\ufffd", model="gpt-4o")


def test_odd_objects_neither_crash_nor_hang() -> None:
    class Raises:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("no")

    odd = [
        float("nan"),
        float("inf"),
        -(2**70),
        2**200,
        b"bytes",
        bytearray(1),
        Raises(),
        {1: 2, None: 3},
        object(),
        ...,
    ]
    for value in odd:
        for body in ({**HELLO, "extra": value}, {**HELLO, "messages": value}, {**HELLO, "tools": [value]}):
            try:
                assert tf.count_request(body).tokens >= 0
            except (tf.Error, TypeError) as error:
                assert str(error)


def test_many_threads_count_alike() -> None:
    body = {**HELLO, "tools": [TOOL] * 5, "messages": HELLO["messages"] * 20}
    expected = tf.count_request(body)
    conversation = tf.Conversation({**HELLO, "messages": []})
    with ThreadPoolExecutor(8) as pool:
        assert all(count == expected for count in pool.map(tf.count_request, [body] * 200))
        list(pool.map(conversation.push, HELLO["messages"] * 200))
    assert conversation.count() == tf.count_request({**HELLO, "messages": HELLO["messages"] * 200})


def test_another_catalog_is_asked_where_it_is_named() -> None:
    file = """provider = "openai"
kind = "maker"
as_of = 2099-01-01
[[model]]
id = "gpt-4o-mini-2024-07-18"
context_window = 9_000
[[model.price]]
from = 2026-12-01
input = "0.12"
output = "0.50"
checked = 2026-12-01
sources = ["our contract"]
"""
    ours = tf.Catalog.bundled().overlay(file)
    body = {"model": "gpt-4o-mini", "messages": HELLO["messages"]}
    assert tf.window(body, catalog=ours).context_window == 9_000
    assert tf.count_request(body, catalog=ours) == tf.count_request(body)
    used = {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}}
    assert str(tf.cost(used, at="2026-12-02", catalog=ours).total) == "0.12"
    assert str(tf.cost(used, at="2026-12-02").total) == "0.15"
    assert str(tf.costs([used] * 2, at="2026-12-02", catalog=ours).total) == "0.24"
    assert str(tf.compare(used, ["gpt-4o-mini"], at="2026-12-02", catalog=ours)[0].cost.total) == "0.12"
    with pytest.raises(TypeError, match="`catalog` must be a `Catalog`"):
        tf.cost(used, catalog="ours")  # type: ignore[arg-type]
