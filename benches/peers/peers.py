"""Sets tokenfare beside its peers on one machine: `results.json`, the tables of `benches/README.md`, and the picture.

    python3 benches/peers/peers.py [--corpus DIR] [--encoding NAME,…] [--rounds N] [--threads N]

It builds what it needs under `target/peers`, the peers from the package registries, which takes minutes the first time.
A figure is a fresh process: every row in turn on every text, round after round, so that what else the machine does falls
on all alike; of the rounds the median. One thread is bound to one core, and its processor time is taken.
"""

import argparse
import datetime
import itertools
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import picture

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WORK = TARGET / "peers"
README = HERE.parent / "README.md"

# Each row: what it is called, the program that runs it, and its name there. What differs is told from the first.
ROWS = [
    ("tokenfare", "rust", "tokenfare"),
    ("tokenfare (py)", "python", "tokenfare"),
    ("fastokens", "rust", "fastokens"),
    ("gigatoken (py)", "python", "gigatoken"),
    ("bpe-openai", "rust", "bpe-openai"),
    ("tiktoken-rs", "rust", "tiktoken-rs"),
    ("tiktoken (py)", "python", "tiktoken"),
]
PYTHON_PEERS = ["gigatoken==0.10.0", "tiktoken==0.14.0"]
RUST_PEERS = ["bpe-openai", "fastokens", "tiktoken-rs"]

# The first is cold; of the others, the median is warm.
PASSES = 4

ALL_CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
VENV = WORK / "venv/bin"

# What is read from JSON and written to it.
Answer = dict[str, Any]
Figure = dict[str, Any]
Results = dict[str, Any]


