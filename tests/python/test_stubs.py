"""The stubs say what the extension does, and their examples are true."""

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import tokenfare as tf

STUBS = Path(tf.__file__).with_name("_tokenfare.pyi")


def test_the_stubs_are_those_of_the_extension(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "tokenfare"]
    # Elsewhere, where no folder of ours is taken for the installed package.
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


PROGRAM = """
from decimal import Decimal
from typing_extensions import assert_type

import tokenfare as tf

o200k = tf.encoding("o200k_base")
assert_type(tf.count(b"bytes", model="gpt-4o"), int)
assert_type(tf.count_batch(text for text in ("one", b"two")), list[int])
assert_type(o200k.count_up_to("text", 3), int | None)
assert_type(o200k.encode("text", allow={"<|endoftext|>"}, refuse="all"), list[int])
assert_type(o200k.decode(range(3), errors="replace"), str)
assert_type([(token.id, *token.chars) for token in o200k.encode_with_offsets("text")], list[tuple[int, int, int]])
assert_type([chunk.text[chunk.overlap :] for chunk in o200k.chunks("text", 2, overlap=1)], list[str])
assert_type(tf.model("gpt-4o").context_window, int | None)
assert_type(tf.model("gpt-4o").input_cost(3, at="2026-11-20"), Decimal)
count = tf.count_request({"model": "gpt-4o", "messages": []}, media={"/messages/0": (640, 480)})
assert_type(count.tokens, int)
assert_type(count.exactness, tf.Exactness)
assert_type([part.note for part in count.parts], list[str | None])
assert_type(tf.window(b"{}", model="gpt-4o", max_output=7).room, int | None)
try:
    tf.model("gpt-4p")
except tf.UnknownModel as unknown:
    assert_type(unknown.suggestions, list[str])

tf.count(1)  # type: ignore[arg-type]
tf.count("text", "gpt-4o")  # type: ignore[call-arg]
o200k.truncate("text", 3, side="left")  # type: ignore[arg-type]
tf.Exactnes  # type: ignore[attr-defined]
"""


def test_a_program_is_typed_by_the_stubs(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_in_the_stubs_are_true() -> None:
    tree = ast.parse(STUBS.read_text(encoding="utf-8"))
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    documented.sort(key=lambda node: getattr(node, "lineno", 0))
    text = "\n\n".join(ast.get_docstring(node) or "" for node in documented)
    test = doctest.DocTestParser().get_doctest(text, {}, "_tokenfare.pyi", str(STUBS), 0)
    assert len(test.examples) > 20
    results = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test)
    assert results.failed == 0


def test_everything_public_is_exported_and_documented() -> None:
    assert sorted(tf.__all__) == sorted(tf._tokenfare.__all__)
    assert tf.__doc__
    for name in tf.__all__:
        thing = getattr(tf, name)
        assert name == "__version__" or thing.__doc__, name
    tree = ast.parse(STUBS.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("__"):
            assert ast.get_docstring(node), node.name
