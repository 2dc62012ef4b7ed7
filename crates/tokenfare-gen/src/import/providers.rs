//! Who the sources mean: their names for a provider, and ours.

/// A provider as its file begins.
pub(crate) struct Provider {
    pub(crate) id: &'static str,
    pub(crate) kind: &'static str,
    /// What others call it.
    pub(crate) also: &'static [&'static str],
}

/// Those that are more than a host of the same name everywhere, in order of id.
const KNOWN: &[Provider] = &[
    maker("ai21", &["ai21_labs"]),
    maker("alibaba", &["dashscope"]),
    maker("anthropic", &[]),
    maker("arcee", &["arcee_ai"]),
    maker("assemblyai", &[]),
    host("aws", &["bedrock", "aws.bedrock", "bedrock_converse", "bedrock_mantle", "amazon_nova"]),
    host("azure", &["azure_ai", "azure_text", "azure.ai.openai", "azure.ai.inference"]),
    maker("black-forest-labs", &["black_forest_labs", "bfl"]),
    host("cloudflare", &["cloudflare-workers-ai"]),
    maker("cohere", &["cohere_chat"]),
    maker("deepgram", &[]),
    maker("deepseek", &[]),
    maker("elevenlabs", &[]),
    host("fal", &["fal_ai"]),
    host("fireworks", &["fireworks_ai"]),
    reseller("github-copilot", &["github_copilot"]),
    maker(
        "google",
        &[
            "gemini",
            "vertex_ai",
            "gcp.gemini",
            "gcp.vertex_ai",
            "gcp.gen_ai",
            "google-gla",
            "google-vertex",
            "google_genai",
        ],
    ),
    maker("jina", &["jina_ai"]),
    host("lambda", &["lambda_ai"]),
    maker("meta", &["meta_llama"]),
    maker("minimax", &[]),
    maker("mistral", &["mistral_ai", "mistralai", "codestral"]),
    maker("moonshot", &["moonshotai", "moonshot_ai"]),
    maker("openai", &["text-completion-openai"]),
    router("openrouter", &[]),
    maker("perplexity", &["perplexity_ai"]),
    maker("recraft", &[]),
    maker("runway", &["runwayml"]),
    maker("sarvam", &[]),
    maker("soniox", &[]),
    maker("stability", &["stability_ai", "stabilityai"]),
    host("together", &["together_ai", "together-ai"]),
    maker("typesafe", &[]),
    reseller("vercel", &["vercel_ai_gateway", "vercel-ai-gateway"]),
    host("vertex-partners", &["vertex_ai-partner_models"]),
    maker("voyage", &["voyageai", "voyage_ai"]),
    host("watsonx", &["ibm.watsonx.ai"]),
    maker("xai", &["x-ai", "x_ai"]),
    maker("zai", &["z-ai", "z_ai"]),
    // The same models at home, in another currency: a bare name is Z.AI's.
    host("zhipu", &["zhipuai", "bigmodel"]),
];

/// Those that sell on what others serve and have one name, and all whose name begins with [`BEHIND`].
const RESELLERS: &[&str] = &[
    "aiand",
    "aihubmix",
    "aiml",
    "alibaba-partners",
    "avian",
    "cloudflare-gateway",
    "coralbricks",
    "cursor",
    "darkbloom",
    "eu-jev",
    "gmi",
    "gradient-ai",
    "hostinger-router",
    "inferenceapis",
    "kyma",
    "libertai",
    "llamagate",
    "opencode-go",
    "openinfer",
    "pinstripes",
    "quicksilverpro",
    "qwen-ai-platform",
    "qwencloud",
    "refuseless",
    "runway-partners",
    "sail",
    "streamlake",
    "tensormesh",
    "v0",
    "zerogpu",
];

/// What the names of providers begin with that are reached through Hugging Face.
const BEHIND: &str = "huggingface-";

