//! Office and business services: documents, projects, customers, design, storage.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "figma-token" "Figma token": ["figd_" "figo_" "figoh_" "figor_" "figdr_"] r"([A-Za-z0-9_-]{38,50})" => "figd_{u40}", "figd_{w8}";
    "notion-token" "Notion token": ["ntn_" "secret_"] r"([0-9]{11}[A-Za-z0-9]{35}|[A-Za-z0-9]{43})" => "ntn_{d11}{w35}", "ntn_{d8}";
    "airtable-token" "Airtable token": ["pat"] r"([A-Za-z0-9]{14}\.[0-9a-f]{64})" => "pat{w14}.{h64}", "pat{w14}";
    "asana-token" "Asana token" in Value at Whole: [] r"([012]/[0-9]{15,17}(?:/[0-9]{15,17})?:[0-9a-f]{32})" => "2/{d16}/{d16}:{h32}", "2/{d16}";
    "linear-key" "Linear API key": ["lin_api_" "lin_oauth_" "lin_wh_"] r"([A-Za-z0-9]{40,64})" => "lin_api_{w40}", "lin_api_{w8}";
    "clickup-token" "ClickUp API token": ["pk_"] r"([0-9]{5,10}_[A-Z0-9]{32})" => "pk_{d8}_{X32}", "pk_{d8}";
    "trello-token" "Trello token": ["ATTA"] r"([0-9a-f]{64}[0-9A-F]{8})" => "ATTA{h64}{H8}", "ATTA{h8}";
    "typeform-token" "Typeform token": ["tfp_"] r"([A-Za-z0-9_.=-]{40,64})" => "tfp_{u44}_{w14}", "tfp_{w8}";
    "contentful-token" "Contentful management token": ["CFPAT-"] r"([A-Za-z0-9_-]{43})" => "CFPAT-{u43}", "CFPAT-{w8}";
    "sanity-token" "Sanity token" in Value at Whole is Mixed: [] r"(sk[A-Za-z0-9]{80,})" => "sk{w178}", "sk{l80}";
    "readme-key" "ReadMe API key": ["rdme_"] r"([a-z0-9]{70})" => "rdme_{x70}", "rdme_{x8}";
    "rapidapi-key" "RapidAPI key" at Around(12) then r"[0-9a-z]{15}p1": ["msh"] r"\b([0-9a-z]{10}msh[0-9a-z]{15}p1[0-9a-z]{5}jsn[0-9a-z]{12})\b" => "{h10}msh{h15}p1{h5}jsn{h12}", "{h10}msh{h8}";
    "dropbox-token" "Dropbox token": ["sl." "sl.u."] r"([A-Za-z0-9_-]{100,})" => "sl.{u136}", "sl.{w20}";
    "hubspot-token" "HubSpot private app token": ["pat-na1-" "pat-na2-" "pat-eu1-" "pat-ap1-"] r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" => "pat-na1-{uuid}", "pat-na1-{h8}";
    "salesforce-token" "Salesforce access token": ["00D"] r"([A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,})" => "00D{w12}!{w96}", "00D{w12}";
    "zoho-token" "Zoho token": ["1000."] r"([0-9a-f]{32}\.[0-9a-f]{32})" => "1000.{h32}.{h32}", "1000.{h8}";
    "okta-token" "Okta API token" in Value at Whole is Mixed: [] r"(00[A-Za-z0-9_-]{40})" => "00{w40}", "00{d20}";
    "stytch-secret" "Stytch secret": ["secret-live-" "secret-test-"] r"([A-Za-z0-9_=-]{36,48})" => "secret-live-{w36}", "secret-live-{w8}";
    "authress-key" "Authress access key" at Around(44): [".acc_" ".acc-"] r"\b((?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,})" => "sc_{x10}.{x4}.acc_{x16}.{b64}", "sc_{x10}.{x4}.acc_";
    "launchdarkly-key" "LaunchDarkly key": ["sdk-" "api-"] r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" => "sdk-{uuid}", "sdk-{h8}";
    "statsig-secret" "Statsig secret": ["secret-"] r"([A-Za-z0-9]{40,50})" => "secret-{w43}", "secret-{w8}";
    "posthog-key" "PostHog personal key": ["phx_" "phs_"] r"([A-Za-z0-9_]{40,60})" => "phx_{w43}", "phx_{w8}";
    "adafruit-key" "Adafruit IO key": ["aio_"] r"([A-Za-z0-9]{28})" => "aio_{w28}", "aio_{w8}";
    "frameio-token" "Frame.io token": ["fio-u-"] r"([A-Za-z0-9_=-]{64})" => "fio-u-{u64}", "fio-u-{w8}";
    "ionic-token" "Ionic token": ["ion_"] r"([a-z0-9]{42})" => "ion_{x42}", "ion_{x8}";
    "intra42-secret" "42 Intra secret": ["s-s4t2ud-" "s-s4t2af-"] r"([0-9a-f]{64})" => "s-s4t2ud-{h64}", "s-s4t2ud-{h8}";
    "settlemint-token" "SettleMint token": ["sm_aat_" "sm_pat_" "sm_sat_"] r"([A-Za-z0-9]{16})" => "sm_pat_{w16}", "sm_pat_{w6}";
    "mapbox-token" "secret Mapbox token": ["sk.eyJ1"] r"([A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,40})" => "sk.eyJ1{u80}.{u22}", "sk.eyJ1{w8}";
    "maxmind-key" "MaxMind license key" at Around(40): ["_mmk"] r"\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b" => "{w6}_{w29}_mmk", "{w6}_mmk";
    "infracost-key" "Infracost API key": ["ico-"] r"([A-Za-z0-9]{32})" => "ico-{w32}", "ico-{w8}";
};
