"""The vectors that Rust runs too."""

import base64
import json
from pathlib import Path
from typing import Any

import tokenfare as tf

# Requests have vectors of their own.
FILES = [file for file in sorted((Path(__file__).parents[1] / "vectors").glob("*.jsonl")) if file.stem != "requests"]


def vectors() -> list[dict[str, Any]]:
    return [json.loads(line) for file in FILES for line in file.read_bytes().split(b"\n") if line]


def test_every_vector_of_an_embedded_encoding_holds() -> None:
    run = 0
    for vector in vectors():
        if vector["encoding"] not in tf.encodings():
            continue
        encoding, name = tf.encoding(vector["encoding"]), f"{vector['encoding']}: {vector['name']}"
        tokens = vector["tokens"]
        if "text" in vector:
            text = vector["text"]
            assert encoding.encode(text) == tokens, name
            assert encoding.count(text) == len(tokens), name
            assert encoding.decode(tokens) == text, name
        else:
            data = base64.b64decode(vector["bytes"])
            assert encoding.encode(data, errors="replace") == tokens, name
            assert encoding.count(data, errors="replace") == len(tokens), name
        run += 1
    assert run > 0, f"no vectors in {FILES}"
