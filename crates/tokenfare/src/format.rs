//! The forms of bodies: what is sent to a provider, and what it returns.

use crate::error::Error;
use std::fmt;
use std::str::FromStr;

/// Makes the enumeration, its words and what each is.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $provider:expr, [$($also:literal),*];)+) => {
        /// A form of bodies: whose interface, and which of its endpoints.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* #[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl Format {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the word that flags and messages use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Returns the provider whose prices hold for such a body, where only one has the form.
            pub(crate) const fn provider(self) -> Option<&'static str> {
                match self { $(Self::$variant => $provider,)+ }
            }

            const fn also(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($also),*],)+ }
            }
        }
    };
}

formats! {
    /// Chat completions, of OpenAI and of those who took the form over.
    OpenaiChat = "openai.chat", None, ["chat", "chat.completions", "openai", "azure.chat", "together.chat", "fireworks.chat"];
    /// OpenAI's responses.
    OpenaiResponses = "openai.responses", None, ["responses", "azure.responses"];
    /// Legacy completions.
    OpenaiCompletions = "openai.completions", None, ["completions"];
    /// Embeddings.
    OpenaiEmbeddings = "openai.embeddings", None, ["embeddings"];
    /// Pictures: the usage of a response, or the size, quality and number of a request.
    OpenaiImages = "openai.images", None, ["images"];
    /// The end of a response in a realtime session.
    OpenaiRealtime = "openai.realtime", None, ["realtime"];
    /// Text from speech: the usage or duration of a response, or seconds.
    OpenaiTranscriptions = "openai.transcriptions", None, ["transcriptions", "transcription"];
    /// Speech from text: the text of a request, or how many characters it has.
    OpenaiSpeech = "openai.speech", None, ["speech"];
    /// Moving pictures: the seconds and size of a request.
    OpenaiVideo = "openai.video", None, ["video"];
    /// Moderations.
    OpenaiModerations = "openai.moderations", None, ["moderations", "moderation"];
    /// Anthropic's messages.
    AnthropicMessages = "anthropic.messages", None, ["messages", "anthropic"];
    /// Gemini's generated content.
    GeminiGenerateContent = "gemini.generate_content", None, ["gemini", "generate_content", "google", "vertex", "google.generate_content"];
    /// Bedrock's Converse.
    BedrockConverse = "bedrock.converse", Some("aws"), ["bedrock", "converse"];
    /// xAI's chat completions: thinking is beside the completion.
    XaiChat = "xai.chat", Some("xai"), ["xai"];
    /// xAI's responses.
    XaiResponses = "xai.responses", Some("xai"), [];
    /// DeepSeek's chat completions.
    DeepseekChat = "deepseek.chat", Some("deepseek"), ["deepseek"];
    /// Mistral's chat completions.
    MistralChat = "mistral.chat", Some("mistral"), ["mistral"];
    /// Mistral's text from pictures of it.
    MistralOcr = "mistral.ocr", Some("mistral"), ["ocr"];
    /// Groq's chat completions.
    GroqChat = "groq.chat", Some("groq"), ["groq"];
    /// OpenRouter's chat completions.
    OpenrouterChat = "openrouter.chat", Some("openrouter"), ["openrouter"];
    /// OpenRouter's responses.
    OpenrouterResponses = "openrouter.responses", Some("openrouter"), [];
    /// Perplexity's chat completions.
    PerplexityChat = "perplexity.chat", Some("perplexity"), ["perplexity"];
    /// Cohere's chat, embeddings and reranking.
    Cohere = "cohere", Some("cohere"), ["cohere.chat", "cohere.embed", "cohere.rerank"];
}

/// Reads the word, or another that is in use for it; `-` and `_` are one.
impl FromStr for Format {
    type Err = Error;

    /// # Errors
    /// For any other word, with all that are known.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.replace('-', "_").replace("generateContent", "generate_content").to_ascii_lowercase();
        let is = |format: &&Self| format.as_str() == wanted || format.also().contains(&&*wanted);
        Self::ALL.iter().find(is).copied().ok_or_else(|| Error::unknown_format(text))
    }
}

/// Writes the word.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
