//! Which vocabulary an id names, as far as that is known: a public one, or a family.

/// The encoding of a model, and whether it is concluded and not published.
pub(crate) fn of(provider: &str, id: &str, mode: &str) -> Option<(&'static str, bool)> {
    let last = id.rsplit('/').next().unwrap_or(id);
    let last = last.rsplit_once("openai.").map_or(last, |(_, name)| name);
    if last.starts_with("gpt-oss") || last.starts_with("gpt_oss") {
        return Some(("o200k_harmony", false));
    }
    let of_openai = matches!(provider, "openai" | "azure" | "github-copilot" | "openai-decisions")
        || id.starts_with("openai/")
        || id.contains("openai.");
    let no_text = matches!(
        mode,
        "image_generation" | "image_edit" | "audio_speech" | "audio_transcription" | "video_generation" | "moderation"
    );
    let elsewhere = ["image", "tts", "transcribe", "whisper", "moderation", "translate"];
    if !of_openai || no_text || elsewhere.iter().any(|word| last.contains(word)) {
        return None;
    }
    let name = last.strip_prefix("ft:").unwrap_or(last);
    let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    let is_one_of = |words: &[&str]| words.contains(&name);
    if begins(&["gpt-4o", "gpt-4.1", "gpt-4.5", "chatgpt-4o"]) || is_one_of(&["o1"]) || begins(&["o1-"]) {
        Some(("o200k_base", false))
    } else if begins(&["o3", "o4", "gpt-5", "gpt-6", "gpt-realtime", "gpt-audio", "codex-mini"]) {
        Some(("o200k_base", true))
    } else if is_one_of(&["gpt-4", "babbage-002", "davinci-002"])
        || begins(&["gpt-4-", "gpt-3.5", "gpt-35", "text-embedding-3-", "text-embedding-ada-002"])
    {
        Some(("cl100k_base", false))
    } else if begins(&["text-davinci-002", "text-davinci-003", "code-"]) {
        Some(("p50k_base", false))
    } else if begins(&["davinci", "curie", "babbage", "ada", "text-davinci", "text-curie", "text-babbage", "text-ada"])
    {
        Some(("r50k_base", false))
    } else {
        None
    }
}

/// What counts no text by its maker's vocabulary, whoever made it.
const ELSEWHERE: [&str; 18] = [
    "embed",
    "rerank",
    "ocr",
    "tts",
    "image",
    "imagine",
    "transcribe",
    "voice",
    "speech",
    "whisper",
    "voxtral",
    "video",
    "canvas",
    "reel",
    "sonic",
    "moderation",
    "translate",
    "search",
];

/// Words of ids, the first that is found decides, and whose vocabulary it is. A model that was distilled into another has the
/// vocabulary of that other.
const FAMILIES: [(&str, &str); 48] = [
    ("distill-llama", "llama-3"),
    ("distill-qwen", "qwen"),
    ("r1-0528-qwen3", "qwen"),
    ("deepseek", "deepseek"),
    ("gemma", "gemma"),
    ("gemini", "gemini"),
    ("grok", "grok"),
    ("llama-guard-4", "llama-4"),
    ("llama-guard-3", "llama-3"),
    ("llama-4", "llama-4"),
    ("llama4", "llama-4"),
    ("codellama", "llama-2"),
    ("llama-2", "llama-2"),
    ("llama2", "llama-2"),
    ("llama-v2", "llama-2"),
    ("llama-3", "llama-3"),
    ("llama3", "llama-3"),
    ("llama-v3", "llama-3"),
    ("qwen", "qwen"),
    ("qwq", "qwen"),
    ("qvq", "qwen"),
    ("kimi", "kimi"),
    ("glm", "glm"),
    ("minimax", "minimax"),
    ("command-a", "cohere"),
    ("command-r", "cohere"),
    ("c4ai", "cohere"),
    ("aya-expanse", "cohere"),
    ("aya-vision", "cohere"),
    ("mistral", "mistral"),
    ("mixtral", "mistral"),
    ("codestral", "mistral"),
    ("devstral", "mistral"),
    ("magistral", "mistral"),
    ("ministral", "mistral"),
    ("pixtral", "mistral"),
    ("nova-lite", "nova"),
    ("nova-micro", "nova"),
    ("nova-pro", "nova"),
    ("nova-premier", "nova"),
    ("nova-2-lite", "nova"),
    ("nova-2-pro", "nova"),
    ("jamba", "jamba"),
    ("phi-", "phi"),
    ("granite", "granite"),
    ("hunyuan", "hunyuan"),
    ("ernie", "ernie"),
    ("mimo", "mimo"),
];

