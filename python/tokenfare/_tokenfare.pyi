"""What `import tokenfare as tf` gives: encodings that count, encode and decode, models and their prices.

Where a text is asked for, a `str` may hold surrogates: two that make a pair are the character they stand for, any other
counts as U+FFFD. Where `bytes` are taken too, they are UTF-8; `errors` says what becomes of bytes that are not:
`"strict"` raises `InvalidUtf8`, `"replace"` counts them as `bytes.decode("utf-8", "replace")` would.

Everything here may be used from many threads at once. The interpreter's lock is let go of while a text of more than a
few kilobytes is counted, and a long count listens for Ctrl-C.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from os import PathLike
from typing import Any, ClassVar, Literal, SupportsIndex, final

__version__: str

__all__ = [
    "BadRequest",
    "BadUsage",
    "BadVocabulary",
    "Billed",
    "Calibration",
    "Catalog",
    "Chunk",
    "Compared",
    "Conversation",
    "Correction",
    "Cost",
    "Costs",
    "Count",
    "Counter",
    "Encoding",
    "Error",
    "Exactness",
    "InvalidUtf8",
    "InvalidValue",
    "Line",
    "Media",
    "MissingRate",
    "Model",
    "NotExact",
    "Overrun",
    "Part",
    "Price",
    "RefusedSpecial",
    "Token",
    "UnknownEncoding",
    "UnknownModel",
    "UnknownSpecial",
    "UnknownToken",
    "Usage",
    "Window",
    "WindowExceeded",
    "__version__",
    "as_of",
    "compare",
    "cost",
    "costs",
    "count",
    "count_batch",
    "count_output",
    "count_request",
    "encoding",
    "encodings",
    "estimate_text",
    "model",
    "models",
    "price",
    "usage",
    "window",
]

def count(
    text: str | bytes,
    *,
    model: str | None = None,
    encoding: str | None = None,
    errors: Literal["strict", "replace"] = "strict",
) -> int:
    """Counts the tokens of a text, exactly, by the name of a model or an encoding; by `o200k_base` if neither is given.

    >>> import tokenfare as tf
    >>> tf.count("hello world", model="gpt-4o")
    2
    >>> tf.count("hello world", encoding="cl100k_base")
    2

    Special tokens are not looked for: the name of one counts as the characters it is written with.

    Raises `NotExact` for a model whose vocabulary is not public (`estimate_text` has bounds for those), `UnknownModel` and `UnknownEncoding` with
    `.suggestions`, `InvalidUtf8` for bytes that are not UTF-8.
    """

def count_batch(
    texts: Iterable[str | bytes],
    *,
    model: str | None = None,
    encoding: str | None = None,
    threads: SupportsIndex | None = None,
    errors: Literal["strict", "replace"] = "strict",
) -> list[int]:
    """Counts the tokens of each text, on so many threads, or on all processors; the counts are the same on any number.

    >>> tf.count_batch(["one", "one two"], model="gpt-4o")
    [1, 2]

    The texts are not copied. Works after a fork, in the parent and in the child. Raises what `count` does.
    """

def encoding(name: str) -> Encoding:
    """Returns an embedded encoding by name, the same object each time; `gpt2` is another name of `r50k_base`.

    >>> tf.encoding("o200k_base")
    <Encoding 'o200k_base'>

    Nothing is read or downloaded. Raises `UnknownEncoding`, with `.suggestions`.
    """

def encodings() -> list[str]:
    """Returns the names of the embedded encodings.

    >>> tf.encodings()
    ['r50k_base', 'p50k_base', 'p50k_edit', 'cl100k_base', 'o200k_base', 'o200k_harmony']
    """

def model(id: str, at: str | date | datetime | None = None, *, provider: str | None = None) -> Model:
    """Returns the model of an id or alias, as of a day: an ISO 8601 text, a `date` or a `datetime`.

    >>> tf.model("openai/o3-mini-high")
    <Model 'o3-mini-2025-01-31'>
    >>> tf.model("gpt-4o", at="2024-06-15")
    <Model 'gpt-4o-2024-05-13'>
    >>> tf.model("gpt-4p")
    Traceback (most recent call last):
    tokenfare.UnknownModel: unknown model `gpt-4p`, did you mean `gpt-4o`, `gpt-4` or `gpt-4.1`?

    A name that several providers have is that of the one who makes the model, or else of a router, of a host, of a reseller;
    name another with `provider`, or before the id and a slash. Days are in UTC, and so is a time without a zone. Without a day, an alias that
    stood for one model after another is the last of them. Raises `UnknownModel`, with `.suggestions`.
    """

def models(pattern: str = "*") -> list[Model]:
    """Returns the models of which an id or alias matches a pattern of `*` and `?`, in order of id.

    >>> [model.id for model in tf.models("o?-mini-????-??-??") if model.provider == "openai"]
    ['o1-mini-2024-09-12', 'o3-mini-2025-01-31', 'o4-mini-2025-04-16']
    """

def as_of() -> date:
    """Returns the day up to which all prices were compared with their sources."""

def price(
    id: str,
    *,
    at: str | date | datetime | None = None,
    tier: str | None = None,
    prompt: SupportsIndex | None = None,
    region: str | None = None,
    provider: str | None = None,
) -> Price:
    """Returns the prices of a model on a day, under the terms of a request: its tier, the tokens of its prompt, its region.

    >>> tf.price("gpt-4o-mini", at="2026-11-20", tier="batch").output
    Decimal('0.3')
    >>> tf.price("gpt-5.4", at="2026-11-20", prompt=300_000).input
    Decimal('5')
    >>> tf.price("gpt-4o-mini", at="2026-11-20", tier="flexx")
    Traceback (most recent call last):
    tokenfare.InvalidValue: unknown tier `flexx`, expected `standard`, `batch`, `flex`, `priority`, `fast`, `ultrafast` or `balanced`

    At a time, not only on a day, rates that hold at certain hours hold. Raises `UnknownModel`, and `MissingRate` if no price is
    known for that day, or none of the tier or the region.
    """

@final
class Encoding:
    """A tokenizer: how text is split, which tokens there are, and which of them are special.

    Embedded ones come from `tf.encoding(name)`, others from `Encoding.from_tiktoken` and
    `Encoding.from_tokenizer_json`. Embedded encodings pickle by name.

    >>> o200k = tf.encoding("o200k_base")
    """

    @staticmethod
    def from_tiktoken(name: str, data: bytes, pattern: str, special_tokens: dict[str, int] | None = None) -> Encoding:
        """Loads an encoding from the bytes of a `.tiktoken` file and the name of the split pattern it was made for.

        Raises `BadVocabulary`, whose `.place` names the line at fault, and `InvalidValue` for an unknown pattern.
        """

    @staticmethod
    def from_tokenizer_json(data: bytes | str, *, name: str = "tokenizer.json") -> Encoding:
        """Loads an encoding from the content of a Hugging Face `tokenizer.json`.

        Raises `BadVocabulary`, whose `.place` names the key at fault, also where the file asks for something that is
        not counted exactly here.
        """

    @property
    def name(self) -> str:
        """The name of the encoding."""

    @property
    def vocabulary_size(self) -> int:
        """One more than the highest token id, special tokens included.

        >>> o200k.vocabulary_size
        200019
        """

    @property
    def special_tokens(self) -> dict[str, int]:
        """The special tokens: name and id.

        >>> o200k.special_tokens
        {'<|endoftext|>': 199999, '<|endofprompt|>': 200018}
        """

    def count(self, text: str | bytes, *, errors: Literal["strict", "replace"] = "strict") -> int:
        """Counts the tokens of a text.

        >>> o200k.count("hello world")
        2
        """

    def count_up_to(
        self, text: str | bytes, limit: SupportsIndex, *, errors: Literal["strict", "replace"] = "strict"
    ) -> int | None:
        """Counts up to a limit, and stops as soon as it is passed: `None` if there are more tokens.

        >>> o200k.count_up_to("hello world", 2)
        2
        >>> o200k.count_up_to("a text that may be very long", 3) is None
        True
        """

    def count_batch(
        self,
        texts: Iterable[str | bytes],
        threads: SupportsIndex | None = None,
        *,
        errors: Literal["strict", "replace"] = "strict",
    ) -> list[int]:
        """Counts the tokens of each text, on so many threads, or on all processors.

        >>> o200k.count_batch(["one", "one two"])
        [1, 2]
        """

    def encode(
        self,
        text: str | bytes,
        *,
        allow: Iterable[str] | Literal["all"] | None = None,
        refuse: Iterable[str] | Literal["all"] | None = None,
        errors: Literal["strict", "replace"] = "strict",
    ) -> list[int]:
        """Encodes a text as token ids.

        >>> o200k.encode("hello world")
        [24912, 2375]

        The name of a special token is ordinary text, unless it is one of `allow`, which makes it that token, or of
        `refuse`, which makes it an error. `"all"` is all that the other does not name.

        >>> o200k.encode("the end<|endoftext|>", allow={"<|endoftext|>"})
        [3086, 1268, 199999]
        >>> o200k.encode("the end<|endoftext|>", refuse="all")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        tokenfare.RefusedSpecial: the text holds the special token `<|endoftext|>` at byte 7, which is refused; ...

        Raises `UnknownSpecial` if `allow` or `refuse` names one that the encoding does not have.
        """

    def encode_ordinary(self, text: str | bytes, *, errors: Literal["strict", "replace"] = "strict") -> list[int]:
        """Encodes a text as token ids; the names of special tokens are ordinary text, as they are to `count`."""

    def encode_batch(
        self,
        texts: Iterable[str | bytes],
        threads: SupportsIndex | None = None,
        *,
        errors: Literal["strict", "replace"] = "strict",
    ) -> list[list[int]]:
        """Encodes each text, on so many threads, or on all processors; special tokens are ordinary text."""

    def encode_with_offsets(self, text: str) -> list[Token]:
        """Encodes a text, and says where in it each token lies.

        >>> [text[slice(*token.chars)] for text in ["héllo world"] for token in o200k.encode_with_offsets(text)]
        ['hé', 'llo', ' world']

        The places are in `normalize(text)`, which by every embedded encoding is the text itself.
        """

    def normalize(self, text: str) -> str:
        """Returns the text as this encoding reads it: in a normal form if a loaded tokenizer asks for one, else
        unchanged.
        """

    def decode(self, ids: Iterable[SupportsIndex], *, errors: Literal["strict", "replace"] = "strict") -> str:
        """Decodes token ids to text.

        >>> o200k.decode([24912, 2375])
        'hello world'

        Raises `UnknownToken`, and `InvalidUtf8` if the bytes are not UTF-8, which a cut in the middle of a character
        makes them; `errors="replace"` gives U+FFFD for such bytes.
        """

    def decode_bytes(self, ids: Iterable[SupportsIndex]) -> bytes:
        """Decodes token ids to bytes. Raises `UnknownToken`."""

    def token_bytes(self, id: SupportsIndex) -> bytes:
        """Returns the bytes of one token.

        >>> o200k.token_bytes(2375)
        b' world'

        Raises `UnknownToken`.
        """

    def truncate(self, text: str, limit: SupportsIndex, *, side: Literal["start", "end"] = "end") -> str:
        """Cuts a text off on one side so that at most `limit` tokens are left, and never inside a character.

        >>> o200k.truncate("one two three", 2)
        'one two'
        >>> o200k.truncate("one two three", 2, side="start")
        ' two three'
        """

    def chunks(self, text: str, size: SupportsIndex, overlap: SupportsIndex = 0) -> list[Chunk]:
        """Cuts a text into chunks of at most `size` tokens, each beginning with at most the last `overlap` of the one
        before, and never inside a character. Without their overlaps they rejoin to the text.

        >>> for chunk in o200k.chunks("one two three four", 3, overlap=1):
        ...     print(chunk)
        Chunk(text='one two three', start=0, overlap=0, tokens=3)
        Chunk(text=' three four', start=7, overlap=6, tokens=2)

        Raises `InvalidValue` if `overlap` is not less than `size`, or a single character has more than `size` tokens
        (four at most).
        """

    def counter(self) -> Counter:
        """Begins to count a text that will come in parts."""

    def __copy__(self) -> Encoding: ...
    def __deepcopy__(self, memo: Any, /) -> Encoding: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]: ...

@final
class Counter:
    """Counts a text that comes in parts: the count is always that of all the parts joined.

    >>> counter = o200k.counter()
    >>> counter.push("Hello, wo")
    >>> counter.push("rld")
    >>> counter.count() == o200k.count("Hello, world")
    True
    """

    def push(self, text: str) -> None:
        """Adds a part of the text."""

    def count(self) -> int:
        """Returns the count of all the parts so far."""

@final
class Token:
    """A token of a text, and where it lies."""

    def __new__(cls, id: int, bytes: tuple[int, int], chars: tuple[int, int]) -> Token: ...
    @property
    def id(self) -> int:
        """The id of the token."""

    @property
    def bytes(self) -> tuple[int, int]:
        """The bytes of the UTF-8 text it covers: the first, and the one after the last."""

    @property
    def chars(self) -> tuple[int, int]:
        """The characters it covers any byte of. Two tokens share a character that is cut between them."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...

