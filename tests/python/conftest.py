"""What the tests share: tiktoken as an oracle, on rank files that are rebuilt from ours and need no network."""

import base64
import hashlib
import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiktoken
import tiktoken_ext.openai_public
import tokenfare as tf
from hypothesis import settings

ROOT = Path(__file__).parents[2]

# Machines that run tests are shared: an example may take its time, and a failure comes with what repeats it.
settings.register_profile("tokenfare", deadline=None, print_blob=True, max_examples=200)
settings.load_profile("tokenfare")


def rank_file(packed: bytes) -> bytes:
    """A `.tiktoken` file from packed ranks: of each token its length in a byte, then its bytes; length 0 is a hole."""
    lines, at, rank = [], 0, 0
    while at < len(packed):
        token = packed[at + 1 : at + 1 + packed[at]]
        if token:
            lines.append(b"%b %d\n" % (base64.b64encode(token), rank))
        at, rank = at + 1 + len(token), rank + 1
    return b"".join(lines)


@pytest.fixture(scope="session")
def tiktoken_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder in which tiktoken finds the files it names, each shown to be the published one by its digest."""
    cache = tmp_path_factory.mktemp("tiktoken")
    source = inspect.getsource(tiktoken_ext.openai_public)
    named = re.findall(r'"(\S+/(\w+)\.tiktoken)",\s*expected_hash="(\w+)"', source)
    assert {base for _, base, _ in named} == {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"}
    for address, base, digest in named:
        file = rank_file((ROOT / f"crates/tokenfare-vocab/data/{base}.ranks").read_bytes())
        assert hashlib.sha256(file).hexdigest() == digest, base
        (cache / hashlib.sha1(address.encode()).hexdigest()).write_bytes(file)
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    yield cache
    if before is None:
        del os.environ["TIKTOKEN_CACHE_DIR"]
    else:
        os.environ["TIKTOKEN_CACHE_DIR"] = before


@pytest.fixture(scope="session", params=tf.encodings())
def pair(request: pytest.FixtureRequest, tiktoken_cache: Path) -> tuple[tf.Encoding, tiktoken.Encoding]:
    """Each encoding, ours and tiktoken's."""
    return tf.encoding(request.param), tiktoken.get_encoding(request.param)


@pytest.fixture(scope="session")
def o200k() -> tf.Encoding:
    return tf.encoding("o200k_base")
