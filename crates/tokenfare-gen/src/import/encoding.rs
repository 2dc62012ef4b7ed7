//! Which public vocabulary an id names, as far as that is known.

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

#[cfg(test)]
mod tests {
    use super::of;

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