@final
class Chunk:
    """A part of a text of at most so many tokens."""

    def __new__(cls, text: str, start: int, overlap: int, tokens: int) -> Chunk: ...
    @property
    def text(self) -> str:
        """The part."""

    @property
    def start(self) -> int:
        """Where it begins in the text, in characters."""

    @property
    def overlap(self) -> int:
        """How many of its first characters are also the last of the chunk before it."""

    @property
    def tokens(self) -> int:
        """Its own count of tokens."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...

@final
class Catalog:
    """Models and their prices: those of this version, and what is laid over them.

    >>> ours = tf.Catalog.bundled().overlay(
    ...     '''
    ... provider = "openai"
    ... kind = "maker"
    ... as_of = 2026-12-01
    ... [[model]]
    ... id = "gpt-4o-mini-2024-07-18"
    ... [[model.price]]
    ... from = 2026-12-01
    ... input = "0.12"
    ... output = "0.50"
    ... checked = 2026-12-01
    ... sources = ["our contract"]
    ... '''
    ... )
    >>> ours.price("gpt-4o-mini", at="2026-11-30").input, ours.price("gpt-4o-mini", at="2026-12-01").input
    (Decimal('0.15'), Decimal('0.12'))

    `tf.model`, `tf.models` and `tf.price` ask the bundled one, and so does the rest of the module. The variable
    TOKENFARE_CATALOG is the command's, and not read here.
    """

    @staticmethod
    def bundled() -> Catalog:
        """Returns the catalog of this version."""

    def overlay(self, file: str | bytes | PathLike[str], *, force: bool = False) -> Catalog:
        """Returns this catalog with a file laid over it: its path, or its content as `bytes` or a `str` of several lines.

        A model that the catalog has is changed by what the file says, another is added; FORMAT.md has the form. Each catalog
        made so is kept until the process ends. Raises `InvalidValue` with the line that breaks a rule, and for a file that is
        older than the prices it is laid over, unless `force` is true; `OSError` if it cannot be read.
        """

    def model(self, id: str, at: str | date | datetime | None = None, *, provider: str | None = None) -> Model:
        """Returns the model of an id or alias, as `tf.model` does."""

    def models(self, pattern: str = "*") -> list[Model]:
        """Returns the models of which an id or alias matches a pattern, as `tf.models` does."""

    def price(
        self,
        id: str,
        *,
        at: str | date | datetime | None = None,
        tier: str | None = None,
        prompt: SupportsIndex | None = None,
        region: str | None = None,
        provider: str | None = None,
    ) -> Price:
        """Returns the prices of a model on a day, as `tf.price` does."""

    @property
    def as_of(self) -> date:
        """The day up to which all prices were compared with their sources."""

@final
class Model:
    """A model, as some name of it was resolved.

    >>> o3 = tf.model("openai/o3-mini-high")
    >>> o3.id, o3.provider, o3.encoding, o3.effort
    ('o3-mini-2025-01-31', 'openai', 'o200k_base', 'high')
    >>> o3.context_window, o3.max_input, o3.max_output
    (200000, None, 100000)

    Two are equal if they are the same model of the same catalog, at the same effort, asked for on the same day.
    """

    @property
    def id(self) -> str:
        """The canonical id."""

    @property
    def provider(self) -> str:
        """Who serves the model."""

    @property
    def aliases(self) -> list[str]:
        """The other names of the model."""

    @property
    def context_window(self) -> int | None:
        """How many tokens of input, output and reasoning the model takes together."""

    @property
    def max_input(self) -> int | None:
        """How many tokens of input the model takes, where that has a limit of its own."""

    @property
    def max_output(self) -> int | None:
        """How many tokens of output and reasoning the model gives."""

    @property
    def dimensions(self) -> int | None:
        """How many numbers an embedding has."""

    @property
    def encoding(self) -> str | None:
        """The name of the model's encoding, if its vocabulary is public."""

    @property
    def encoding_inferred(self) -> bool:
        """Whether the encoding is not published for this model but concluded."""

    @property
    def tokenizer(self) -> str | None:
        """The family of the model's vocabulary, if only that is known."""

    @property
    def online(self) -> bool:
        """Whether the name it was asked for by (`:online`) has the web searched first, which is billed on top."""

    @property
    def takes(self) -> list[str]:
        """What the model takes: `text`, `image`, `audio`, `video`, `pdf`."""

    @property
    def gives(self) -> list[str]:
        """What the model gives: `text`, `image`, `audio`, `video`, `embedding`."""

    @property
    def endpoints(self) -> list[str]:
        """Where the model can be called, as far as that is known."""

    @property
    def reasoning(self) -> str | None:
        """Where a response counts the tokens of thinking: `inside` its output tokens or `outside`; `None` if there are none."""

    @property
    def efforts(self) -> list[str]:
        """How hard the model can be told to think."""

    @property
    def knowledge_cutoff(self) -> str | None:
        """The month or day up to which the model has read."""

    @property
    def released(self) -> date | None:
        """The day the model could first be called."""

    @property
    def deprecated(self) -> date | None:
        """The day the model's end was announced."""

    @property
    def retired(self) -> date | None:
        """The first day the model no longer answers."""

    @property
    def replaced_by(self) -> str | None:
        """The model to go on with."""

    @property
    def effort(self) -> str | None:
        """How hard the model thinks when it is called by the name it was asked for by."""

    def price(
        self,
        at: str | date | datetime | None = None,
        *,
        tier: str | None = None,
        prompt: SupportsIndex | None = None,
        region: str | None = None,
    ) -> Price:
        """Returns the prices as `tf.price` does: `at`, or on the day the model was asked for on, or today.

        >>> tf.model("gpt-4o-mini").price(at="2026-11-20").input
        Decimal('0.15')

        Raises `MissingRate` if none is known for that day.
        """

    def input_cost(self, tokens: SupportsIndex, at: str | date | datetime | None = None) -> Decimal:
        """Returns what so many tokens of uncached input cost on a day, in US dollars, exactly.

        >>> tf.model("gpt-4o-mini").input_cost(1234, at="2026-11-20")
        Decimal('0.0001851')

        Raises `MissingRate` if no price is known for that day.
        """

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]: ...

