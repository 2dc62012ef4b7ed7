//! What each family of models writes around the text it is sent: the rules, as data.
//!
//! `COUNTING.md` has the evidence for every number. A new family is a row here and a line in the tests.

use crate::counting::typescript::Renderer;
use tokenfare_catalog::Date;

/// The rules of a family.
#[derive(Debug)]
pub(crate) struct Family {
    /// What it is called in messages and in the table of frames.
    pub(crate) name: &'static str,
    /// What the ids of its models begin with; the longest that fits decides.
    pub(crate) models: &'static [&'static str],
    /// Around every message.
    pub(crate) frame: u64,
    /// Before the answer.
    pub(crate) priming: u64,
    /// More for a text of the assistant: the channel it was said on.
    pub(crate) said: u64,
    /// The rules of chat completions.
    pub(crate) chat: Chat,
    /// The rules of Responses.
    pub(crate) responses: Responses,
    /// What answers cost beside their text, in chat completions and in Responses.
    pub(crate) answers: [Answers; 2],
    /// Whether OpenRouter sends chat completions on as Responses.
    pub(crate) routed: bool,
    /// How pictures are measured.
    pub(crate) image: Image,
    /// How much of the model's own thinking comes back, and how exactly it was reported.
    pub(crate) replay: Replay,
    /// The writer of tool definitions, where it is not that of the day.
    pub(crate) writer: Option<Renderer>,
    /// How far a request was seen to be from these rules, where they are not sure.
    pub(crate) doubt: Option<Doubt>,
}

/// Fewer and more tokens than the rules say, and why.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub(crate) fewer: u64,
    pub(crate) more: u64,
    pub(crate) note: &'static str,
}

/// How long something was so: up to the end of a month.
#[derive(Debug)]
pub(crate) struct Spell {
    last: (u16, u8),
}

/// Tools were written by an older writer. It was measured until the middle of 2024; August has the newer one.
pub(crate) const V0: Spell = Spell { last: (2024, 6) };

/// Responses in the month they began: more for a request without tools, and for one with tools.
pub(crate) const LAUNCH: Spell = Spell { last: (2025, 3) };
pub(crate) const LAUNCH_PLAIN: u64 = 18;
pub(crate) const LAUNCH_TOOLS: u64 = 216;

impl Spell {
    /// Whether it was so on a day.
    pub(crate) fn holds_on(&self, day: Date) -> bool {
        (day.year(), day.month()) <= self.last
    }
}

/// What chat completions add.
#[derive(Debug)]
pub(crate) struct Chat {
    /// The head of the tools, where no message of the system is there to hold them.
    pub(crate) tools_alone: u64,
    /// The head of the tools behind a message of the system, without the newlines between them.
    pub(crate) tools_behind: u64,
    /// Fewer, if the first tool has no description.
    pub(crate) undescribed: u64,
    /// What naming a tool costs beside its name.
    pub(crate) named: Option<u64>,
    /// What forbidding all tools costs.
    pub(crate) none: u64,
    /// Around a call of one tool, and how many fewer were seen.
    pub(crate) call: u64,
    pub(crate) call_fewer: u64,
    /// Around calls of several at once, and their results.
    pub(crate) calls: u64,
    /// Whether the answer's header names the schema.
    pub(crate) schema_header: bool,
}

/// What Responses add.
#[derive(Debug)]
pub(crate) struct Responses {
    /// The head of the tools.
    pub(crate) tools: u64,
    /// Fewer, if the first tool has no description.
    pub(crate) undescribed: u64,
    /// What naming a tool costs beside its name.
    pub(crate) named: Option<u64>,
    /// What forbidding all tools costs.
    pub(crate) none: u64,
    /// Around a call, frame included.
    pub(crate) call: u64,
    /// More for a call with the id of the server, where it stands alone: what the model itself wrote.
    pub(crate) call_id: u64,
    /// Whether it may be written without that.
    pub(crate) call_id_unsure: bool,
    /// Several calls at once as one text.
    pub(crate) calls: Wrapped,
    /// The head of a schema.
    pub(crate) schema: u64,
}

