"""Every encoding against tiktoken: encoding, decoding, special tokens."""

from pathlib import Path

import tiktoken
import tokenfare as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import atoms, broken_utf8, texts

Pair = tuple[tf.Encoding, tiktoken.Encoding]


@given(text=texts)
def test_a_text_is_encoded_as_the_oracle_encodes_it(pair: Pair, text: str) -> None:
    ours, oracle = pair
    ids = oracle.encode_ordinary(text)
    assert ours.encode(text) == ids
    assert ours.count(text) == len(ids)
    assert ours.decode(ids) == text


def test_our_own_sources_are_encoded_as_the_oracle_encodes_them(pair: Pair) -> None:
    ours, oracle = pair
    root = Path(__file__).parents[2]
    files = [
        path.read_text(encoding="utf-8")
        for path in sorted([*root.glob("crates/*/src/**/*.rs"), *root.glob("tests/**/*.py")])
    ]
    assert ours.encode_batch(files) == oracle.encode_ordinary_batch(files)


@given(
    text=st.lists(atoms | st.sampled_from(sorted(tf.encoding("o200k_harmony").special_tokens)[:40]), max_size=20).map(
        "".join
    )
)
def test_special_tokens_are_found_as_the_oracle_finds_them(pair: Pair, text: str) -> None:
    ours, oracle = pair
    assert ours.encode(text, allow="all") == oracle.encode(text, allowed_special="all")
    some = set(sorted(ours.special_tokens)[::2])
    assert ours.encode(text, allow=some) == oracle.encode(text, allowed_special=some, disallowed_special=())
    try:
        ids = oracle.encode(text, allowed_special=some)
    except ValueError:
        ids = None
    try:
        assert ours.encode(text, allow=some, refuse="all") == ids
    except tf.RefusedSpecial as refused:
        assert ids is None
        assert refused.token not in some
        assert text[refused.offset :].startswith(refused.token)


def test_special_tokens_are_the_oracles(pair: Pair) -> None:
    ours, oracle = pair
    assert ours.special_tokens == oracle._special_tokens
    assert ours.vocabulary_size == oracle.n_vocab


def test_every_token_decodes_to_the_oracles_bytes(pair: Pair) -> None:
    ours, oracle = pair
    for id in range(ours.vocabulary_size + 2):
        try:
            expected = oracle.decode_single_token_bytes(id)
        except KeyError:
            expected = None
        try:
            decoded = ours.token_bytes(id)
        except tf.UnknownToken as unknown:
            assert unknown.token == id
            decoded = None
        assert decoded == expected, id


@settings(max_examples=50)
@given(data=broken_utf8)
def test_what_is_not_text_decodes_as_the_oracle_decodes_it(pair: Pair, data: bytes) -> None:
    ours, oracle = pair
    ids = [id for byte in data for id in ours.encode(bytes([byte]).decode("latin-1"))]
    assert ours.decode_bytes(ids) == oracle.decode_bytes(ids)
    cut = ids[: len(ids) // 2]
    assert ours.decode(cut, errors="replace") == oracle.decode(cut)
    singles = [oracle.encode_single_token(bytes([byte])) for byte in data]
    assert ours.decode_bytes(singles) == data
    assert ours.decode(singles, errors="replace") == oracle.decode(singles) == data.decode("utf-8", "replace")
    try:
        expected: str | int = data.decode()
    except UnicodeDecodeError as error:
        expected = error.start
    try:
        assert ours.decode(singles) == expected
    except tf.InvalidUtf8 as invalid:
        assert invalid.offset == expected


@given(text=texts)
def test_offsets_in_characters_begin_where_the_oracles_do(pair: Pair, text: str) -> None:
    ours, oracle = pair
    tokens = ours.encode_with_offsets(text)
    _, starts = oracle.decode_with_offsets([token.id for token in tokens])
    assert [token.id for token in tokens] == oracle.encode_ordinary(text)
    assert [token.chars[0] for token in tokens] == starts