def count_request(
    body: Any,
    *,
    model: str | None = None,
    format: str | None = None,
    at: str | date | datetime | None = None,
    provider: str | None = None,
    media: dict[str, Media | tuple[int, int] | float] | None = None,
    reasoning: dict[str, int] | None = None,
    renderer: Literal["v0", "v1"] | None = None,
    vocabulary: Encoding | None = None,
    catalog: Catalog | None = None,
) -> Count:
    """Counts the tokens that a request is billed for as input, before it is sent: a `dict`, JSON, or an object of a
    provider's library, in the form of OpenAI's chat completions, Responses, completions or embeddings, Anthropic's messages or
    Gemini's `generateContent`, told by what it holds unless `format` names the form.

    >>> body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello world"}]}
    >>> count = tf.count_request(body)
    >>> count
    <Count 9 tokens, framed>
    >>> count.exactness == "framed"
    True
    >>> count.parts
    [<Part priming assistant: 3 tokens, framed>, <Part message user: 6 tokens, framed>]

    `model` goes before the model that the body names. `at` is the day it is sent: today, unless said; a name stands for the
    model of that day. The rest is what a request does not say and its caller knows; whatever is left out is counted as a band:

    - `media`: how large the picture, sound or document is that stands at a JSON pointer of the body: a width and a height,
      seconds, or a `Media`.
    - `reasoning`: how many tokens of thinking were billed with the response that a reasoning item came from, which is named
      by its id or its JSON pointer.
    - `renderer`: which writer of tool definitions the server has, the one of 2023 (`"v0"`) or the one since.
    - `vocabulary`: the model's own, loaded from a file, where it is not embedded.

    Raises `BadRequest` for what is no request, `UnknownModel`, `InvalidValue` for a format that there is not, and `NotExact`
    where nothing is known of how the model counts.
    """

