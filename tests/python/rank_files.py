"""The rank files that tiktoken names, rebuilt from ours without the network and shown to be the published ones by their digests.

`python rank_files.py FOLDER` writes them for programs other than the tests: `benches/peers/peers.py` asks for them.
"""

import base64
import hashlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import tiktoken_ext.openai_public

PACKED = Path(__file__).parents[2] / "crates/tokenfare-vocab/data"


def rank_file(packed: bytes) -> bytes:
    """A `.tiktoken` file from packed ranks: of each token its length in a byte, then its bytes; length 0 is a hole."""
    lines, at, rank = [], 0, 0
    while at < len(packed):
        token = packed[at + 1 : at + 1 + packed[at]]
        if token:
            lines.append(b"%b %d\n" % (base64.b64encode(token), rank))
        at, rank = at + 1 + len(token), rank + 1
    return b"".join(lines)


def published() -> Iterator[tuple[str, str, bytes]]:
    """The address, the name and the contents of each file."""
    source = inspect.getsource(tiktoken_ext.openai_public)
    named = re.findall(r'"(\S+/(\w+)\.tiktoken)",\s*expected_hash="(\w+)"', source)
    assert {base for _, base, _ in named} == {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"}
    for address, base, digest in named:
        file = rank_file((PACKED / f"{base}.ranks").read_bytes())
        assert hashlib.sha256(file).hexdigest() == digest, base
        yield address, base, file


def write_cache(folder: Path) -> None:
    """Fills a folder to which `TIKTOKEN_CACHE_DIR` may point."""
    for address, _, file in published():
        (folder / hashlib.sha1(address.encode()).hexdigest()).write_bytes(file)


def main() -> None:
    """Writes the files twice: under their own names, and as tiktoken looks for them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_cache(folder)
    for _, base, file in published():
        (folder / f"{base}.tiktoken").write_bytes(file)


if __name__ == "__main__":
    main()
