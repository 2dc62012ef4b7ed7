"""Surrogates, which only Python's texts hold, count as tiktoken counts them."""

import pytest
import tiktoken
import tokenfare as tf
from hypothesis import given
from hypothesis import strategies as st
from texts import texts_with_surrogates


def repaired(text: str) -> str:
    """The text as tiktoken reads it: pairs joined, other surrogates replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.parametrize(
    "text", ["\ud800", "a\udc4db", "\ud83d\udc4d", "\udc4d\ud83d", "\ufeff\ud800", "👍\ud83d", "\ud83d\ud83d\udc4d"]
)
def test_a_surrogate_counts_as_the_oracle_counts_it(pair: tuple[tf.Encoding, tiktoken.Encoding], text: str) -> None:
    ours, oracle = pair
    assert ours.encode(text) == oracle.encode(text, disallowed_special=()) == oracle.encode_ordinary(text)


@given(texts_with_surrogates)
def test_every_way_in_repairs_a_text_alike(text: str) -> None:
    encoding, whole = tf.encoding("o200k_base"), repaired(text)
    ids = encoding.encode(whole)
    assert encoding.encode(text) == encoding.encode_ordinary(text) == ids
    assert encoding.encode(text, allow="all") == encoding.encode(whole, allow="all")
    assert encoding.count(text) == tf.count(text) == encoding.count_up_to(text, len(ids)) == len(ids)
    assert encoding.count_batch([text, "a", text]) == tf.count_batch([text, "a", text]) == [len(ids), 1, len(ids)]
    assert encoding.encode_batch([text, "a"]) == [ids, encoding.encode("a")]
    assert encoding.encode_with_offsets(text) == encoding.encode_with_offsets(whole)
    assert encoding.truncate(text, 3) == encoding.truncate(whole, 3)
    assert encoding.truncate(text, 3, side="start") == encoding.truncate(whole, 3, side="start")
    assert encoding.truncate(text, len(ids)) == whole
    assert encoding.chunks(text, 4, 1) == encoding.chunks(whole, 4, 1)


@given(texts_with_surrogates, st.lists(st.integers(0, 30), max_size=6))
def test_a_pair_may_be_cut_between_two_parts(text: str, cuts: list[int]) -> None:
    encoding = tf.encoding("o200k_base")
    counter, at = encoding.counter(), 0
    for cut in [*sorted(cuts), len(text)]:
        counter.push(text[at:cut])
        at = max(at, cut)
        assert counter.count() == encoding.count(text[:at])


def test_a_name_with_a_surrogate_is_unknown() -> None:
    with pytest.raises(tf.UnknownModel):
        tf.model("gpt-4o\ud800")
    with pytest.raises(tf.UnknownEncoding):
        tf.encoding("\ud83d")