/// The family of the vocabulary of a model whose vocabulary is not public, wherever it is sold.
pub(crate) fn family(id: &str) -> Option<&'static str> {
    let id = id.to_lowercase();
    if ELSEWHERE.iter().any(|word| id.contains(word)) {
        return None;
    }
    if let Some(rest) = after_word(&id, "claude") {
        return family_of_claude(rest);
    }
    FAMILIES.iter().find(|(word, _)| after_word(&id, word).is_some()).map(|(_, family)| *family)
}

/// What follows a word that begins where no letter or digit comes before it.
fn after_word<'i>(id: &'i str, word: &str) -> Option<&'i str> {
    let begins = |at: &usize| !id[..*at].ends_with(char::is_alphanumeric);
    id.match_indices(word).map(|(at, _)| at).find(begins).map(|at| &id[at + word.len()..])
}

/// Anthropic's vocabulary changed with Claude 3 and with Opus 4.7; a name without a number may mean either.
fn family_of_claude(rest: &str) -> Option<&'static str> {
    let number = |part: &&str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let parts: Vec<&str> = rest.split(|part: char| !part.is_ascii_alphanumeric()).collect();
    let at = parts.iter().position(|part| number(&part.trim_start_matches('v')).is_some())?;
    let major = number(&parts[at].trim_start_matches('v'))?;
    let minor = parts.get(at + 1).and_then(number).unwrap_or_default();
    Some(match (major, minor) {
        (..3, _) => "claude-2",
        version if version < (4, 7) => "claude",
        _ => "claude-4.7",
    })
}

#[cfg(test)]
mod tests {
    use super::{family, of};

    #[test]
    fn a_family_is_the_same_wherever_a_model_is_sold() {
        for (id, expected) in [
            ("claude-v1", "claude-2"),
            ("anthropic.claude-v2:1", "claude-2"),
            ("claude-3-5-haiku-20241022", "claude"),
            ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude"),
            ("anthropic/claude-opus-4.6", "claude"),
            ("claude-opus-4-7-20260416", "claude-4.7"),
            ("claude-fable-5-2", "claude-4.7"),
            ("deepseek-r1-distill-llama-70b", "llama-3"),
            ("deepseek/deepseek-r1", "deepseek"),
            ("us.meta.llama4-scout-17b-instruct-v1:0", "llama-4"),
            ("Qwen/QwQ-32B", "qwen"),
            ("vertex_ai/mistralai/codestral-2", "mistral"),
        ] {
            assert_eq!(family(id), Some(expected), "{id}");
        }
        for id in ["claude-latest", "mistral-embed", "grok-imagine-image", "gpt-4o", "telegram-bot", "delphi-1"] {
            assert_eq!(family(id), None, "{id}");
        }
    }

    #[test]
    fn an_encoding_is_given_only_where_text_is_counted_by_it() {
        assert_eq!(of("openai", "gpt-4o-2024-08-06", "chat"), Some(("o200k_base", false)));
        assert_eq!(of("azure", "eu/gpt-5.4", "chat"), Some(("o200k_base", true)));
        assert_eq!(of("openrouter", "openai/gpt-4-turbo", "chat"), Some(("cl100k_base", false)));
        assert_eq!(of("aws", "openai.gpt-oss-120b-1:0", "chat"), Some(("o200k_harmony", false)));
        assert_eq!(of("openai", "davinci-002", "completion"), Some(("cl100k_base", false)));
        assert_eq!(of("openai", "gpt-4o-mini-tts", "audio_speech"), None);
        assert_eq!(of("anthropic", "claude-opus-5", "chat"), None);
    }
}
