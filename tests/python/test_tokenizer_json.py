"""Holds `Encoding.from_tokenizer_json` to Hugging Face tokenizers, over vocabularies that are trained here.

Every text is encoded by both, with every vocabulary of a split pattern: as training leaves it, with holes among its
merges, with several merges for a token; with `ignore_merges` and without; with NFC and without; with added tokens and
without.

Texts are made of characters that were assigned before Unicode 12 and have kept their class: the oracle's regular expressions
and its normal forms know an older version than ours. (On every character of Unicode 14 the two have been seen to agree.)
"""

import copy
import functools
import json
import random
import re
import unicodedata
from typing import Any, NamedTuple

import pytest
import tokenfare as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# Every spelling that is known, so that each has been seen to split as its scanner does.
SPLITS: dict[str, list[str]] = {
    "gpt2": [],
    "gpt2, as a split": [GPT2],
    "gpt2, as tiktoken had it": [
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    ],
    "gpt2, as tiktoken has it": [
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
    ],
    "cl100k": [
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    ],
    "llama3": [LLAMA3],
    "llama3, as tiktoken had cl100k": [
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    ],
    "qwen2": [LLAMA3.replace("{1,3}", "")],
    "qwen2, as llada has it": [
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    ],
    "o200k": [O200K],
    "deepseek_v3": [r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK.replace(r"\r\n", "\r\n")],
    "deepseek_v3, escaped": [r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK],
}

WORDS = re.findall(
    r"\S+",
    """
the of and to in is that it was for on are with as his they be at one have this from or had by hot but some what there
we can out other were all your when up use word how said an each she which do their time if will way about many then
them would write like so these her long make thing see him two has look more day could go come did my sound no most
Größe Straße über naïve café déjà vu Ελληνικά γλώσσα слово русский язык Ещё मानक हिन्दी भाषा 中文字符 日本語の文字 カタカナ
한국어 글자 שלום عربى ไทย don't we'll they've I'm you'd he's IT'S DON'T they'RE HTTPServer camelCase snake_case
return self.value if (x == 1) { foo(); } 12 123 1234 2024 3.14159 /usr/bin #include <stdio.h> // end
""",
)

ATOMS = [
    *"aZsStTdDmM09'\"/\\_-.,;:!?#(){}[]<>|~`^$%&*+=@",
    "'s", "'S", "'t", "'re", "'RE", "'Ve", "'ll", "'lL", "'m", "'d", "'x", "'ſ", "’s", "ſ",
    " ", "  ", "    ", "\t", "\n", "\r", "\r\n", "\n\n", " \n", "\n ", "\u00a0", "\u2003", "\u2028", "\u0085", "\u3000", "\x0b",
    "\x00", "\x1b", "\u00ad", "\u200b", "\u200d", "\ufeff", "\ufffd",
    "é", "e\u0301", "É", "ß", "ǅ", "ʰ", "ª", "Å", "A\u030a", "\u212b", "\u0301", "\u0338", "\u0344", "q\u0307\u0323", "\u1e69", "ê\u0301", "Å\u0301",
    "½", "²", "٣", "Ⅷ", "①", "1234567",
    "я", "Ж", "Σ", "ς", "ש", "ع", "ا\u0654", "हि", "न्दी", "क\u093c", "ไ", "ย", "한", "ᄒ", "ᅡ", "ᆫ", "각", "中", "文", "龥", "の", "ヿ", "㐀", "豈",
    "👍", "🏽", "👩\u200d🔬", "€", "→", "∑", "。", "「", "𝔘", "𐍈",
]  # fmt: skip

ADDED = [
    # content, special, normalized
    ("<|end|>", True, False),
    ("<|sep|>", True, True),
    ("<|", False, False),
    ("<think>", False, True),
    ("</think>", False, False),
    ("    ", False, True),
    ("end", False, False),
    ("ế", False, False),
    ("Ǻ", False, True),
    ("ei", False, True),
]


