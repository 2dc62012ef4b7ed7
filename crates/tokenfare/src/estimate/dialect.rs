//! How families without a public vocabulary are billed: the rules, as data.
//!
//! `ESTIMATES.md` has the evidence for every number. A new family is a row here and a line in the tests.

use crate::estimate::ratio::{PLAIN, Ratio, Span, Weights};

/// The rules of a family.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// What it is called in notes.
    pub(crate) name: &'static str,
    pub(crate) ratio: &'static Ratio,
    /// Tools that may not be called are not sent.
    pub(crate) leaves_out_tools: bool,
    /// Once for every request.
    pub(crate) request: u64,
    /// Around every turn.
    pub(crate) turn: u64,
    /// Neighbouring messages of the same role are one turn, and the answer is a turn unless it is begun.
    pub(crate) merges: bool,
    /// Around the instructions.
    pub(crate) system: u64,
    /// Some who serve it bill the texts alone, without any frame.
    pub(crate) may_be_bare: bool,
    pub(crate) tools: Tools,
    pub(crate) calls: Calls,
    /// Where the model is asked to think.
    pub(crate) thinking: u64,
    /// The model reads again what it thought in earlier turns.
    pub(crate) keeps_thinking: bool,
    pub(crate) schema: Schema,
    pub(crate) image: Image,
    /// A page of a document.
    pub(crate) page: Span,
    /// A second of sound, in hundredths of a token.
    pub(crate) audio: Span,
    /// A second of film.
    pub(crate) video: Span,
    /// How many fewer or more a request may have beside what its parts may.
    pub(crate) slack: (u64, u64),
}

/// What tools cost.
#[derive(Debug)]
pub(crate) struct Tools {
    /// What is said of tools before the first one, if the model may choose, and if it must call one.
    pub(crate) free: Span,
    /// If it may not call several at once.
    pub(crate) single: Span,
    pub(crate) forced: Span,
    pub(crate) each: Definition,
}

/// What the definition of a tool costs.
#[derive(Debug)]
pub(crate) enum Definition {
    /// Its JSON, so many thousandths of it as text, and more for each tool; with how far that may be off, in thousandths.
    Json { scale: u64, each: u64, share: u64 },
    /// Its texts in thousandths, and thousandths of a token for itself and for each level and property of its parameters.
    Nodes { texts: u64, each: i64, node: u64 },
}

/// What calls of tools and their results cost beside their texts.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) call: u64,
    /// For each argument, whose name and value are counted as texts; without, the arguments are counted as JSON.
    pub(crate) argument: Option<u64>,
    pub(crate) result: u64,
    /// For each result in a message beyond the first.
    pub(crate) further: u64,
}

/// What the schema of the answer costs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Schema {
    /// Nothing.
    Free,
    /// So many tokens, and so many thousandths of its JSON as text.
    Text(u64, u64),
    /// So many thousandths of it where it is read as a text, which is not always.
    Sometimes(u64),
}

/// What pictures cost.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Image {
    /// Patches of 28 pixels of a picture made smaller to so many at its longer side, and to so many patches.
    Patches { edge: u32, most: u64 },
    /// The same for every picture.
    Each(Span),
    /// The same for every picture at the maker's own interface; elsewhere it may be that for each tile of up to 768 pixels.
    EachOrTiles(Span),
    /// So many for each tile of up to 768 pixels.
    Tiles(u64),
}

/// Claude 3 to 4.6.
pub(crate) static CLAUDE_TEXT: Ratio = Ratio {
    by_claude: Some(Weights { token: 1_020, spaced_number: 1_300, indent: 690, share: 119, fewer: 750, ..PLAIN }),
    by_o200k: Weights {
        token: 1_085,
        blank_run: 800,
        near_letter: 350,
        far_letter: 750,
        share: 119,
        fewer: 750,
        ..PLAIN
    },
    letters: (250, 400),
};

/// Claude from Opus 4.7 and Sonnet 5 on.
pub(crate) static NEWER_CLAUDE_TEXT: Ratio = Ratio {
    by_claude: None,
    by_o200k: Weights { token: 1_190, long_letter: 290, near_letter: 450, far_letter: 900, share: 165, ..PLAIN },
    letters: (350, 550),
};

static GEMINI_TEXT: Ratio = Ratio {
    by_claude: None,
    by_o200k: Weights { token: 1_020, further_digit: 1_100, indent: 1_000, share: 90, ..PLAIN },
    letters: (250, 400),
};

/// Vocabularies of 100,000 tokens and more, whose sizes and makers are like those of `o200k_base`.
static LARGE_TEXT: Ratio = Ratio {
    by_claude: None,
    by_o200k: Weights { token: 1_040, further_digit: 300, share: 130, ..PLAIN },
    letters: (350, 600),
};