/// When several calls at once are one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapped {
    /// Never.
    Never,
    /// If all have the id of the server.
    WithIds,
    /// Always.
    Always,
}

/// Around all calls of such a text, and around each.
pub(crate) const CALLS: u64 = 22;
pub(crate) const EACH_CALL: u64 = 10;

/// What an answer costs beside its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answers {
    /// For a text, and how much more was seen.
    pub(crate) text: u64,
    pub(crate) text_more: u64,
    /// More for a text with a schema.
    pub(crate) schema: u64,
    pub(crate) schema_more: u64,
    /// For a call, and how much more was seen.
    pub(crate) call: u64,
    pub(crate) call_more: u64,
    /// For a call of the tool that was named, whose name is not written again.
    pub(crate) forced: Option<u64>,
    /// Around several calls, and around each; how far off that was seen to be.
    pub(crate) calls: u64,
    pub(crate) each_call: u64,
    pub(crate) calls_fewer: u64,
    pub(crate) calls_more: u64,
    /// Whether several calls are written as one text of JSON.
    pub(crate) is_one_text: bool,
    /// More where it was thought about.
    pub(crate) thought: u64,
}

const CHATML_ANSWERS: Answers = Answers {
    text: 0,
    text_more: 1,
    schema: 0,
    schema_more: 10,
    call: 7,
    call_more: 1,
    forced: Some(1),
    calls: 8,
    each_call: 0,
    calls_fewer: 7,
    calls_more: 2,
    is_one_text: true,
    thought: 0,
};

/// In chat completions, and in Responses.
const CHATML_BOTH: [Answers; 2] = [
    CHATML_ANSWERS,
    Answers {
        text: 1,
        call: 8,
        call_more: 0,
        forced: None,
        calls: 11,
        calls_fewer: 1,
        schema_more: 5,
        ..CHATML_ANSWERS
    },
];

const GPT5_ANSWERS: Answers = Answers {
    text: 9,
    text_more: 1,
    schema: 4,
    schema_more: 2,
    call: 17,
    call_more: 1,
    forced: None,
    calls: 7,
    each_call: 6,
    calls_fewer: 7,
    calls_more: 10,
    is_one_text: false,
    thought: 0,
};

const LATER_RESPONSES: Answers =
    Answers { text: 4, call: 11, calls: 22, calls_fewer: 0, calls_more: 2, thought: 2, ..GPT5_ANSWERS };

const GPT5_BOTH: [Answers; 2] = [GPT5_ANSWERS, LATER_RESPONSES];

const O_BOTH: [Answers; 2] = [Answers { text: 6, text_more: 8, call: 21, ..GPT5_ANSWERS }, LATER_RESPONSES];

const GPT54_BOTH: [Answers; 2] = [Answers { text: 3, text_more: 0, call: 10, ..GPT5_ANSWERS }, LATER_RESPONSES];

/// How pictures are measured.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Image {
    /// None are taken.
    None,
    /// A base, and so many for each tile of 512 pixels.
    Tiles {
        /// For the picture.
        base: u64,
        /// For each tile.
        tile: u64,
    },
    /// Patches of 32 pixels, times hundredths.
    Patches {
        /// Hundredths of a token for a patch.
        hundredths: u64,
    },
}

/// How thinking that is sent again is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    /// There is none.
    None,
    /// By the tokens that were reported, which were cut to multiples of so many.
    Reported {
        /// The multiple.
        floor: u64,
    },
}

const CHATML_CHAT: Chat = Chat {
    tools_alone: 9,
    tools_behind: 5,
    undescribed: 0,
    named: Some(7),
    none: 1,
    call: 5,
    call_fewer: 0,
    calls: 20,
    schema_header: true,
};

const CHATML_RESPONSES: Responses = Responses {
    tools: 3,
    undescribed: 0,
    named: Some(7),
    none: 1,
    call: 7,
    call_id: 3,
    call_id_unsure: true,
    calls: Wrapped::Never,
    schema: 7,
};

