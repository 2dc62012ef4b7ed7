"""Encoding and decoding, special tokens, offsets, cutting, growing texts, loaded vocabularies."""

import base64

import pytest
import tokenfare as tf
from hypothesis import given
from hypothesis import strategies as st
from texts import atoms, texts
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

BYTES = b"".join(b"%b %d\n" % (base64.b64encode(bytes([byte])), byte) for byte in range(256))
"""A vocabulary of the 256 bytes and nothing else."""


@given(texts)
def test_decoding_undoes_encoding(text: str) -> None:
    for name in tf.encodings():
        encoding = tf.encoding(name)
        ids = encoding.encode(text)
        assert encoding.decode(ids) == encoding.decode(ids, errors="replace") == text
        assert encoding.decode_bytes(ids) == b"".join(map(encoding.token_bytes, ids)) == text.encode()


def test_ids_are_any_iterable_of_whole_numbers(o200k: tf.Encoding) -> None:
    for ids in ([24912, 2375], (24912, 2375), iter([24912, 2375]), range(0)):
        assert o200k.decode(ids) in ("hello world", "")
    for wrong in ("ab", b"ab", 5, None):
        with pytest.raises(TypeError, match="`ids` must be an iterable of `int`"):
            o200k.decode(wrong)
    with pytest.raises(TypeError, match=r"`ids\[1\]` must be `int`, not `str`"):
        o200k.decode([24912, "2375"])


@pytest.mark.parametrize("id", [-1, 199_998, 200_019, 2**32 - 1, 2**32, 2**80])
def test_an_unknown_token_is_named(o200k: tf.Encoding, id: int) -> None:
    for call in (o200k.decode, o200k.decode_bytes):
        with pytest.raises(tf.UnknownToken, match=f"`o200k_base` has no token {id}") as raised:
            call([24912, id])
        assert raised.value.token == id
    with pytest.raises(LookupError):
        o200k.token_bytes(id)


def test_a_cut_inside_a_character_is_an_error_or_replaced(o200k: tf.Encoding) -> None:
    ids = o200k.encode("👍🏽")[:-1]
    with pytest.raises(tf.InvalidUtf8) as raised:
        o200k.decode(ids)
    assert isinstance(raised.value, ValueError)
    assert raised.value.offset == 4
    assert o200k.decode(ids, errors="replace") == o200k.decode_bytes(ids).decode("utf-8", "replace") == "👍\ufffd"


def test_special_tokens_are_text_unless_they_are_allowed_or_refused(o200k: tf.Encoding) -> None:
    end, prompt = "<|endoftext|>", "<|endofprompt|>"
    text = f"é{end}b{prompt}"
    ordinary = o200k.encode(text)
    assert ordinary == o200k.encode_ordinary(text) == o200k.encode(text, allow=None) == o200k.encode(text, allow=[])
    assert not {199_999, 200_018} & set(ordinary)
    as_tokens = o200k.encode(text, allow="all")
    assert as_tokens == o200k.encode(text, allow={end, prompt}) == o200k.encode(text, allow=[prompt, end], refuse="all")
    assert as_tokens == [*o200k.encode("é"), 199_999, *o200k.encode("b"), 200_018]
    assert o200k.decode(as_tokens) == text
    assert o200k.encode(text, allow=(name for name in [end])) == [*as_tokens[:2], *o200k.encode(f"b{prompt}")]
    for refuse in ("all", {prompt}):
        with pytest.raises(tf.RefusedSpecial, match="at byte") as raised:
            o200k.encode(text, allow={end}, refuse=refuse)
        assert raised.value.token == prompt
        assert raised.value.offset == text.index(prompt)
    with pytest.raises(tf.RefusedSpecial):
        o200k.encode(text, allow="all", refuse=[end])
    assert o200k.encode("harmless", refuse="all") == o200k.encode("harmless")


def test_what_is_said_of_special_tokens_makes_sense(o200k: tf.Encoding) -> None:
    with pytest.raises(
        tf.UnknownSpecial, match="`o200k_base` has no special token `<|pad|>`".replace("|", r"\|")
    ) as raised:
        o200k.encode("a", allow={"<|pad|>"})
    assert raised.value.token == "<|pad|>"
    with pytest.raises(tf.InvalidValue, match="cannot all be allowed and all be refused"):
        o200k.encode("a", allow="all", refuse="all")
    with pytest.raises(tf.InvalidValue, match="both allowed and refused"):
        o200k.encode("a", allow={"<|endoftext|>"}, refuse={"<|endoftext|>"})
    # One name in place of a set of names is a slip: its characters are not names.
    with pytest.raises(tf.InvalidValue, match="`allow` must be `all` or a set"):
        o200k.encode("a", allow="<|endoftext|>")
    with pytest.raises(TypeError, match="`an item of refuse` must be `str`, not `int`"):
        o200k.encode("a", refuse=[1])