def count_output(
    answer: Any,
    *,
    model: str | None = None,
    request: Any = None,
    format: str | None = None,
    at: str | date | datetime | None = None,
    provider: str | None = None,
    catalog: Catalog | None = None,
) -> Count:
    """Counts the output tokens that a finished answer is billed for, thinking as its usage reports it.

    An answer is the body of a response or a message, as a `dict`, JSON in `bytes` or an object of a provider's library; a
    `str` is what was said. The request, of `format`, tells whether it follows a schema, and whether a tool was named.

    >>> tf.count_output("hello world", model="gpt-4o")
    <Count 2 tokens (2 to 3), framed>

    Raises `BadRequest` for what is no answer, and `NotExact` for a model whose vocabulary is not public.
    """

def estimate_text(
    text: str | bytes,
    *,
    model: str,
    at: str | date | datetime | None = None,
    provider: str | None = None,
    catalog: Catalog | None = None,
    errors: Literal["strict", "replace"] = "strict",
) -> Count:
    """Counts a text for any model: exactly if its vocabulary is public, else with bounds.

    >>> tf.estimate_text("hello world", model="gpt-4o")
    <Count 2 tokens, exact>
    >>> tf.estimate_text("hello world", model="claude-sonnet-4-5").exactness == "estimate"
    True
    """