/// Of vocabularies nothing is known of.
static OTHER_TEXT: Ratio = Ratio {
    by_claude: None,
    by_o200k: Weights { token: 1_100, further_digit: 400, share: 220, ..PLAIN },
    letters: (700, 1_000),
};

const CLAUDE_CALLS: Calls = Calls { call: 22, argument: Some(15), result: 14, further: 32 };
const NEWER_CLAUDE_CALLS: Calls = Calls { call: 26, argument: Some(18), result: 17, further: 38 };

const NO_SOUND: Span = Span::new(0, 1_000, 5_000);
const NO_FILM: Span = Span::new(0, 100, 500);

/// The rules of Claude but for its tools.
const CLAUDE: Dialect = Dialect {
    name: "Claude 4.5",
    ratio: &CLAUDE_TEXT,
    leaves_out_tools: false,
    request: 1,
    turn: 3,
    merges: true,
    system: 0,
    may_be_bare: false,
    tools: Tools {
        // In its first weeks it said less of them.
        free: Span::new(275, 497, 512),
        single: Span::new(300, 318, 505),
        forced: Span::about(589, 30),
        each: CLAUDE_TOOL,
    },
    calls: CLAUDE_CALLS,
    thinking: 29,
    keeps_thinking: false,
    schema: Schema::Text(95, 1_470),
    image: Image::Patches { edge: 1_568, most: 1_568 },
    page: Span::new(1_500, 1_800, 4_700),
    audio: NO_SOUND,
    video: NO_FILM,
    slack: (1, 3),
};

/// Those that were not there when 4.5 said less of tools, and that keep what they thought.
const CLAUDE_46: Dialect = Dialect {
    name: "Claude Opus 4.5 and 4.6",
    tools: Tools { free: Span::about(497, 15), ..CLAUDE.tools },
    keeps_thinking: true,
    ..CLAUDE
};

const CLAUDE_TOOL: Definition = Definition::Json { scale: 1_000, each: 5, share: 120 };

const NEWER_CLAUDE: Dialect = Dialect {
    name: "Claude 4.7 and later",
    ratio: &NEWER_CLAUDE_TEXT,
    tools: Tools {
        free: Span::new(260, 330, 420),
        single: Span::new(260, 330, 420),
        forced: Span::new(380, 470, 600),
        each: CLAUDE_TOOL,
    },
    calls: NEWER_CLAUDE_CALLS,
    thinking: 3,
    keeps_thinking: true,
    schema: Schema::Text(110, 1_470),
    image: Image::Patches { edge: 2_576, most: 4_784 },
    slack: (1, 2),
    ..CLAUDE
};

const fn claude(name: &'static str, free: Span, forced: Span) -> Dialect {
    Dialect { name, tools: Tools { free, single: free, forced, each: CLAUDE_TOOL }, ..CLAUDE }
}

const fn newer_claude(name: &'static str, free: Span, forced: Span) -> Dialect {
    Dialect { name, tools: Tools { free, single: free, forced, each: CLAUDE_TOOL }, ..NEWER_CLAUDE }
}

/// A generation of Claude, the versions and sizes it is.
struct Generation {
    from: (u32, u32),
    until: (u32, u32),
    size: &'static str,
    rules: Dialect,
}

const fn generation(from: (u32, u32), until: (u32, u32), size: &'static str, rules: Dialect) -> Generation {
    Generation { from, until, size, rules }
}

/// The generations of Claude; the first that fits is taken. What is said of tools is documented for Claude 3, and measured after.
static CLAUDES: [Generation; 14] = [
    generation((3, 0), (3, 0), "opus", claude("Claude 3 Opus", Span::about(530, 30), Span::about(281, 60))),
    generation((3, 0), (3, 0), "sonnet", claude("Claude 3 Sonnet", Span::about(159, 60), Span::about(240, 60))),
    generation((3, 0), (3, 5), "haiku", claude("Claude 3 Haiku", Span::about(264, 40), Span::about(357, 40))),
    generation((3, 5), (3, 5), "", claude("Claude 3.5 Sonnet", Span::new(280, 300, 350), Span::new(250, 285, 320))),
    generation((3, 0), (4, 4), "", claude("Claude 4", Span::about(314, 30), Span::about(299, 40))),
    generation((4, 5), (4, 5), "opus", CLAUDE_46),
    generation((4, 5), (4, 5), "", CLAUDE),
    generation((4, 6), (4, 6), "", CLAUDE_46),
    generation((4, 7), (4, 7), "", newer_claude("Claude 4.7", Span::about(672, 40), Span::about(820, 40))),
    generation((4, 8), (4, 99), "", newer_claude("Claude 4.8", Span::about(285, 80), Span::about(400, 100))),
    generation((5, 0), (5, 99), "opus", newer_claude("Claude Opus 5", Span::about(325, 100), Span::about(420, 100))),
    generation((5, 0), (5, 99), "sonnet", newer_claude("Claude Sonnet 5", Span::about(390, 90), Span::about(485, 60))),
    generation((5, 0), (99, 99), "", NEWER_CLAUDE),
    generation((0, 0), (2, 99), "", claude("Claude 2", Span::new(150, 400, 600), Span::new(150, 400, 600))),
];

