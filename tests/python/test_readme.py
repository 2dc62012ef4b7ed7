"""The README's Python block runs, and prints what the README says."""

import contextlib
import io
import pathlib
import re

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readme_prints_what_it_says():
    found = re.search(r"```python\n(.*?)```\n\n```output\n(.*?)```", README.read_text("utf8"), re.DOTALL)
    assert found, "the README has a Python block and its output"
    code, promised = found.groups()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(README), "exec"), {})
    assert printed.getvalue() == promised
