"""Counting: one text, many, up to a limit, from bytes."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tokenfare as tf
from hypothesis import given
from hypothesis import strategies as st
from texts import broken_utf8, texts


def test_a_text_is_counted_by_model_by_encoding_or_by_the_default() -> None:
    text = "सब मनुष्य"
    by_o200k, by_cl100k = tf.encoding("o200k_base").count(text), tf.encoding("cl100k_base").count(text)
    assert by_o200k != by_cl100k
    assert tf.count(text) == tf.count(text, encoding="o200k_base") == tf.count(text, model="gpt-4o") == by_o200k
    assert tf.count(text, encoding="cl100k_base") == by_cl100k


def test_a_model_and_an_encoding_are_not_both_taken() -> None:
    with pytest.raises(tf.InvalidValue, match="not both"):
        tf.count("a", model="gpt-4o", encoding="o200k_base")


@given(texts)
def test_a_count_is_the_length_of_the_encoded_text(text: str) -> None:
    for name in tf.encodings():
        encoding = tf.encoding(name)
        assert encoding.count(text) == len(encoding.encode(text)) == len(encoding.encode_ordinary(text))


@given(texts, st.integers(0, 60))
def test_a_count_up_to_a_limit_is_the_count_or_none(text: str, limit: int) -> None:
    encoding = tf.encoding("o200k_base")
    count = encoding.count(text)
    assert encoding.count_up_to(text, limit) == (count if count <= limit else None)


@given(st.lists(texts, max_size=8))
def test_a_batch_counts_and_encodes_as_one_by_one(batch: list[str]) -> None:
    for name in tf.encodings():
        encoding = tf.encoding(name)
        assert (
            encoding.count_batch(batch)
            == tf.count_batch(batch, encoding=name)
            == [encoding.count(text) for text in batch]
        )
        assert encoding.encode_batch(batch) == [encoding.encode(text) for text in batch]


def test_a_batch_is_the_same_on_any_number_of_threads(o200k: tf.Encoding) -> None:
    batch = [f"{i}: the dog's bowl, 中文 {'x' * (i % 700)}\n" * (i % 13) for i in range(4000)]
    alone = [o200k.count(text) for text in batch]
    encoded = [o200k.encode(text) for text in batch]
    for threads in (1, 2, 8, None):
        assert o200k.count_batch(batch, threads) == o200k.count_batch(batch, threads=threads) == alone
        assert tf.count_batch(batch, threads=threads) == alone
        assert o200k.encode_batch(batch, threads=threads) == encoded


def test_a_batch_is_any_iterable_but_a_text(o200k: tf.Encoding) -> None:
    texts = ["one", "one two", b"one two three"]
    for batch in (texts, tuple(texts), iter(texts), (text for text in texts), dict.fromkeys(texts)):
        assert o200k.count_batch(batch) == [1, 2, 3]
    assert o200k.count_batch([]) == o200k.encode_batch([]) == []
    for wrong in ("one", b"one", 1, None):
        with pytest.raises(TypeError, match="`texts` must be an iterable of"):
            o200k.count_batch(wrong)
    with pytest.raises(TypeError, match=r"`texts\[1\]` must be `str` or `bytes`, not `int`"):
        o200k.count_batch(["one", 2])


def test_what_an_iterable_raises_is_raised(o200k: tf.Encoding) -> None:
    def broken() -> object:
        yield "one"
        raise ZeroDivisionError

    class Number:
        def __index__(self) -> int:
            raise ZeroDivisionError

    class Texts:
        __iter__ = Number.__index__

    for wrong in (broken(), Texts()):
        with pytest.raises(ZeroDivisionError):
            o200k.count_batch(wrong)
    for call in (o200k.token_bytes, lambda number: o200k.count_up_to("one", number)):
        with pytest.raises(ZeroDivisionError):
            call(Number())


def test_a_bad_text_of_a_batch_is_named(o200k: tf.Encoding) -> None:
    for batch in ([b"one", "two", b"caf\xc3"], iter(["one", "two", b"caf\xc3"])):
        with pytest.raises(tf.InvalidUtf8) as raised:
            o200k.count_batch(batch)
        assert (raised.value.index, raised.value.offset) == (2, 3)
    with pytest.raises(tf.InvalidUtf8) as alone:
        o200k.count(b"caf\xc3")
    assert alone.value.index is None


def test_a_length_is_not_believed(o200k: tf.Encoding) -> None:
    class Long:
        def __len__(self) -> int:
            return sys.maxsize

        def __iter__(self) -> Iterator[str]:
            return iter(["one", "one two"])

    assert o200k.count_batch(Long()) == [1, 2]


def test_threads_are_at_least_one(o200k: tf.Encoding) -> None:
    for wrong in (0, -1):
        with pytest.raises(tf.InvalidValue, match="`threads` must be"):
            o200k.count_batch(["one"], threads=wrong)


def test_many_threads_count_with_one_encoding(o200k: tf.Encoding) -> None:
    texts = [f"{i} bottles of beer, {'中文' * i}" * 50 for i in range(64)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(o200k.count, texts)) == [o200k.count(text) for text in texts]
        batches = list(pool.map(o200k.count_batch, [texts] * 16))
    assert batches == [o200k.count_batch(texts)] * 16


def test_other_threads_run_while_a_long_text_is_counted(o200k: tf.Encoding) -> None:
    text, done, ticks = "日本語のテキスト and some English. " * 300_000, threading.Event(), 0
    counting = threading.Thread(target=lambda: (o200k.count(text), done.set()))
    counting.start()
    while not done.is_set():
        ticks += 1
    counting.join()
    assert ticks > 1_000


def test_a_text_longer_than_a_slice_is_counted_as_a_whole(o200k: tf.Encoding) -> None:
    # The batch counts each text in one go, `count` in slices of a few MiB.
    for part in ("don't stop ", "中文", "\n \n", "👍🏽", "x", "1"):
        text = part * (20 * 2**20 // len(part.encode()))
        assert o200k.count(text) == o200k.count_batch([text], threads=1)[0], part


@given(broken_utf8)
def test_bytes_are_replaced_as_python_replaces_them(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    encoding = tf.encoding("o200k_base")
    assert encoding.encode(data, errors="replace") == encoding.encode(text)
    assert encoding.encode_ordinary(data, errors="replace") == encoding.encode(text)
    assert encoding.count(data, errors="replace") == tf.count(data, errors="replace") == encoding.count(text)
    assert encoding.count_up_to(data, 5, errors="replace") == encoding.count_up_to(text, 5)
    assert encoding.count_batch([data, text], errors="replace") == [encoding.count(text)] * 2
    assert encoding.encode_batch([data], errors="replace") == [encoding.encode(text)]


@given(broken_utf8)
def test_bytes_are_strict_as_python_is_strict(data: bytes) -> None:
    encoding = tf.encoding("o200k_base")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        for call in (encoding.count, encoding.encode, tf.count, lambda data: encoding.count_batch([data])):
            with pytest.raises(tf.InvalidUtf8) as raised:
                call(data)
            assert raised.value.offset == error.start
    else:
        assert encoding.encode(data) == encoding.encode(text)
        assert tf.count(data) == encoding.count(text)


def test_our_own_sources_count_alike_as_text_and_as_bytes(o200k: tf.Encoding) -> None:
    files = [path.read_bytes() for path in sorted(Path(__file__).parents[2].glob("crates/*/src/**/*.rs"))]
    assert len(files) > 20
    assert o200k.count_batch(files) == o200k.count_batch([file.decode() for file in files])


def test_a_wrong_type_is_named(o200k: tf.Encoding) -> None:
    for call in (
        tf.count,
        o200k.count,
        o200k.encode,
        o200k.encode_ordinary,
        o200k.encode_with_offsets,
        lambda text: o200k.count_up_to(text, 1),
        lambda text: o200k.truncate(text, 1),
        lambda text: o200k.chunks(text, 1),
        lambda text: o200k.counter().push(text),
    ):
        for wrong in (None, 1, ["a"], bytearray(b"a")):
            with pytest.raises(TypeError, match=f"`text` must be .*`str`.*, not `{type(wrong).__name__}`"):
                call(wrong)
    for name, call in {
        "model": lambda wrong: tf.count("a", model=wrong),
        "encoding": lambda wrong: tf.count("a", encoding=wrong),
        "name": tf.encoding,
        "errors": lambda wrong: o200k.count("a", errors=wrong),
        "limit": lambda wrong: o200k.count_up_to("a", wrong),
        "threads": lambda wrong: o200k.count_batch(["a"], threads=wrong),
        "size": lambda wrong: o200k.chunks("a", wrong),
        "overlap": lambda wrong: o200k.chunks("a", 1, wrong),
        "side": lambda wrong: o200k.truncate("a", 1, side=wrong),
        "id": o200k.token_bytes,
        "ids": o200k.decode,
        "allow": lambda wrong: o200k.encode("a", allow=wrong),
        "refuse": lambda wrong: o200k.encode("a", refuse=wrong),
        "tokens": lambda wrong: tf.model("gpt-4o").input_cost(wrong),
        "at": lambda wrong: tf.model("gpt-4o", at=wrong),
        "pattern": tf.models,
    }.items():
        with pytest.raises(TypeError, match=f"`{name}` must be .*, not `float`"):
            call(1.5)


def test_options_are_keywords_and_words_are_known(o200k: tf.Encoding) -> None:
    with pytest.raises(TypeError):
        tf.count("a", "gpt-4o")
    with pytest.raises(TypeError):
        o200k.truncate("a", 1, "start")
    with pytest.raises(tf.InvalidValue, match="`errors` must be `strict` or `replace`, not `ignore`"):
        o200k.count(b"a", errors="ignore")
    with pytest.raises(tf.InvalidValue, match="`side` must be `start` or `end`, not `left`"):
        o200k.truncate("a", 1, side="left")
    for wrong in (-1, 2**80):
        with pytest.raises(tf.InvalidValue, match="`limit` must be a whole number from 0"):
            o200k.count_up_to("a", wrong)