def test_a_special_token_in_bytes_is_found_too(o200k: tf.Encoding) -> None:
    assert o200k.encode(b"\xff<|endoftext|>", allow="all", errors="replace") == o200k.encode(
        "\ufffd<|endoftext|>", allow="all"
    )
    with pytest.raises(tf.RefusedSpecial) as raised:
        o200k.encode("é<|endoftext|>".encode(), refuse="all")
    assert raised.value.offset == 1


@given(texts)
def test_offsets_follow_one_another_and_cover_the_text(text: str) -> None:
    for name in ("cl100k_base", "o200k_base"):
        encoding = tf.encoding(name)
        tokens = encoding.encode_with_offsets(text)
        assert [token.id for token in tokens] == encoding.encode(text)
        at = 0
        for token in tokens:
            (start, end), (first, last) = token.bytes, token.chars
            assert (start, text.encode()[start:end]) == (at, encoding.token_bytes(token.id))
            assert text[:first].encode() == text.encode()[: len(text[:first].encode())]
            assert len(text[:first].encode()) <= start < end <= len(text[:last].encode())
            at = end
        assert at == len(text.encode())


@given(texts, st.integers(0, 30), st.sampled_from(["start", "end"]))
def test_what_is_left_of_a_text_fits_and_is_its_end_or_its_beginning(text: str, limit: int, side: str) -> None:
    for name in tf.encodings():
        encoding = tf.encoding(name)
        left = encoding.truncate(text, limit, side=side)
        assert encoding.count(left) <= limit
        assert text.startswith(left) if side == "end" else text.endswith(left)
        if encoding.count(text) <= limit:
            assert left == text


def test_a_text_that_fits_is_handed_back_itself(o200k: tf.Encoding) -> None:
    text = "one two three"
    assert o200k.truncate(text, 3) is text


@given(texts, st.integers(4, 20), st.integers(0, 10))
def test_chunks_fit_and_rejoin_to_the_text(text: str, size: int, overlap: int) -> None:
    encoding = tf.encoding("o200k_base")
    overlap = min(overlap, size - 1)
    chunks = encoding.chunks(text, size, overlap)
    assert "".join(chunk.text[chunk.overlap :] for chunk in chunks) == text
    for chunk in chunks:
        assert chunk.tokens == encoding.count(chunk.text) <= size
        assert text[chunk.start :].startswith(chunk.text)
        assert encoding.count(chunk.text[: chunk.overlap]) <= max(overlap, chunk.tokens)
    if not overlap:
        assert all(not chunk.overlap for chunk in chunks)


def test_chunks_that_cannot_be_are_errors(o200k: tf.Encoding) -> None:
    for size, overlap in ((0, 0), (2, 2), (2, 5)):
        with pytest.raises(tf.InvalidValue, match="the overlap must be less than the size"):
            o200k.chunks("one two three", size, overlap)
    with pytest.raises(tf.InvalidValue, match="which a chunk of 1 cannot hold"):
        o200k.chunks("𓀀", 1)
    assert o200k.chunks("", 1) == []


@given(st.lists(texts, max_size=8))
def test_a_growing_text_counts_as_its_parts_joined(parts: list[str]) -> None:
    for name in ("p50k_base", "cl100k_base", "o200k_base"):
        encoding = tf.encoding(name)
        counter, text = encoding.counter(), ""
        for part in parts:
            counter.push(part)
            text += part
            assert counter.count() == encoding.count(text)


def loaded() -> tf.Encoding:
    ranks = BYTES + b"".join(
        b"%b %d\n" % (base64.b64encode(token), 256 + i) for i, token in enumerate([b"hi", b" hi", b"\xe4\xb8"])
    )
    return tf.Encoding.from_tiktoken("tiny", ranks, "gpt2", {"<|end|>": 300})


def test_a_vocabulary_is_loaded_from_bytes() -> None:
    tiny = loaded()
    assert (tiny.name, tiny.vocabulary_size, tiny.special_tokens) == ("tiny", 301, {"<|end|>": 300})
    assert repr(tiny) == "<Encoding 'tiny'>"
    assert tiny.encode("hi hi<|end|>", allow="all") == [256, 257, 300]
    assert tiny.count("hi ho") == 4
    assert tiny.decode([256, 257, 300]) == "hi hi<|end|>"


@given(st.lists(atoms | st.sampled_from(["hi", " hi", "中"]), max_size=10))
def test_a_growing_text_is_counted_by_a_loaded_vocabulary(parts: list[str]) -> None:
    counter = loaded().counter()  # outlives the name of its encoding
    for part in parts:
        counter.push(part)
    assert counter.count() == loaded().count("".join(parts))