const CHATML: Family = Family {
    name: "chatml",
    models: &[],
    frame: 4,
    priming: 3,
    said: 0,
    chat: CHATML_CHAT,
    responses: CHATML_RESPONSES,
    answers: CHATML_BOTH,
    routed: false,
    image: Image::None,
    replay: Replay::None,
    writer: None,
    doubt: None,
};

const GPT5_CHAT: Chat = Chat {
    tools_alone: 91,
    tools_behind: 90,
    undescribed: 1,
    named: None,
    none: 0,
    call: 11,
    call_fewer: 0,
    calls: 26,
    schema_header: false,
};

const O_CHAT: Chat = Chat { tools_alone: 10, tools_behind: 9, undescribed: 0, call_fewer: 6, ..GPT5_CHAT };

const GPT5_RESPONSES: Responses = Responses {
    tools: 9,
    undescribed: 1,
    named: None,
    none: 0,
    call: 13,
    call_id: 3,
    call_id_unsure: false,
    calls: Wrapped::WithIds,
    schema: 6,
};

const O_RESPONSES: Responses = Responses { tools: 6, undescribed: 0, ..GPT5_RESPONSES };

const HARMONY: Family = Family {
    name: "harmony",
    models: &[],
    frame: 4,
    priming: 2,
    said: 2,
    chat: GPT5_CHAT,
    responses: GPT5_RESPONSES,
    answers: GPT5_BOTH,
    routed: true,
    image: Image::Tiles { base: 70, tile: 140 },
    replay: Replay::Reported { floor: 64 },
    writer: None,
    doubt: None,
};

/// The family of a model of which only the vocabulary is known.
pub(crate) static FALLBACK: Family = Family {
    name: "unknown",
    image: Image::Tiles { base: 85, tile: 170 },
    doubt: Some(Doubt {
        fewer: 3,
        more: 200,
        note: "only the vocabulary is known of this model, not what is written around text",
    }),
    ..CHATML
};