const NO_TOOLS: Span = Span::sure(0);

/// What all of Gemini share.
const GEMINI: Dialect = Dialect {
    name: "Gemini",
    ratio: &GEMINI_TEXT,
    leaves_out_tools: false,
    request: 0,
    turn: 1,
    merges: false,
    system: 1,
    may_be_bare: true,
    tools: Tools {
        free: NO_TOOLS,
        single: NO_TOOLS,
        forced: NO_TOOLS,
        each: Definition::Nodes { texts: 1_200, each: 9_700, node: 7_100 },
    },
    calls: Calls { call: 6, argument: None, result: 6, further: 0 },
    thinking: 0,
    keeps_thinking: false,
    schema: Schema::Sometimes(0),
    image: Image::EachOrTiles(Span::sure(258)),
    page: Span::sure(258),
    audio: Span::new(2_500, 3_210, 3_300),
    video: Span::new(258, 263, 300),
    slack: (2, 4),
};

/// Gemini 1.5 and 2.0: texts alone, without a frame.
static GEMINI_2: Dialect = Dialect {
    name: "Gemini 2.0",
    turn: 0,
    system: 0,
    tools: Tools {
        free: NO_TOOLS,
        single: NO_TOOLS,
        forced: NO_TOOLS,
        each: Definition::Nodes { texts: 1_000, each: 700, node: 1_300 },
    },
    calls: Calls { call: 0, argument: None, result: 0, further: 0 },
    schema: Schema::Sometimes(250),
    image: Image::Tiles(258),
    page: Span::new(258, 258, 1_290),
    audio: Span::new(2_500, 2_500, 3_200),
    ..GEMINI
};

/// Gemini 2.5.
static GEMINI_25: Dialect = Dialect { name: "Gemini 2.5", ..GEMINI };

/// Gemini 3.
static GEMINI_3: Dialect = Dialect {
    name: "Gemini 3",
    tools: Tools {
        free: NO_TOOLS,
        single: NO_TOOLS,
        forced: NO_TOOLS,
        each: Definition::Nodes { texts: 920, each: -2_600, node: 18_400 },
    },
    image: Image::EachOrTiles(Span::new(1_050, 1_090, 1_120)),
    page: Span::new(515, 532, 1_120),
    audio: Span::new(2_500, 2_500, 3_300),
    video: Span::new(64, 70, 300),
    ..GEMINI
};

/// Of families nothing is known of.
const OTHER: Dialect = Dialect {
    name: "a family that is not known",
    ratio: &OTHER_TEXT,
    leaves_out_tools: false,
    request: 4,
    turn: 4,
    merges: false,
    system: 0,
    may_be_bare: false,
    tools: Tools {
        free: Span::new(0, 150, 700),
        single: Span::new(0, 150, 700),
        forced: Span::new(0, 150, 700),
        each: Definition::Json { scale: 1_100, each: 10, share: 400 },
    },
    calls: Calls { call: 15, argument: None, result: 5, further: 0 },
    thinking: 0,
    keeps_thinking: false,
    schema: Schema::Sometimes(500),
    image: Image::Each(Span::new(10, 1_000, 5_000)),
    page: Span::new(10, 1_500, 4_000),
    // Some count it beside the prompt.
    audio: Span::new(0, 1_500, 5_000),
    video: Span::new(50, 260, 1_000),
    slack: (8, 120),
};

const fn large(name: &'static str, request: u64, turn: u64, tools: Span, slack: (u64, u64)) -> Dialect {
    Dialect {
        name,
        ratio: &LARGE_TEXT,
        request,
        turn,
        tools: Tools {
            free: tools,
            single: tools,
            forced: tools,
            each: Definition::Json { scale: 1_100, each: 10, share: 550 },
        },
        slack,
        ..OTHER
    }
}

const MISTRAL_CALLS: Calls = Calls { call: 6, argument: None, result: 3, further: 0 };

