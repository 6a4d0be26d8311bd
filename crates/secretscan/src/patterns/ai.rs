//! Services of machine learning.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "anthropic-key" "Anthropic API key": ["sk-ant-"] r"([a-z0-9]{4,12}-[A-Za-z0-9_-]{60,})" => "sk-ant-api03-{u93}AA", "sk-ant-{w8}";
    "openai-key" "OpenAI API key": ["sk-proj-" "sk-svcacct-" "sk-admin-" "sk-None-" "sk-service-"] r"([A-Za-z0-9_-]{40,})" => "sk-proj-{u74}T3BlbkFJ{u74}", "sk-proj-{w8}";
    "openrouter-key" "OpenRouter API key": ["sk-or-v1-" "sk-or-"] r"([0-9a-f]{64})" => "sk-or-v1-{h64}", "sk-or-v1-{h8}";
    "langfuse-key" "Langfuse secret key": ["sk-lf-"] r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" => "sk-lf-{uuid}", "sk-lf-{h8}";
    "secret-key" "secret key of the form sk-" is Mixed: ["sk-"] r"([A-Za-z0-9]{32,64})" => "sk-{w48}", "sk-loading-spinner-container";
    "groq-key" "Groq API key": ["gsk_"] r"([A-Za-z0-9]{48,56})" => "gsk_{w52}", "gsk_{w8}";
    "xai-key" "xAI API key": ["xai-"] r"([A-Za-z0-9]{70,90})" => "xai-{w80}", "xai-{w8}";
    "replicate-key" "Replicate API token": ["r8_"] r"([A-Za-z0-9]{37,40})" => "r8_{w37}", "r8_{w8}";
    "hugging-face-token" "Hugging Face token": ["hf_" "api_org_"] r"([A-Za-z0-9]{34,40})" => "hf_{w34}", "hf_{w8}";
    "perplexity-key" "Perplexity API key": ["pplx-"] r"([A-Za-z0-9]{40,56})" => "pplx-{w48}", "pplx-{w8}";
    "fireworks-key" "Fireworks API key" is Mixed: ["fw_"] r"([A-Za-z0-9]{22,24})" => "fw_{w24}", "fw_{l22}";
    "together-key" "Together API key": ["tgp_v1_"] r"([A-Za-z0-9_-]{40,50})" => "tgp_v1_{u43}", "tgp_v1_{w8}";
    "cerebras-key" "Cerebras API key": ["csk-"] r"([a-z0-9]{44,52})" => "csk-{x48}", "csk-{x8}";
    "nvidia-key" "NVIDIA API key": ["nvapi-"] r"([A-Za-z0-9_-]{60,70})" => "nvapi-{u64}", "nvapi-{w8}";
    "pinecone-key" "Pinecone API key": ["pcsk_"] r"([A-Za-z0-9_]{50,80})" => "pcsk_{w5}_{w63}", "pcsk_{w8}";
    "elevenlabs-key" "ElevenLabs API key": ["sk_"] r"([0-9a-f]{48})" => "sk_{h48}", "sk_{h8}";
    "voyage-key" "Voyage AI API key" in Value at Whole is Mixed: [] r"(pa-[A-Za-z0-9_-]{43})" => "pa-{u43}", "pa-{l43}";
    "langsmith-key" "LangSmith API key": ["lsv2_pt_" "lsv2_sk_" "ls__"] r"([0-9a-f]{32}(?:_[0-9a-f]{10})?)" => "lsv2_pt_{h32}_{h10}", "lsv2_pt_{h8}";
    "wandb-key" "Weights & Biases API key": ["wandb_v1_"] r"([A-Za-z0-9_]{60,100})" => "wandb_v1_{w77}", "wandb_v1_{w8}";
    "tavily-key" "Tavily API key": ["tvly-"] r"((?:dev-|prod-)?[A-Za-z0-9-]{28,50})" => "tvly-dev-{w32}", "tvly-{w8}";
    "firecrawl-key" "Firecrawl API key": ["fc-"] r"([0-9a-f]{32})" => "fc-{h32}", "fc-{h8}";
    "e2b-key" "E2B API key": ["e2b_"] r"([0-9a-f]{40})" => "e2b_{h40}", "e2b_{h8}";
    "jina-key" "Jina AI API key": ["jina_"] r"([0-9a-f]{32}[A-Za-z0-9_-]{24,36})" => "jina_{h32}{w28}", "jina_{h8}";
    "friendli-token" "Friendli token": ["flp_"] r"([A-Za-z0-9]{40,52})" => "flp_{w46}", "flp_{w8}";
    "modal-token" "Modal token" in Value at Whole is Mixed: [] r"(a[ks]-[A-Za-z0-9]{22})" => "ak-{w22}", "ak-{l22}";
};