def window(
    body: Any,
    *,
    model: str | None = None,
    max_output: SupportsIndex | None = None,
    format: str | None = None,
    at: str | date | datetime | None = None,
    provider: str | None = None,
    media: dict[str, Media | tuple[int, int] | float] | None = None,
    reasoning: dict[str, int] | None = None,
    renderer: Literal["v0", "v1"] | None = None,
    vocabulary: Encoding | None = None,
    catalog: Catalog | None = None,
) -> Window:
    """Compares a request, and the output it asks for, with the limits of its model. `max_output` goes before what the request
    says of its output; everything else is as in `count_request`.

    >>> body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}
    >>> window = tf.window(body, max_output=20_000)
    >>> window
    <Window does not fit: 8 in, room for 16384>
    >>> window.check()
    Traceback (most recent call last):
    tokenfare.WindowExceeded: 20000 tokens exceed the max_output of `gpt-4o-mini-2024-07-18`, which is 16384, 16384 tokens of output fit
    """

@final
class Exactness(str, Enum):
    """How sure a number of tokens is.

    >>> tf.Exactness.FRAMED == "framed"
    True
    """

    EXACT = "exact"
    """The text was counted with the model's own vocabulary, and nothing else is billed."""

    FRAMED = "framed"
    """The text was counted exactly; what the server writes around it is known from what it billed."""

    ESTIMATE = "estimate"
    """The truth lies between the bounds."""

    UNKNOWN = "unknown"
    """It cannot be seen from outside: what a server adds itself. Only parts are unknown; the whole is then an estimate."""

    def __new__(cls, value: object) -> Exactness: ...

@final
class Count:
    """The tokens of a request or a text, with a bound on either side."""

    @property
    def tokens(self) -> int:
        """The most likely number of tokens."""

    @property
    def low(self) -> int:
        """No fewer."""

    @property
    def high(self) -> int:
        """No more."""

    @property
    def exactness(self) -> Exactness:
        """How sure that is: as sure as the least sure part."""

    @property
    def parts(self) -> list[Part]:
        """Where the tokens go: what is counted once, then the messages in order. The parts add up to the whole."""

    @property
    def unknown(self) -> list[Part]:
        """The parts whose tokens cannot be seen from outside."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Part:
    """A part of a request and its tokens."""

    @property
    def kind(self) -> str:
        """What it is: `system`, `message`, `tool`, `tool_call`, `image`, `schema`, `priming` and so on."""

    @property
    def label(self) -> str:
        """Its name: of a tool, of who speaks."""

    @property
    def at(self) -> str:
        """Where it stands in the body, as a JSON pointer; empty for what the server adds."""

    @property
    def tokens(self) -> int:
        """The most likely number of tokens."""

    @property
    def low(self) -> int:
        """No fewer."""

    @property
    def high(self) -> int:
        """No more."""

    @property
    def exactness(self) -> Exactness:
        """How sure that is."""

    @property
    def note(self) -> str | None:
        """Why it is not surer, and the way out."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Media:
    """What is known of a picture, a sound or a document that a request only points to.

    >>> tf.Media.image(1024, 768)
    <Media 1024x768>
    """

    @staticmethod
    def image(width: SupportsIndex, height: SupportsIndex) -> Media:
        """Describes a picture, in pixels."""

    @staticmethod
    def seconds(seconds: float) -> Media:
        """Describes a sound or a film."""

    @staticmethod
    def pages(pages: SupportsIndex) -> Media:
        """Describes a document."""

    @staticmethod
    def of_bytes(bytes: bytes) -> Media:
        """Reads what the head of a file says: PNG, JPEG, GIF, WebP, WAV, MP3."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Window:
    """A request beside its model's limits; `None` where there is no such limit."""

    @property
    def input(self) -> Count:
        """The count of the input."""

    @property
    def requested_output(self) -> int | None:
        """How many tokens of output, thinking included, are asked for."""

    @property
    def context_window(self) -> int | None:
        """How many tokens of input, output and reasoning the model takes together."""

    @property
    def max_input(self) -> int | None:
        """How many tokens of input the model takes, where that has a limit of its own."""

    @property
    def max_output(self) -> int | None:
        """How many tokens of output and reasoning the model gives."""

    @property
    def overruns(self) -> list[Overrun]:
        """The limits it goes beyond, or may."""

    @property
    def fits(self) -> bool:
        """Whether it fits, whatever the true count is within its bounds."""

    @property
    def is_certainly_over(self) -> bool:
        """Whether it cannot fit, whatever the true count is within its bounds."""

    @property
    def room(self) -> int | None:
        """How many tokens of output and thinking are left for sure: what the window leaves beside the input, and no more than
        the model gives.
        """

    @property
    def input_room(self) -> int | None:
        """How many more tokens of input would fit beside the output asked for."""

    def asking(self, output: SupportsIndex) -> Window:
        """Compares with so many tokens of output, whatever the request says of it.

        >>> window.asking(4_000).fits
        True
        """

    def check(self) -> None:
        """Raises `WindowExceeded` if it does not fit, or may not."""

