"""Counts a file with one tokenizer, in a process that has counted nothing before: the rows of Python, as `main.rs` has those of Rust.

rows.py PEER ENCODING FILE PASSES THREADS RANKS
"""

import time

# Before anything else is imported.
START = time.process_time()

import json
import sys
from collections.abc import Callable

Count = Callable[[str], int]
CountBatch = Callable[[list[str], int], int]


def tokenfare(encoding: str, ranks: str) -> tuple[Count, CountBatch]:
    import tokenfare

    ours = tokenfare.encoding(encoding)
    return ours.count, lambda documents, threads: sum(ours.count_batch(documents, threads=threads))


def tiktoken(encoding: str, ranks: str) -> tuple[Count, CountBatch]:
    import tiktoken

    peer = tiktoken.get_encoding(encoding)
    return (
        lambda text: len(peer.encode_ordinary(text)),
        lambda documents, threads: sum(map(len, peer.encode_ordinary_batch(documents, num_threads=threads))),
    )


def gigatoken(encoding: str, ranks: str) -> tuple[Count, CountBatch]:
    import gigatoken

    peer = gigatoken.Tokenizer.from_tiktoken(f"{ranks}/{encoding}.tiktoken")

    def count_batch(documents: list[str], threads: int) -> int:
        import awkward  # of use to batches alone, and slow to import

        return len(awkward.flatten(peer.encode_batch(documents, parallel=threads > 1)))

    return lambda text: len(peer.encode(text)), count_batch


PEERS = {"tokenfare": tokenfare, "tiktoken": tiktoken, "gigatoken": gigatoken}


def cut(text: bytes) -> list[str]:
    """Cuts a text at the first newline after every 2000 bytes."""
    found, at = [], 0
    while at < len(text):
        newline = text.find(b"\n", at + 2000)
        end = len(text) if newline < 0 else newline + 1
        found.append(text[at:end].decode())
        at = end
    return found


def main() -> None:
    peer, encoding, file, passes, threads, ranks = sys.argv[1:]
    count, count_batch = PEERS[peer](encoding, ranks)
    count("hello world")
    first_count = time.process_time() - START

    with open(file, "rb") as opened:
        raw = opened.read()
    text, documents = raw.decode(), cut(raw)
    alone = threads == "1"
    # Waiting is not counted where one thread works; where several do, it is what is asked for.
    clock = time.process_time if alone else time.perf_counter
    seconds, answers = [], set()
    for _ in range(int(passes)):
        began = clock()
        tokens = count(text) if alone else count_batch(documents, int(threads))
        seconds.append(clock() - began)
        answers.add(tokens)
    assert len(answers) == 1, "another pass, another count"
    print(json.dumps({"tokens": tokens, "seconds": seconds, "first_count": first_count}))


if __name__ == "__main__":
    main()