class Subject(NamedTuple):
    """A vocabulary, as both have it."""

    label: str
    file: dict[str, Any]
    oracle: Tokenizer
    encoding: tf.Encoding


def corpus(seed: int) -> list[str]:
    """Lines of words and atoms, in which some come often."""
    chance = random.Random(seed)
    often = chance.sample(WORDS, 60) + chance.sample(ATOMS, 60)
    lines = []
    for _ in range(400):
        line = chance.choices(often + WORDS, k=chance.randrange(1, 30))
        lines.append("".join(part + chance.choice(["", " ", " ", " ", "\n"]) for part in line))
    return lines


def train(name: str) -> dict[str, Any]:
    """Trains a small vocabulary for a split, and returns its file."""
    tokenizer = Tokenizer(models.BPE())
    chain = SPLITS[name]
    if chain:
        steps: list[Any] = [pre_tokenizers.Split(Regex(regex), "isolated") for regex in chain]
        steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    place = list(SPLITS).index(name)
    trainer = trainers.BpeTrainer(
        vocab_size=300 + 150 * place,
        min_frequency=0,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"] if place % 2 else [],
    )
    tokenizer.train_from_iterator(corpus(place), trainer)
    file: dict[str, Any] = json.loads(tokenizer.to_str())
    return file


def with_holes(merges: list[list[str]]) -> list[list[str]]:
    """Takes some merges out: what they made, and all that was made of it, stays in the vocabulary."""
    return [merge for place, merge in enumerate(merges) if place % 9 != 4]


def with_all_ways(merges: list[list[str]], vocab: dict[str, int]) -> list[list[str]]:
    """Has every way to make a token of two others: so are vocabularies that were converted from ranks."""
    made = []
    for merge in merges:
        token = "".join(merge)
        ways = [[token[:cut], token[cut:]] for cut in range(1, len(token))]
        ways = [way for way in ways if way[0] in vocab and way[1] in vocab]
        made += sorted(ways, key=lambda way: (vocab[way[0]], vocab[way[1]]))
    return made