/// The others, by what is in their models' ids; the first that fits is taken.
static OTHERS: [(&[&str], Dialect); 8] = [
    (&["deepseek"], large("DeepSeek", 2, 1, Span::new(60, 245, 330), (4, 90))),
    (
        &["mistral", "ministral", "magistral", "codestral", "devstral", "pixtral", "voxtral", "mixtral", "mathstral"],
        Dialect {
            leaves_out_tools: true,
            schema: Schema::Free,
            calls: MISTRAL_CALLS,
            ..large("Mistral", 2, 2, Span::new(0, 30, 60), (4, 16))
        },
    ),
    (&["llama"], large("Llama", 8, 4, Span::new(100, 400, 800), (8, 40))),
    (&["grok"], large("Grok", 130, 3, Span::new(40, 120, 420), (130, 560))),
    (&["kimi", "moonshot"], large("Kimi", 6, 3, Span::new(10, 30, 60), (6, 10))),
    (&["glm", "zai"], large("GLM", 4, 3, Span::new(80, 150, 200), (4, 10))),
    (&["qwen", "qwq", "qvq"], large("Qwen", 5, 4, Span::new(60, 150, 250), (6, 12))),
    (
        &["minimax", "command", "nova", "nemotron", "hermes"],
        large("MiniMax, Cohere, Nova", 20, 4, Span::new(0, 200, 700), (20, 60)),
    ),
];

static ANY: Dialect = OTHER;

/// Returns the rules for a model by its id.
pub(crate) fn of(id: &str) -> &'static Dialect {
    let id = id.to_ascii_lowercase();
    if let Some(at) = id.find("claude") {
        let (version, name) = version(&id[at..]);
        let fits = |generation: &&Generation| {
            (generation.from..=generation.until).contains(&version) && name.contains(generation.size)
        };
        return CLAUDES.iter().find(fits).map_or(&CLAUDES[CLAUDES.len() - 2].rules, |generation| &generation.rules);
    }
    if id.contains("gemini") || id.contains("gemma") || id.contains("learnlm") {
        return match version(&id).0 {
            (0..=1, _) | (2, 0..=4) => &GEMINI_2,
            (2, _) => &GEMINI_25,
            _ if id.contains("gemma") => &GEMINI_2,
            _ => &GEMINI_3,
        };
    }
    OTHERS.iter().find(|(names, _)| names.iter().any(|name| id.contains(name))).map_or(&ANY, |(_, dialect)| dialect)
}

/// The version in an id, its first two numbers of one or two digits; without one, the newest there may be. And the rest.
fn version(id: &str) -> ((u32, u32), &str) {
    let numbers = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty();
    let mut words = id.split(['-', '.', '@', '_', ':', '/', ' ']).peekable();
    while let Some(word) = words.next() {
        let word = word.strip_prefix('v').unwrap_or(word);
        if !numbers(word) {
            continue;
        }
        let minor = words.peek().filter(|next| numbers(next)).and_then(|next| next.parse().ok()).unwrap_or(0);
        return ((word.parse().unwrap_or(99), minor), id);
    }
    ((99, 0), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_of_its_generation_whatever_it_is_called() {
        for (id, name) in [
            ("claude-3-opus-20240229", "Claude 3 Opus"),
            ("anthropic.claude-3-sonnet-20240229-v1:0", "Claude 3 Sonnet"),
            ("claude-3-haiku-20240307", "Claude 3 Haiku"),
            ("claude-3-5-haiku-latest", "Claude 3 Haiku"),
            ("anthropic/claude-3.5-sonnet", "Claude 3.5 Sonnet"),
            ("anthropic/claude-3.7-sonnet:thinking", "Claude 4"),
            ("claude-sonnet-4-20250514", "Claude 4"),
            ("claude-opus-4-1@20250805", "Claude 4"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude 4.5"),
            ("anthropic/claude-4.6-sonnet-20260217", "Claude Opus 4.5 and 4.6"),
            ("claude-opus-4-5-20251101", "Claude Opus 4.5 and 4.6"),
            ("claude-haiku-4-5", "Claude 4.5"),
            ("claude-opus-4-7", "Claude 4.7"),
            ("claude-opus-4-8", "Claude 4.8"),
            ("claude-sonnet-5", "Claude Sonnet 5"),
            ("claude-opus-5", "Claude Opus 5"),
            ("claude-haiku-6", "Claude 4.7 and later"),
            ("claude-instant-1.2", "Claude 2"),
            ("claude-v2:1", "Claude 2"),
            ("gemini-1.5-flash", "Gemini 2.0"),
            ("google/gemini-2.0-flash-001", "Gemini 2.0"),
            ("gemini-2.5-flash-lite-preview-06-17", "Gemini 2.5"),
            ("gemini-3.1-pro-preview", "Gemini 3"),
            ("gemini-flash-latest", "Gemini 3"),
            ("deepseek-v4-flash", "DeepSeek"),
            ("ministral-3b-latest", "Mistral"),
            ("meta-llama/llama-4-scout", "Llama"),
            ("x-ai/grok-4", "Grok"),
            ("something-else", "a family that is not known"),
        ] {
            assert_eq!(of(id).name, name, "{id}");
        }
    }
}