/// All families.
pub(crate) static FAMILIES: &[Family] = &[
    Family { name: "gpt-3.5", models: &["gpt-3.5-turbo", "gpt-35-turbo"], ..CHATML },
    Family {
        name: "gpt-4",
        models: &["gpt-4", "gpt-4o", "chatgpt-4o", "gpt-4-turbo"],
        image: Image::Tiles { base: 85, tile: 170 },
        ..CHATML
    },
    Family {
        name: "gpt-audio",
        models: &["gpt-audio", "gpt-4o-audio-preview", "gpt-4o-mini-audio-preview", "gpt-realtime"],
        ..CHATML
    },
    Family {
        name: "gpt-oss",
        models: &["gpt-oss"],
        priming: 65,
        chat: Chat { tools_alone: 22, tools_behind: 21, ..GPT5_CHAT },
        routed: false,
        doubt: Some(Doubt {
            fewer: 150,
            more: 110,
            note: "who serves it writes the message of the system: its date, its effort, its channels",
        }),
        ..HARMONY
    },
    // They kept the writer of their year.
    Family {
        name: "gpt-4-0613",
        models: &[
            "gpt-4-0613",
            "gpt-4-32k",
            "gpt-3.5-turbo-0613",
            "gpt-3.5-turbo-16k",
            "gpt-35-turbo-0613",
            "gpt-35-turbo-16k",
        ],
        writer: Some(Renderer::V0),
        ..CHATML
    },
    // Said by the vendor's own guide of that year: four tokens a message, and one more for its role.
    Family {
        name: "gpt-3.5-0301",
        models: &["gpt-3.5-turbo-0301", "gpt-35-turbo-0301"],
        frame: 5,
        doubt: Some(Doubt { fewer: 1, more: 0, note: "of two recordings of it one was billed a token less" }),
        ..CHATML
    },
    Family { name: "gpt-4.5", models: &["gpt-4.5"], image: Image::Tiles { base: 75, tile: 150 }, ..CHATML },
    Family { name: "gpt-4o-mini", models: &["gpt-4o-mini"], image: Image::Tiles { base: 2833, tile: 5667 }, ..CHATML },
    Family {
        name: "gpt-4.1-mini",
        models: &["gpt-4.1-mini"],
        routed: true,
        image: Image::Patches { hundredths: 162 },
        ..CHATML
    },
    Family {
        name: "gpt-4.1-nano",
        models: &["gpt-4.1-nano"],
        routed: true,
        image: Image::Patches { hundredths: 246 },
        ..CHATML
    },
    Family {
        name: "computer-use",
        models: &["computer-use-preview"],
        priming: 2,
        image: Image::Tiles { base: 65, tile: 129 },
        ..CHATML
    },
    Family { name: "gpt-5-chat", models: &["gpt-5-chat"], image: Image::Tiles { base: 70, tile: 140 }, ..CHATML },
    Family {
        name: "search",
        models: &["gpt-4o-search-preview", "gpt-4o-mini-search-preview"],
        frame: 0,
        priming: 0,
        image: Image::Tiles { base: 85, tile: 170 },
        ..CHATML
    },
    Family {
        name: "o-series",
        models: &["o1", "o3", "o4"],
        chat: O_CHAT,
        responses: O_RESPONSES,
        answers: O_BOTH,
        image: Image::Tiles { base: 75, tile: 150 },
        ..HARMONY
    },
    Family {
        name: "o3-mini",
        models: &["o3-mini"],
        chat: Chat { call: 5, call_fewer: 0, ..O_CHAT },
        responses: O_RESPONSES,
        answers: O_BOTH,
        image: Image::None,
        ..HARMONY
    },
    Family {
        name: "o4-mini",
        models: &["o4-mini", "codex-mini"],
        chat: O_CHAT,
        responses: O_RESPONSES,
        answers: O_BOTH,
        image: Image::Patches { hundredths: 172 },
        ..HARMONY
    },
    Family { name: "gpt-5", models: &["gpt-5"], ..HARMONY },
    Family { name: "gpt-5-mini", models: &["gpt-5-mini"], image: Image::Patches { hundredths: 120 }, ..HARMONY },
    Family { name: "gpt-5-nano", models: &["gpt-5-nano"], image: Image::Patches { hundredths: 150 }, ..HARMONY },
    Family {
        name: "gpt-5.2",
        models: &["gpt-5.2", "gpt-5.3"],
        image: Image::Patches { hundredths: 120 },
        replay: Replay::Reported { floor: 1 },
        ..HARMONY
    },
    Family {
        name: "gpt-5.4",
        models: &["gpt-5.4", "gpt-5.5", "gpt-5.6"],
        responses: Responses { call: 16, call_id: 0, calls: Wrapped::Always, ..GPT5_RESPONSES },
        answers: GPT54_BOTH,
        image: Image::Patches { hundredths: 120 },
        replay: Replay::Reported { floor: 1 },
        ..HARMONY
    },
    Family {
        name: "gpt-6",
        models: &["gpt-6", "chat-latest", "gpt-rosalind", "daybreak"],
        responses: Responses { call: 16, call_id: 0, calls: Wrapped::Always, ..GPT5_RESPONSES },
        answers: GPT54_BOTH,
        image: Image::Patches { hundredths: 120 },
        replay: Replay::Reported { floor: 1 },
        doubt: Some(Doubt { fewer: 8, more: 24, note: "no bill of this family is known, it is counted as gpt-5.4 is" }),
        ..HARMONY
    },
];

/// Finds the family of a model by its id, without who serves it and who fine-tuned it.
pub(crate) fn of(id: &str) -> Option<&'static Family> {
    let id = id.rsplit('/').next().unwrap_or(id);
    let id = id.strip_prefix("ft:").unwrap_or(id);
    // As Amazon writes it: the region and the maker, and points between.
    let id = id.rsplit_once("openai.").map_or(id, |(_, id)| id);
    let fitting = FAMILIES.iter().flat_map(|family| family.models.iter().map(move |prefix| (prefix, family)));
    fitting
        .filter(|(prefix, _)| id.starts_with(**prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, family)| family)
}
