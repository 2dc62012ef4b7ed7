"""What the tests share: tiktoken as an oracle."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import rank_files
import tiktoken
import tokenfare as tf
from hypothesis import settings

# Machines that run tests are shared: an example may take its time, and a failure comes with what repeats it.
settings.register_profile("tokenfare", deadline=None, print_blob=True, max_examples=200)
settings.load_profile("tokenfare")


@pytest.fixture(scope="session")
def tiktoken_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache folder in which tiktoken finds the files it names."""
    cache = tmp_path_factory.mktemp("tiktoken")
    rank_files.write_cache(cache)
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