const fn maker(id: &'static str, also: &'static [&'static str]) -> Provider {
    Provider { id, kind: "maker", also }
}

const fn host(id: &'static str, also: &'static [&'static str]) -> Provider {
    Provider { id, kind: "host", also }
}

const fn router(id: &'static str, also: &'static [&'static str]) -> Provider {
    Provider { id, kind: "router", also }
}

const fn reseller(id: &'static str, also: &'static [&'static str]) -> Provider {
    Provider { id, kind: "reseller", also }
}

/// The kind of a provider and its other names.
pub(crate) fn head(id: &str) -> (&'static str, &'static [&'static str]) {
    let known = KNOWN.iter().find(|known| known.id == id);
    let resells = RESELLERS.contains(&id) || id.starts_with(BEHIND);
    known.map_or((if resells { "reseller" } else { "host" }, &[][..]), |known| (known.kind, known.also))
}

/// Our id for a provider of genai-prices' and the id of a model there.
pub(crate) fn of_genai(provider: &str, model: &str) -> String {
    match provider {
        "x-ai" => "xai".to_owned(),
        "moonshotai" => "moonshot".to_owned(),
        "zhipuai" => "zhipu".to_owned(),
        "voyageai" => "voyage".to_owned(),
        "google" if is_others(model) => "vertex-partners".to_owned(),
        _ => slug(provider),
    }
}

/// Our id for a `litellm_provider` and the id of a model there.
pub(crate) fn of_litellm(provider: &str, model: &str) -> String {
    let id = match provider {
        "openai" | "text-completion-openai" => "openai",
        "codestral" | "text-completion-codestral" => "mistral",
        "cohere_chat" => "cohere",
        "together_ai" => "together",
        "bedrock" | "bedrock_converse" | "bedrock_mantle" | "amazon_nova" => "aws",
        "azure" | "azure_ai" | "azure_text" => "azure",
        "vercel_ai_gateway" => "vercel",
        "lambda_ai" => "lambda",
        "fal_ai" => "fal",
        "runwayml" if model.starts_with("eleven_") => "runway-partners",
        "runwayml" => "runway",
        "jina_ai" => "jina",
        "meta_llama" => "meta",
        "dashscope" if is_others(model) => "alibaba-partners",
        "dashscope" => "alibaba",
        "bigmodel" => "zhipu",
        "clf_ai_gateway" => "cloudflare-gateway",
        "gemini" => "google",
        _ if provider.starts_with("fireworks_ai") => "fireworks",
        _ if provider.starts_with("vertex_ai") && (is_partners(provider) || is_others(model)) => "vertex-partners",
        _ if provider.starts_with("vertex_ai") => "google",
        _ => return slug(provider),
    };
    id.to_owned()
}

/// Which of several entries for the same model speaks for it: the lower.
pub(crate) fn rank(litellm_provider: &str) -> usize {
    let order = ["gemini", "openai", "azure", "bedrock_converse", "bedrock", "cohere", "mistral", "meta"];
    order.iter().position(|name| *name == litellm_provider).unwrap_or(order.len())
}

fn is_partners(vertex: &str) -> bool {
    let own = ["language", "embedding", "text", "video", "image", "chat", "code", "vision"];
    vertex.strip_prefix("vertex_ai-").is_some_and(|rest| !own.iter().any(|word| rest.starts_with(word)))
}

/// Whether a model that Google or Alibaba hosts is another maker's: its bare name is then the maker's.
fn is_others(model: &str) -> bool {
    const OTHERS: [&str; 18] = [
        "claude",
        "mistral",
        "codestral",
        "llama",
        "jamba",
        "deepseek",
        "grok",
        "kimi",
        "minimax",
        "gpt",
        "glm",
        "zai-org",
        "moonshot",
        "xai",
        "openai",
        "ai21",
        "meta/",
        "anthropic",
    ];
    let model = model.to_lowercase();
    OTHERS.iter().any(|other| model.contains(other))
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(['_', '.', ' '], "-")
}
