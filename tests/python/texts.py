"""Texts for properties: made of what the code branches on, since random characters almost never hold an `'s`."""

from hypothesis import strategies as st

# fmt: off
ATOMS = [
    *("a", "Z", "é", "ß", "ǅ", "ʰ", "中", "か", "ア", "가", "ไ", "क", "א", "hello", "World", "HTTPServer", "'s", "'LL", "'ve", "’s"),
    *("0", "7", "123", "1234567", "½", "Ⅷ", "٣", " ", "  ", "     ", "\t", "\u00a0", "\u3000", "\u0085", "\u2028", "\n", "\r\n", "\n\n", " \n "),
    *(".", "...", "!?", "/", "//", "();", "```", "=>", "<|", "|>", "—", "。", "€", "\u0301", "e\u0301", "\u200d", "\ufe0f", "\ufeff", "\ufffd"),
    *("👍", "👍🏽", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "\0", "\x7f", "\uffff", "\U0010ffff", "<|endoftext|>", "<|endofprompt|>", "<|start|>"),
]
# fmt: on
"""Short texts that some branch looks at."""

SURROGATES = ["\ud800", "\ud83d", "\udbff", "\udc00", "\udc4d", "\udfff", "\ud83d\udc4d", "\udc4d\ud83d"]
"""Halves of pairs, and pairs as two halves, which only Python's texts hold."""

atoms = st.sampled_from(ATOMS)
texts = st.lists(atoms | st.characters(codec="utf-8"), max_size=40).map("".join)
texts_with_surrogates = st.lists(atoms | st.sampled_from(SURROGATES), max_size=30).map("".join)
broken_utf8 = st.lists(
    st.binary(max_size=6)
    | atoms.map(str.encode)
    | st.sampled_from(
        [b"\xc3", b"\xe4\xb8", b"\xf0\x9f\x91", b"\x80", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xff"]
    ),
    max_size=20,
).map(b"".join)
