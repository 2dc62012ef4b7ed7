"""What the benches show of their results is what the results say."""

import json

import peers
import picture

RESULTS = json.loads(picture.RESULTS.read_text("utf-8"))


def test_the_picture_is_what_the_results_make():
    assert picture.PICTURE.read_text("utf-8") == picture.svg(RESULTS), "python3 benches/peers/picture.py draws it again"


def test_the_tables_are_what_the_results_make():
    readme = peers.README.read_text("utf-8")
    assert readme == peers.with_tables(readme, RESULTS)


def test_a_count_that_differs_is_said():
    results = {
        "peers": ["ours", "theirs"],
        "figures": [
            {"encoding": "e", "text": "t", "peer": "ours", "tokens": 2},
            {"encoding": "e", "text": "t", "peer": "theirs", "tokens": 3},
        ],
    }
    assert peers.differences(results) == ["theirs counts 3 tokens of t under e; ours 2"]
