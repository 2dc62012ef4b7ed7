"""Draws `speed.svg` from `results.json`: what each peer counts in a second, by kind of text.

python3 benches/peers/picture.py
"""

import json
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PICTURE = HERE / "speed.svg"

WIDTH, MARGIN, HEAD = 920, 24, 104
COLUMNS, GAP = 2, 32
NAMES, FIGURES = 122, 74  # room to the left of the bars, and to the right
BAR, STEP, TITLE, FOOT = 12, 18, 30, 14

# A file shown as an image cannot see the page around it, so it brings its own ground, light or dark as the reader's system is.
STYLE = """
  .ground { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .faint { fill: #59636e } .head { font-size: 17px; font-weight: 600 } .title { font-size: 13px; font-weight: 600 }
  .figure { font-variant-numeric: tabular-nums } .ours { font-weight: 600 }
  .cold { fill: #7d8590 } .warm { fill: #d1d9e0 } .cold.ours { fill: #0969da } .warm.ours { fill: #a5cdfb }
  .axis { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 }
    .cold { fill: #848d97 } .warm { fill: #343b44 } .cold.ours { fill: #4493f8 } .warm.ours { fill: #1c4478 }
    .axis { stroke: #3d444d }
  }
"""


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def bar(x: float, y: float, length: float, kind: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{max(length, 1):.1f}" height="{BAR}" class="{kind}"/>'


def svg(results: dict[str, Any]) -> str:
    """The picture of the first encoding of the results."""
    encoding = results["encodings"][0]
    figures = [figure for figure in results["figures"] if figure["encoding"] == encoding and figure.get("cold")]
    names = results["peers"]
    texts = results["texts"]
    most = max(figure["warm"] for figure in figures)
    column = (WIDTH - 2 * MARGIN - GAP * (COLUMNS - 1)) / COLUMNS
    room = column - NAMES - FIGURES
    block = TITLE + STEP * len(names) + FOOT
    height = HEAD + block * -(-len(texts) // COLUMNS) + 8
    ours = [name for name in names if name.startswith("tokenfare")]

    drawn = [
        text(MARGIN, 34, f"Text counted in a second, {encoding}", "head"),
        text(
            MARGIN,
            55,
            f"MB/s on one core, processor time, medians of {results['rounds']} fresh processes; {results['processor']}, {results['date']}",
            "faint",
        ),
        bar(MARGIN, 70, 12, "cold ours") + bar(MARGIN + 14, 70, 12, "cold"),
        text(MARGIN + 33, 80, "cold: the first pass over a text"),
        bar(MARGIN + 230, 70, 12, "warm ours") + bar(MARGIN + 244, 70, 12, "warm"),
        text(MARGIN + 263, 80, "warm: the same text again"),
        text(WIDTH - MARGIN, 80, "py: called from Python, the others from Rust", "faint", "end"),
    ]
    for index, file in enumerate(texts):
        x = MARGIN + (column + GAP) * (index % COLUMNS)
        y = HEAD + block * (index // COLUMNS)
        drawn.append(text(x, y + 16, Path(file["name"]).stem, "title"))
        here = {figure["peer"]: figure for figure in figures if figure["text"] == file["name"]}
        for row, name in enumerate(names):
            kind = " ours" if name in ours else ""
            top = y + TITLE + STEP * row - 4
            drawn.append(text(x + NAMES - 8, top + 10, name, kind.strip(), "end"))
            if name not in here:
                drawn.append(text(x + NAMES + 4, top + 10, "no count", "faint"))
                continue
            cold, warm = here[name]["cold"], here[name]["warm"]
            drawn.append(bar(x + NAMES, top, room * warm / most, "warm" + kind))
            drawn.append(bar(x + NAMES, top, room * cold / most, "cold" + kind))
            end = x + NAMES + room * max(cold, warm) / most + 6
            drawn.append(text(end, top + 10, f"{cold:.0f} / {warm:.0f}", "figure" + kind))
        bottom = y + TITLE + STEP * len(names) - 6
        drawn.append(f'<path d="M{x + NAMES:g} {y + TITLE - 8:g}V{bottom:g}" class="axis"/>')
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" role="img">\n'
        f"<title>Megabytes of text counted in a second by each tokenizer, cold and warm</title>\n"
        f"<style>{STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{height:g}" rx="8" class="ground"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    PICTURE.write_text(svg(json.loads(RESULTS.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
