//! OpenAI's public vocabularies, embedded: [`get`] one by name, [`names`] lists them. [`claude`] is apart from them.
//!
//! Each is a block of tables that `tokenfare-core` reads in place, laid out at build time from the packed ranks in
//! `data/`, and the list of its special tokens. The ranks are OpenAI's (MIT licence, see `NOTICE`), and the published
//! files to the byte: `data/SHA256SUMS` has the digests, and `cargo run -p tokenfare-gen -- check` holds them to OpenAI's.
//!
//! Anthropic's first vocabulary (MIT licence too) is here as a yardstick: no model of today counts with it, so it is not listed
//! among the encodings, and no name finds it.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(all(feature = "r50k_base", feature = "p50k_edit", feature = "cl100k_base", feature = "o200k_harmony")),
    allow(dead_code, unused_macros, reason = "what vocabularies share stays when some of them are left out")
)]

/// An embedded vocabulary.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The name of the encoding.
    pub name: &'static str,
    /// The name of the split pattern, as `tokenfare_core::Pattern` parses it.
    pub pattern: &'static str,
    /// The tables, as `tokenfare_core::Encoding::embedded` takes them.
    pub block: &'static [u8],
    named_specials: &'static [(&'static str, u32)],
    reserved_specials: std::ops::Range<u32>,
}

/// Bytes at an address at which words can be read.
#[repr(C, align(64))]
struct Aligned<B: ?Sized>(B);

/// The tables of one base, embedded once however many vocabularies share them.
macro_rules! blocks {
    ($($feature:literal $name:ident)*) => {$(
        #[cfg(feature = $feature)]
        static $name: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/", $feature, ".block")));
    )*};
}

blocks! {
    "r50k_base" R50K
    "p50k_base" P50K
    "cl100k_base" CL100K
    "o200k_base" O200K
    "claude" CLAUDE
}

const END_OF_TEXT: &str = "<|endoftext|>";
const END_OF_PROMPT: &str = "<|endofprompt|>";
const FIM: [&str; 3] = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"];
const NONE_RESERVED: std::ops::Range<u32> = 0..0;

/// Every embedded vocabulary, each only if its feature is on.
static ALL: &[Vocabulary] = &[
    #[cfg(feature = "r50k_base")]
    Vocabulary {
        name: "r50k_base",
        pattern: "gpt2",
        block: &R50K.0,
        named_specials: &[(END_OF_TEXT, 50_256)],
        reserved_specials: NONE_RESERVED,
    },
    #[cfg(feature = "p50k_base")]
    Vocabulary {
        name: "p50k_base",
        pattern: "gpt2",
        block: &P50K.0,
        named_specials: &[(END_OF_TEXT, 50_256)],
        reserved_specials: NONE_RESERVED,
    },
    #[cfg(feature = "p50k_edit")]
    Vocabulary {
        name: "p50k_edit",
        pattern: "gpt2",
        block: &P50K.0,
        named_specials: &[(END_OF_TEXT, 50_256), (FIM[0], 50_281), (FIM[1], 50_282), (FIM[2], 50_283)],
        reserved_specials: NONE_RESERVED,
    },
    #[cfg(feature = "cl100k_base")]
    Vocabulary {
        name: "cl100k_base",
        pattern: "cl100k",
        block: &CL100K.0,
        named_specials: &[
            (END_OF_TEXT, 100_257),
            (FIM[0], 100_258),
            (FIM[1], 100_259),
            (FIM[2], 100_260),
            (END_OF_PROMPT, 100_276),
        ],
        reserved_specials: NONE_RESERVED,
    },
    #[cfg(feature = "o200k_base")]
    Vocabulary {
        name: "o200k_base",
        pattern: "o200k",
        block: &O200K.0,
        named_specials: &[(END_OF_TEXT, 199_999), (END_OF_PROMPT, 200_018)],
        reserved_specials: NONE_RESERVED,
    },
    #[cfg(feature = "o200k_harmony")]
    Vocabulary {
        name: "o200k_harmony",
        pattern: "o200k",
        block: &O200K.0,
        named_specials: &[
            ("<|startoftext|>", 199_998),
            (END_OF_TEXT, 199_999),
            ("<|reserved_200000|>", 200_000),
            ("<|reserved_200001|>", 200_001),
            ("<|return|>", 200_002),
            ("<|constrain|>", 200_003),
            ("<|reserved_200004|>", 200_004),
            ("<|channel|>", 200_005),
            ("<|start|>", 200_006),
            ("<|end|>", 200_007),
            ("<|message|>", 200_008),
            ("<|reserved_200009|>", 200_009),
            ("<|reserved_200010|>", 200_010),
            ("<|reserved_200011|>", 200_011),
            ("<|call|>", 200_012),
            // The id has a second name, `<|reserved_200018|>`: this one comes first and is what it decodes to.
            (END_OF_PROMPT, 200_018),
        ],
        reserved_specials: 200_013..201_088,
    },
];

/// Anthropic's first vocabulary, with its split pattern, which is GPT-2's. It is for text in normal form KC, and has no special
/// tokens here: what is measured by it is text.
#[cfg(feature = "claude")]
static CLAUDE_VOCABULARY: Vocabulary = Vocabulary {
    name: "claude",
    pattern: "gpt2",
    block: &CLAUDE.0,
    named_specials: &[],
    reserved_specials: NONE_RESERVED,
};

impl Vocabulary {
    /// Returns the special tokens, name and id. Of two names for one id the first is what the id decodes to.
    #[must_use]
    pub fn specials(&self) -> Vec<(String, u32)> {
        let named = self.named_specials.iter().map(|&(name, id)| (name.to_owned(), id));
        let reserved = self.reserved_specials.clone().map(|id| (format!("<|reserved_{id}|>"), id));
        named.chain(reserved).collect()
    }
}

/// Returns the vocabulary of this name; `gpt2` is another name of `r50k_base`.
#[must_use]
pub fn get(name: &str) -> Option<&'static Vocabulary> {
    let name = if name == "gpt2" { "r50k_base" } else { name };
    ALL.iter().find(|vocabulary| vocabulary.name == name)
}

/// Returns the names of the embedded vocabularies.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|vocabulary| vocabulary.name)
}

/// Returns Anthropic's first vocabulary, if it is embedded: something to estimate by, and the encoding of no model.
#[must_use]
pub fn claude() -> Option<&'static Vocabulary> {
    #[cfg(feature = "claude")]
    return Some(&CLAUDE_VOCABULARY);
    #[cfg(not(feature = "claude"))]
    None
}