def run(*command: str | Path, **environment: str | Path) -> str:
    """Runs a command that must succeed, and returns what it says."""
    env = os.environ | {name: str(value) for name, value in environment.items()}
    done = subprocess.run([str(word) for word in command], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return done.stdout


def prepare() -> dict[str, list[str]]:
    """Builds and installs every row; returns how each kind is started."""
    WORK.mkdir(parents=True, exist_ok=True)
    if not (VENV / "python").exists():
        run(sys.executable, "-m", "venv", "--clear", WORK / "venv")
    pip: list[str | Path] = [VENV / "python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    run(*pip, *PYTHON_PEERS)
    # Its version does not move while it is being worked on, so it is always put in again.
    run(*pip, "--force-reinstall", "--no-deps", ROOT, CARGO_TARGET_DIR=TARGET)
    run(VENV / "python", ROOT / "tests/python/rank_files.py", WORK / "ranks")
    run(
        *["cargo", "build", "--release", "--locked", "--manifest-path", HERE / "Cargo.toml"],
        CARGO_TARGET_DIR=WORK / "build",
    )
    return {
        "rust": [str(WORK / "build/release/tokenfare-peers")],
        "python": [str(VENV / "python"), str(HERE / "rows.py")],
    }


def made_texts() -> Path:
    """A folder of texts that the benches make, the same on every machine."""
    folder = WORK / "texts"
    shutil.rmtree(folder, ignore_errors=True)
    run("cargo", "run", "--release", "--quiet", "-p", "tokenfare-benches", "--bin", "texts", "--", folder)
    return folder


def versions() -> dict[str, str]:
    """What was measured, and what built it."""
    locked = dict(
        re.findall(r'^name = "(.+)"\nversion = "(.+)"', (HERE / "Cargo.lock").read_text("utf-8"), re.MULTILINE)
    )
    python = [peer.split("==") for peer in PYTHON_PEERS]
    return {
        "tokenfare": locked["tokenfare"],
        **{name: locked[name] for name in RUST_PEERS},
        **{f"{name} (py)": version for name, version in python},
        "rustc": run("rustc", "--version").split()[1],
        "python": platform.python_version(),
    }


def processor() -> str:
    """What the machine calls its processor."""
    try:
        named = re.search(r"^model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
        return named[1].strip() if named else platform.machine()
    except OSError:
        return platform.processor() or platform.machine()


def measure(command: list[str], threads: int, core: int | None) -> Answer | None:
    """What a row says of one text. One that fails is a row without a figure, and does not stop the others."""
    env = os.environ | {"TIKTOKEN_CACHE_DIR": str(WORK / "ranks"), "RAYON_NUM_THREADS": str(threads)}
    # A process inherits the cores of the one that starts it.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, ALL_CORES if core is None else {core})
    done = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")
    if done.returncode:
        why = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        print(f"failed: {' '.join(command)}: {why[-1]}", file=sys.stderr)
        return None
    answer: Answer = json.loads(done.stdout)
    return answer


def collect(arguments: argparse.Namespace, start: dict[str, list[str]], files: list[Path]) -> list[Figure]:
    """The figures: of every encoding, text and row the medians of all rounds."""
    core = arguments.core if arguments.core is not None else max(ALL_CORES, default=0)
    cases = list(itertools.product(arguments.encoding, files, ROWS, sorted({1, arguments.threads})))
    said: dict[tuple[Any, ...], list[Answer | None]] = defaultdict(list)
    for round_ in range(arguments.rounds):
        for encoding, file, (name, kind, peer), threads in cases:
            command = [*start[kind], peer, encoding, str(file), str(PASSES), str(threads), str(WORK / "ranks")]
            said[encoding, file, name, threads].append(measure(command, threads, core if threads == 1 else None))
        print(f"round {round_ + 1} of {arguments.rounds}", file=sys.stderr)
    figures: dict[tuple[Any, ...], Figure] = {}
    for encoding, file, (name, _, _), threads in cases:
        figure = figures.setdefault((encoding, file, name), {"encoding": encoding, "text": file.name, "peer": name})
        answers = [answer for answer in said[encoding, file, name, threads] if answer]
        if len(answers) == arguments.rounds:
            figure |= medians(answers, file.stat().st_size / 1e6, "" if threads == 1 else "_threads")
    return list(figures.values())


def medians(answers: list[Answer], megabytes: float, after: str) -> Figure:
    """The figures of a row on a text; `after` ends their names."""
    cold = statistics.median(megabytes / answer["seconds"][0] for answer in answers)
    warm = statistics.median(megabytes / statistics.median(answer["seconds"][1:]) for answer in answers)
    figure = {"cold" + after: round(cold, 1), "warm" + after: round(warm, 1), "tokens" + after: answers[0]["tokens"]}
    first_count = statistics.median(answer["first_count"] for answer in answers)
    return figure if after else figure | {"first_count_ms": round(1e3 * first_count, 2)}


def differences(results: Results) -> list[str]:
    """The counts that are not ours, said."""
    ours = {(f["encoding"], f["text"]): f for f in results["figures"] if f["peer"] == results["peers"][0]}
    return [
        f"{figure['peer']} counts {figure[which]} tokens of {figure['text']} under {figure['encoding']}; {results['peers'][0]} {ours[key].get(which)}"
        for figure in results["figures"]
        for which in ("tokens", "tokens_threads")
        if (key := (figure["encoding"], figure["text"])) in ours
        if which in figure and figure[which] != ours[key].get(which)
    ]


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]


def markdown(results: Results) -> str:
    """The tables, with all that a reader must know to repeat them."""
    texts = [text["name"] for text in results["texts"]]
    found = {(f["encoding"], f["text"], f["peer"]): f for f in results["figures"]}
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [
        f"{results['processor']}, {results['date']}, medians of {results['rounds']} fresh processes; `{results['command']}`.",
        f"Versions: {versions}.",
    ]

    def speeds(encoding: str, which: str) -> list[str]:
        def cell(peer: str, text: str) -> str:
            speed = found.get((encoding, text, peer), {}).get(which)
            return "no count" if speed is None else f"{speed:.0f}"

        rows = [[peer, *(cell(peer, text) for text in texts)] for peer in results["peers"]]
        return table(["MB/s", *(Path(text).stem for text in texts)], rows)

    for encoding in results["encodings"]:
        lines += ["", f"**{encoding}, cold:** the first pass, one core, processor time", "", *speeds(encoding, "cold")]
        lines += ["", f"**{encoding}, warm:** later passes over the same text", "", *speeds(encoding, "warm")]
        if results["threads"] > 1:
            lines += ["", f"**{encoding}, {results['threads']} threads:** the first batch, wall clock"]
            lines += ["", *speeds(encoding, "cold_threads")]
            lines += ["", f"**{encoding}, {results['threads']} threads, warm**"]
            lines += ["", *speeds(encoding, "warm_threads")]

    def first_count(encoding: str, peer: str) -> str:
        times = [
            f["first_count_ms"]
            for f in results["figures"]
            if (f["encoding"], f["peer"]) == (encoding, peer) and "first_count_ms" in f
        ]
        return f"{statistics.median(times):.1f}" if times else "no count"

    lines += [
        "",
        "**Start:** milliseconds of processor time from `main`, or from Python's first line, to the first count, of two words",
        "",
    ]
    rows = [[peer, *(first_count(encoding, peer) for encoding in results["encodings"])] for peer in results["peers"]]
    lines += table(["ms", *results["encodings"]], rows)
    other = differences(results)
    lines += [
        "",
        "Counts that differ:" if other else "No count differs from another.",
        *(f"- {line}" for line in other),
    ]
    return "\n".join(lines)


BEGIN, END = "<!-- peers.py writes from here -->", "<!-- to here -->"


def with_tables(readme: str, results: Results) -> str:
    """The README with the tables of these results in it."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{markdown(results)}\n\n{END}{after}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--corpus", type=Path, help="a folder of .txt and .jsonl files; without it, texts that the benches make"
    )
    parser.add_argument("--encoding", type=lambda names: names.split(","), default=["o200k_base", "cl100k_base"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--threads", type=int, default=1, help="if more than one, batches on so many are measured as well"
    )
    parser.add_argument("--core", type=int, help="the core to which one thread is bound; the last, unless it is said")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    start = prepare()
    folder = arguments.corpus or made_texts()
    files = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".jsonl"))
    if not files:
        sys.exit(f"not measured: no .txt or .jsonl file in {folder}")
    shown = ["python3 benches/peers/peers.py", *(["--corpus DIR"] if arguments.corpus else [])]
    shown += [
        f"--encoding {','.join(arguments.encoding)}",
        f"--rounds {arguments.rounds}",
        f"--threads {arguments.threads}",
    ]
    results = {
        "command": " ".join(shown),
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "versions": versions(),
        "encodings": arguments.encoding,
        "rounds": arguments.rounds,
        "passes": PASSES,
        "threads": arguments.threads,
        "texts": [{"name": file.name, "bytes": file.stat().st_size} for file in files],
        "peers": [name for name, _, _ in ROWS],
        "figures": collect(arguments, start, files),
    }
    picture.RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    README.write_text(with_tables(README.read_text("utf-8"), results), "utf-8")
    picture.main()
    for difference in differences(results):
        print(f"differs: {difference}", file=sys.stderr)
    print(markdown(results))


if __name__ == "__main__":
    main()
