"""The exceptions: what they are, what they say, what they carry."""

import copy
import pickle

import pytest
import tokenfare as tf

LOOKUPS = (tf.UnknownModel, tf.UnknownEncoding, tf.UnknownSpecial, tf.UnknownToken, tf.MissingRate, tf.NotExact)
VALUES = (tf.InvalidUtf8, tf.RefusedSpecial, tf.BadVocabulary, tf.InvalidValue)


def test_every_exception_is_ours_and_what_python_has_for_it() -> None:
    for cls in LOOKUPS:
        assert cls.__mro__[1:3] == (tf.Error, LookupError)
    for cls in VALUES:
        assert cls.__mro__[1:3] == (tf.Error, ValueError)
    assert tf.Error.__bases__ == (Exception,)
    for cls in (tf.Error, *LOOKUPS, *VALUES):
        assert cls.__module__ == "tokenfare"
        assert getattr(tf, cls.__name__) is cls
        assert cls.__doc__


def test_an_unknown_name_comes_with_suggestions() -> None:
    with pytest.raises(LookupError) as raised:
        tf.count("a", model="gpt-4p")
    assert type(raised.value) is tf.UnknownModel
    assert str(raised.value) == "unknown model `gpt-4p`, did you mean `gpt-4o`, `gpt-4` or `gpt-4.1`?"
    assert raised.value.suggestions == ["gpt-4o", "gpt-4", "gpt-4.1"]
    with pytest.raises(tf.UnknownEncoding, match="unknown encoding `o200k`, did you mean `o200k_base`?") as encoding:
        tf.encoding("o200k")
    assert encoding.value.suggestions[0] == "o200k_base"
    with pytest.raises(tf.UnknownEncoding, match="known are r50k_base") as far:
        tf.count("a", encoding="?")
    assert far.value.suggestions == []


def test_bytes_that_are_not_utf8_come_with_their_place() -> None:
    with pytest.raises(tf.InvalidUtf8, match="invalid UTF-8 at byte 3") as raised:
        tf.count(b"caf\xc3")
    assert raised.value.offset == 3


@pytest.mark.parametrize(
    "call",
    [
        lambda: tf.model("gpt-4p"),
        lambda: tf.count(b"\xff"),
        lambda: tf.encoding("o200k_base").encode("<|endoftext|>", refuse="all"),
    ],
)
def test_an_exception_survives_pickling_and_copying(call: object) -> None:
    with pytest.raises(tf.Error) as raised:
        call()
    for again in (pickle.loads(pickle.dumps(raised.value)), copy.copy(raised.value)):
        assert type(again) is type(raised.value)
        assert (str(again), vars(again)) == (str(raised.value), vars(raised.value))