def with_other_ways(merges: list[list[str]], vocab: dict[str, int]) -> list[list[str]]:
    """Has another way to make a token long before or after the one it was trained with."""
    chance = random.Random(len(merges))
    others = with_all_ways(merges, vocab)
    known = {tuple(merge) for merge in merges}
    for merge in chance.sample(others, len(others) // 3):
        if tuple(merge) not in known:
            known.add(tuple(merge))
            parts = [place for place, other in enumerate(merges) if "".join(other) in merge]
            merges.insert(chance.randrange(max(parts, default=-1) + 1, len(merges) + 1), merge)
    return merges


def variants(file: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The vocabularies to be compared, made of one that was trained."""
    all_of_them = []
    for merges in ["trained", "holes", "all ways", "other ways"]:
        for ignore_merges in [False, True]:
            for nfc, added in [(False, False), (False, True), (True, False), (True, True)]:
                variant = copy.deepcopy(file)
                model = variant["model"]
                model["ignore_merges"] = ignore_merges
                if merges == "holes":
                    model["merges"] = with_holes(model["merges"])
                elif merges == "all ways":
                    model["merges"] = with_all_ways(model["merges"], model["vocab"])
                elif merges == "other ways":
                    model["merges"] = with_other_ways(model["merges"], model["vocab"])
                if ignore_merges:  # other ways to write the same
                    model["merges"] = [" ".join(merge) for merge in model["merges"]]
                    steps = variant["pre_tokenizer"].get("pretokenizers", [])
                    if len(steps) == 2:
                        steps[0].update(behavior="Removed", invert=True)
                if nfc:
                    variant["normalizer"] = {"type": "NFC"}
                if added:
                    number = len(model["vocab"])
                    for content, special, normalized in ADDED:
                        id = model["vocab"].get(content, number)
                        number += id == number
                        variant["added_tokens"].append(
                            {
                                "id": id,
                                "content": content,
                                "single_word": False,
                                "lstrip": False,
                                "rstrip": False,
                                "normalized": normalized,
                                "special": special,
                            }
                        )
                label = f"merges: {merges}, ignore_merges: {ignore_merges}, nfc: {nfc}, added: {added}"
                all_of_them.append((label, variant))
    return all_of_them


@functools.cache
def subjects(name: str) -> list[Subject]:
    """The vocabularies of a split, loaded by both."""
    loaded: list[Subject] = []
    for label, file in variants(train(name)):
        text = json.dumps(file, ensure_ascii=len(loaded) % 2 == 0)
        loaded.append(Subject(label, file, Tokenizer.from_str(text), tf.Encoding.from_tokenizer_json(text, name=name)))
    return loaded


def check(subject: Subject, text: str) -> None:
    """Holds the ids of a text to the oracle's, with special tokens as text and as tokens."""
    subject.oracle.encode_special_tokens = True
    ordinary = subject.oracle.encode(text, add_special_tokens=False).ids
    assert subject.encoding.encode_ordinary(text) == ordinary, subject.label
    assert subject.encoding.count(text) == len(ordinary), subject.label
    subject.oracle.encode_special_tokens = False
    special = subject.oracle.encode(text, add_special_tokens=False).ids
    assert subject.encoding.encode(text, allow="all") == special, subject.label


PARTS = ["<", "|>", "d|", "n", "nd|>", *(content for content, _, _ in ADDED)]
texts = st.lists(st.sampled_from(ATOMS) | st.sampled_from(WORDS) | st.sampled_from(PARTS), max_size=24).map("".join)


@pytest.mark.parametrize("name", SPLITS)
@given(text=texts)
@settings(max_examples=100)
def test_tokens_are_those_of_the_reference(name: str, text: str) -> None:
    for subject in subjects(name):
        check(subject, text)


@pytest.mark.parametrize("name", SPLITS)
@given(text=texts)
@settings(max_examples=25)
def test_tokens_decode_to_the_text(name: str, text: str) -> None:
    for subject in subjects(name):
        normal = subject.encoding.normalize(text)
        assert subject.encoding.decode(subject.encoding.encode(text)) == normal, subject.label
        if subject.file["normalizer"] is None:
            assert normal == text, subject.label
        elif not any(not token["normalized"] for token in subject.file["added_tokens"]):
            assert normal == unicodedata.normalize("NFC", text), subject.label


@pytest.mark.parametrize("name", SPLITS)
def test_every_character_is_split_as_in_the_reference(name: str) -> None:
    # Of the tens of thousands of Chinese and Korean characters a few stand for all.
    few = [range(0x3500, 0x4D00), range(0x5000, 0x9F00), range(0xAD00, 0xD700), range(0x20100, 0x2A600)]
    stable = [
        character
        for code in range(0x110000)
        if not any(code in block for block in few)
        and unicodedata.category(character := chr(code)) not in {"Cn", "Co", "Cs"}
        and unicodedata.category(character) == unicodedata.ucd_3_2_0.category(character)
    ]
    assert len(stable) > 15_000
    subject = subjects(name)[0]
    for start in range(0, len(stable), 500):
        check(subject, "".join(f"{c}a{c}1{c} {c}{c}\n{c}'s" for c in stable[start : start + 500]))


def test_a_spelling_that_the_reference_reads_otherwise_is_not_known() -> None:
    # Up to three digits that are not given back, says tiktoken; any number of digits, says the reference.
    regex = SPLITS["cl100k"][0].replace("{1,3}", "{1,3}+")
    assert pre_tokenizers.Split(Regex(regex), "isolated").pre_tokenize_str("12345")[0][0] == "12345"
    file = train("cl100k")
    file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = regex
    with pytest.raises(tf.BadVocabulary) as raised:
        tf.Encoding.from_tokenizer_json(json.dumps(file))
    assert raised.value.place == "pre_tokenizer"