@final
class Overrun:
    """A limit that a request goes beyond."""

    @property
    def limit(self) -> str:
        """The limit: `context_window`, `max_input` or `max_output`."""

    @property
    def allowed(self) -> int:
        """What it allows."""

    @property
    def asked(self) -> int:
        """What is asked for, as the highest count has it."""

    @property
    def is_certain(self) -> bool:
        """Whether it is beyond the limit by the lowest count too."""

    @property
    def over_by(self) -> int:
        """How many tokens too many it may be."""

@final
class Conversation:
    """A request that grows message by message, counted as it grows: its count is that of the whole request, and counting goes
    over the new message, and over the one before it, alone.

    >>> conversation = tf.Conversation({"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]})
    >>> conversation.tokens
    8
    >>> conversation.push({"role": "assistant", "content": "hello world"})
    >>> conversation.tokens
    14

    What it is made from is as in `count_request`.
    """

    def __new__(
        cls,
        body: Any,
        *,
        model: str | None = None,
        format: str | None = None,
        at: str | date | datetime | None = None,
        provider: str | None = None,
        media: dict[str, Media | tuple[int, int] | float] | None = None,
        reasoning: dict[str, int] | None = None,
        renderer: Literal["v0", "v1"] | None = None,
        vocabulary: Encoding | None = None,
        catalog: Catalog | None = None,
    ) -> Conversation: ...
    def push(self, message: Any) -> None:
        """Appends a message (an item, an entry of contents) and counts it; it is not appended where it cannot be counted."""

    @property
    def tokens(self) -> int:
        """The most likely number of tokens of all of it."""

    @property
    def low(self) -> int:
        """No fewer."""

    @property
    def high(self) -> int:
        """No more."""

    @property
    def exactness(self) -> Exactness:
        """How sure the numbers are."""

    def count(self) -> Count:
        """Returns the count of all of it, with its parts."""

@final
class Calibration:
    """Bills beside counts, by category: the model, and what the request has in it.

    >>> calibration = tf.Calibration()
    >>> for text in ["one", "two", "three", "four", "five"]:  # billed: always two more
    ...     body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}
    ...     count = calibration.record(body, billed=10)
    >>> print(calibration.correction(), end="")
    gpt-4o-2024-08-06 openai.chat - +2
    """

    def __new__(cls) -> Calibration: ...
    def record(
        self,
        body: Any,
        billed: SupportsIndex,
        *,
        model: str | None = None,
        format: str | None = None,
        at: str | date | datetime | None = None,
        provider: str | None = None,
        media: dict[str, Media | tuple[int, int] | float] | None = None,
        reasoning: dict[str, int] | None = None,
        renderer: Literal["v0", "v1"] | None = None,
        vocabulary: Encoding | None = None,
        catalog: Catalog | None = None,
    ) -> Count:
        """Counts a request as `count_request` does, and notes what was billed for it."""

    def rows(self) -> dict[str, list[Billed]]:
        """Returns the bills of each category."""

    def correction(self) -> Correction:
        """Makes the correction that the bills support: in each category that has enough of them, the difference that nearly all
        of them agree on.
        """

@final
class Billed:
    """One bill beside its count."""

    @property
    def tokens(self) -> int:
        """What was counted."""

    @property
    def low(self) -> int:
        """No fewer."""

    @property
    def high(self) -> int:
        """No more."""

    @property
    def billed(self) -> int:
        """What was billed."""

    @property
    def residual(self) -> int:
        """How many more tokens were billed than counted."""

    @property
    def is_within(self) -> bool:
        """Whether what was billed lies within the bounds."""