def test_a_vocabulary_that_is_none_is_an_error_that_names_the_line() -> None:
    for data, place in (
        (BYTES + b"??? 256\n", "line 257"),
        (BYTES + b"aGk= 255\n", "line 257"),
        (BYTES.split(b"\n", 1)[1], ""),
        (b"", ""),
    ):
        with pytest.raises(tf.BadVocabulary, match="not a vocabulary") as raised:
            tf.Encoding.from_tiktoken("bad", data, "gpt2")
        assert raised.value.place == place
    with pytest.raises(tf.BadVocabulary) as raised:
        tf.Encoding.from_tiktoken("bad", BYTES, "gpt2", {"<|end|>": 7})
    assert raised.value.place == "special token `<|end|>`"
    with pytest.raises(tf.InvalidValue, match="unknown split pattern `gpt5`, known are gpt2"):
        tf.Encoding.from_tiktoken("bad", BYTES, "gpt5")
    for name, call in {
        "data": lambda: tf.Encoding.from_tiktoken("bad", "text", "gpt2"),
        "special_tokens": lambda: tf.Encoding.from_tiktoken("bad", BYTES, "gpt2", [("a", 1)]),
    }.items():
        with pytest.raises(TypeError, match=f"`{name}` must be"):
            call()
    with pytest.raises(tf.InvalidValue, match="whole number from 0"):
        tf.Encoding.from_tiktoken("bad", BYTES, "gpt2", {"<|end|>": -1})


def tokenizer_json(normalizer: object = None) -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=alphabet, special_tokens=["<|end|>"], show_progress=False
    )
    tokenizer.train_from_iterator(["the café and the theatre, the café"] * 3, trainer)
    return tokenizer.to_str()


TOKENIZER_JSON = tokenizer_json()


@given(st.lists(atoms | st.sampled_from(["the", " café", "<|end|>"]), max_size=12).map("".join))
def test_a_tokenizer_json_is_loaded_from_text_or_bytes(text: str) -> None:
    file = TOKENIZER_JSON
    oracle = Tokenizer.from_str(file)
    for data in (file, file.encode()):
        ours = tf.Encoding.from_tokenizer_json(data)
        assert ours.name == "tokenizer.json"
        assert ours.encode(text, allow="all") == oracle.encode(text).ids
    assert tf.Encoding.from_tokenizer_json(file, name="mine").name == "mine"


def test_a_loaded_tokenizer_may_normalize_a_text_first() -> None:
    plain, nfc = (tf.Encoding.from_tokenizer_json(tokenizer_json(normal)) for normal in (None, normalizers.NFC()))
    text = "cafe\u0301"
    assert plain.normalize(text) is text
    assert nfc.normalize(text) == "café"
    assert nfc.encode(text) == nfc.encode("café") == plain.encode("café") != plain.encode(text)
    assert nfc.encode_with_offsets(text)[-1].bytes[1] == len("café".encode())
    counter = nfc.counter()
    for character in text:
        counter.push(character)
    assert counter.count() == nfc.count(text)


def test_a_tokenizer_json_that_asks_for_something_else_is_refused_by_its_place() -> None:
    with pytest.raises(tf.BadVocabulary) as raised:
        tf.Encoding.from_tokenizer_json(tokenizer_json(normalizers.Lowercase()))
    assert "normalizer" in raised.value.place
    for broken in ("", "{}", "[", b"\xff"):
        with pytest.raises(tf.BadVocabulary):
            tf.Encoding.from_tokenizer_json(broken)
    with pytest.raises(TypeError, match="`data` must be `str` or `bytes`, not `dict`"):
        tf.Encoding.from_tokenizer_json({})


def test_an_embedded_encoding_is_one_object() -> None:
    for name in tf.encodings():
        assert tf.encoding(name) is tf.encoding(name)
        assert tf.encoding(name).name == name
        assert repr(tf.encoding(name)) == f"<Encoding '{name}'>"
    assert tf.encoding("gpt2") is tf.encoding("r50k_base")
    assert len({tf.encoding(name) for name in tf.encodings()}) == len(tf.encodings()) == 6


def test_an_encoding_is_not_made_or_changed_by_hand(o200k: tf.Encoding) -> None:
    for cls in (tf.Encoding, tf.Counter, tf.Model, tf.Price):
        with pytest.raises(TypeError):
            cls()
    with pytest.raises(AttributeError):
        o200k.name = "mine"
    with pytest.raises(AttributeError):
        o200k.encode_with_offsets("a")[0].id = 1