@final
class Correction:
    """What counts of some categories are corrected by. `str` of it is lines to keep, and `Correction` of these is it again.

    >>> correction = tf.Correction("gpt-4o-2024-08-06 openai.chat - +2")
    >>> correction.shifts
    {'gpt-4o-2024-08-06 openai.chat -': 2}
    >>> body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "six"}]}
    >>> correction.apply(body, tf.count_request(body))
    <Count 10 tokens, framed>
    """

    def __new__(cls, text: str) -> Correction: ...
    @property
    def shifts(self) -> dict[str, int]:
        """The categories that are corrected, and by how many tokens."""

    def apply(
        self,
        body: Any,
        count: Count,
        *,
        model: str | None = None,
        format: str | None = None,
        at: str | date | datetime | None = None,
        provider: str | None = None,
        catalog: Catalog | None = None,
    ) -> Count:
        """Corrects the count of a request: a part of its own says by how much."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def cost(
    body: Any,
    *,
    model: str | None = None,
    provider: str | None = None,
    at: str | date | datetime | None = None,
    tier: str | None = None,
    region: str | None = None,
    format: str | None = None,
    catalog: Catalog | None = None,
) -> Cost:
    """Returns what a request cost, from its response: a `dict`, JSON, or an object of a provider's library.

    The response may be whole, the last event of a stream, a line of a batch's results, or its `usage` alone; of any
    provider, told by what it holds unless `format` names the form. Where nothing is stated as used, what decides the price
    is read: the size, quality and number of pictures, the text to be spoken, the seconds of sound.

    `model` names the model where the body names none that is known. Prices are those of `at`, or of now. `tier` and
    `region` say what the response cannot: a batch, a residency. What it says of its tier itself holds. `catalog` is asked in
    place of the bundled one.

    >>> body = {"model": "o3-mini", "usage": {"prompt_tokens": 1000, "completion_tokens": 5000}}
    >>> tf.cost(body, at="2026-11-20").total
    Decimal('0.0231')
    >>> tf.cost({"model": "dall-e-3", "size": "1024x1792", "quality": "hd", "n": 2}, at="2025-02-01").total
    Decimal('0.24')

    Raises `UnknownModel`, `MissingRate` for what has no price, `BadUsage` for what cannot be, `InvalidValue` for a tier or
    format that there is not.
    """

def costs(
    rows: Iterable[Any] | str | bytes,
    *,
    model: str | None = None,
    provider: str | None = None,
    at: str | date | datetime | None = None,
    tier: str | None = None,
    region: str | None = None,
    format: str | None = None,
    threads: SupportsIndex | None = None,
    catalog: Catalog | None = None,
) -> Costs:
    """Returns what many requests cost, on all processors: `rows` are bodies as `tf.cost` takes them, or lines of JSON in one text.

    A row that has no cost does not stop the others.

    >>> rows = ['{"model": "gpt-4o-mini", "usage": {"input_tokens": 7, "output_tokens": 0}}'] * 1000
    >>> tf.costs(rows, at="2026-11-20").total
    Decimal('0.00105')
    """

def compare(
    body: Any,
    models: Iterable[str],
    *,
    at: str | date | datetime | None = None,
    tier: str | None = None,
    region: str | None = None,
    format: str | None = None,
    catalog: Catalog | None = None,
) -> list[Compared]:
    """Returns what the same usage would cost with other models: the cheapest first, then what would not fit, then what has no price.

    Tokens are taken as they are. Another vocabulary would have cut the text into more or fewer.

    >>> body = {"model": "gpt-4o", "usage": {"prompt_tokens": 20_000, "completion_tokens": 500}}
    >>> tf.compare(body, ["o3-mini", "gpt-4", "gpt-4o-mini"], at="2026-11-20")
    [<Compared gpt-4o-mini: 0.0033 USD>, <Compared o3-mini: 0.0242 USD>, <Compared gpt-4: 0.63 USD>]
    """

def usage(body: Any, *, format: str | None = None) -> Usage:
    """Returns what a request used, from its response, in one form for all providers; `tf.cost` takes it too.

    >>> body = {"usage": {"input_tokens": 10, "cache_read_input_tokens": 2000, "output_tokens": 50}}
    >>> tf.usage(body)
    <Usage of ?: 2010 in, 50 out>

    Raises `BadUsage` for what cannot be.
    """

@final
class Usage:
    """What a request used: `input_tokens` is all of the prompt and `output_tokens` all of the answer, the others are parts of these."""

    @property
    def model(self) -> str | None:
        """The model that answered, as the response names it."""

    @property
    def format(self) -> str | None:
        """The form it was read from."""

    @property
    def tier(self) -> str | None:
        """The tier that served it, in the provider's word."""

    @property
    def input_tokens(self) -> int:
        """All tokens of the prompt."""

    @property
    def output_tokens(self) -> int:
        """All tokens of the answer, reasoning included."""

    @property
    def reasoning_tokens(self) -> int:
        """Of the answer, reasoning."""

    @property
    def cache_read(self) -> int:
        """Of the prompt, what was read from a cache."""

    @property
    def cache_write(self) -> int:
        """Of the prompt, what was written to a cache, however long it keeps it."""

    def to_otel(self) -> dict[str, int]:
        """Returns the counts under the names that OpenTelemetry has for them.

        >>> tf.usage({"usage": {"prompt_tokens": 100, "completion_tokens": 9}}).to_otel()
        {'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 9}
        """

@final
class Cost:
    """What a request cost, and why. `str` of it is what `explain` returns."""

    @property
    def total(self) -> Decimal:
        """The whole, in US dollars."""

    @property
    def lines(self) -> list[Line]:
        """The parts, which add up to the whole."""

    @property
    def model(self) -> str:
        """The model that answered, by its canonical id."""

    @property
    def provider(self) -> str:
        """Who served it."""

    @property
    def tier(self) -> str:
        """The tier it was priced in."""

    @property
    def at(self) -> str:
        """The moment whose prices these are, as ISO 8601."""

    @property
    def reported(self) -> Decimal | None:
        """What the provider says it charged, in US dollars: with a key of one's own, its fee alone."""

    @property
    def upstream(self) -> Decimal | None:
        """What the provider behind it charged, as it reports."""

    @property
    def notes(self) -> list[str]:
        """What had to be taken for so, each a sentence: a price whose day is in doubt, a second rounded up."""

    def explain(self) -> str:
        """Returns what was billed at which rate, since when and by whom it is stated, and why it is this one."""

@final
class Line:
    """A part of a cost: so many of something at a rate."""

    @property
    def meter(self) -> str:
        """What is counted: `input`, `cache_read`, `output`, `web_search`, `images` and so on."""

    @property
    def detail(self) -> str:
        """What the rate depends on beside, as the size of a picture; empty if on nothing."""

    @property
    def amount(self) -> int:
        """How many."""

    @property
    def rate(self) -> Decimal:
        """The rate in US dollars: for a million tokens, for one of anything else."""

    @property
    def cost(self) -> Decimal:
        """What all of them cost, in US dollars."""

    @property
    def model(self) -> str:
        """The model whose rate it is: another than that of the cost where another had a turn."""

    @property
    def sources(self) -> list[str]:
        """What states the rate."""

@final
class Costs:
    """What many requests cost, in their order: `costs[i]` is the total of a row, and raises where it has none."""

    @property
    def total(self) -> Decimal:
        """The sum of all, in US dollars. Raises where a row has no cost, and says how many and which is the first."""

    @property
    def known(self) -> Decimal:
        """The sum of those that have a cost, in US dollars."""

    @property
    def errors(self) -> dict[int, Error]:
        """Why rows have no cost, by their number from 0."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Decimal: ...

@final
class Compared:
    """What a usage would cost with a model."""

    @property
    def model(self) -> str:
        """The model, as it was named."""

    @property
    def cost(self) -> Cost:
        """What it would cost. Raises where that is not known."""

    @property
    def error(self) -> Error | None:
        """Why it has no cost, if it has none."""

    @property
    def over(self) -> int:
        """By how many tokens it would not fit into the model's window, or its longest input or output; 0 if it fits."""

@final
class Price:
    """The rates of a model on a day, in a tier; `None` where there is no such rate.

    >>> tf.model("gpt-4o-mini").price(at="2026-11-20")
    <Price input=0.15 cache_read=0.075 output=0.6>
    """

    @property
    def input(self) -> Decimal | None:
        """A million tokens of input that no cache gave and none was given, in US dollars."""

    @property
    def cache_read(self) -> Decimal | None:
        """A million tokens of input read from a cache."""

    @property
    def cache_write(self) -> Decimal | None:
        """A million tokens of input written to a cache, for five minutes or as long as it keeps them."""

    @property
    def output(self) -> Decimal | None:
        """A million tokens of output, reasoning included."""

    def rate(self, name: str, detail: str = "") -> Decimal | None:
        """Returns the rate of what is counted: for a million tokens, for one of anything else.

        >>> tf.price("dall-e-3", at="2025-02-01").rate("images", "hd 1024x1024")
        Decimal('0.08')

        Raises `InvalidValue` for a name that there is not.
        """

    @property
    def rates(self) -> dict[str, Any]:
        """All rates by name, those that depend on more in a `dict` of their own.

        >>> tf.price("whisper-1", at="2025-02-01").rates
        {'seconds': Decimal('0.0001')}
        """

    @property
    def tier(self) -> str:
        """The tier these are the rates of."""

    @property
    def tiers(self) -> list[str]:
        """The tiers that have a price."""

    @property
    def long_prompts(self) -> list[int]:
        """How long prompts are for which other rates hold, in tokens."""

    @property
    def regions(self) -> list[str]:
        """The regions in which other rates hold."""

    @property
    def since(self) -> date:
        """The first day these rates are known to have held."""

    @property
    def doubt(self) -> tuple[date, date] | None:
        """The days between which the next price began, if the day asked for is one of them: then these may no longer hold."""

    @property
    def checked(self) -> date:
        """The day someone last looked."""

    @property
    def sources(self) -> list[str]:
        """What states the rates."""

class Error(Exception):
    """Any error of tokenfare."""

class UnknownModel(Error, LookupError):
    """A model was named that the catalog does not have, or did not have on the day asked for."""

    suggestions: list[str]
    """The nearest known names, the nearest first."""

class UnknownEncoding(Error, LookupError):
    """An encoding was named that is not embedded."""

    suggestions: list[str]
    """The nearest known names, the nearest first."""

class UnknownSpecial(Error, LookupError):
    """A special token was named that the encoding does not have."""

    token: str
    """The name."""

class UnknownToken(Error, LookupError):
    """A token id was given that the encoding does not have."""

    token: int
    """The id."""

class MissingRate(Error, LookupError):
    """A price is wanted that the catalog does not have."""

class NotExact(Error, LookupError):
    """An exact count is wanted of a model whose vocabulary is not public."""

class InvalidUtf8(Error, ValueError):
    """Bytes given as text, or decoded from tokens, are not UTF-8."""

    offset: int
    """The first byte that is not."""

    index: int | None
    """Which of many texts it is about, from 0; `None` if there was only one."""

class RefusedSpecial(Error, ValueError):
    """The text holds a special token that the caller refuses."""

    token: str
    """Its name."""

    offset: int
    """Where it begins in the text, in characters; the message counts bytes of UTF-8."""

class BadVocabulary(Error, ValueError):
    """A vocabulary could not be loaded."""

    place: str
    """The line or key at which the error lies, if it lies at one; empty if not."""

class BadUsage(Error, ValueError):
    """A response states a usage that cannot be, or none, or is no response."""

class BadRequest(Error, ValueError):
    """A request or an answer is none, or not in its format, or is nested too deep."""

class WindowExceeded(Error, ValueError):
    """A request, or the output it asks for, is more than a model takes or gives, or may be."""

    over_by: int
    """How many tokens too many there are, or may be, beyond the limit."""

    limit: str
    """The limit: `context_window`, `max_input` or `max_output`."""

    fits_output: int | None
    """How many tokens of output would fit."""

class InvalidValue(Error, ValueError):
    """A value that nothing can be done with: a chunk of no tokens, a day the calendar does not have."""
