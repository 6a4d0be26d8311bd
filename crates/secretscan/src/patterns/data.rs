//! Databases as a service, and keys that encrypt.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "databricks-token" "Databricks token": ["dapi" "dose" "dkea"] r"([0-9a-f]{32}(?:-[0-9]{1,2})?)" => "dapi{h32}", "dapi{h8}";
    "supabase-key" "Supabase secret key": ["sbp_" "sb_secret_"] r"([0-9a-f]{40}|v0_[0-9a-f]{40}|[A-Za-z0-9_-]{30,40})" => "sbp_{h40}", "sb_publishable_{u31}";
    "planetscale-key" "PlanetScale token or password": ["pscale_tkn_" "pscale_oauth_" "pscale_pw_"] r"([A-Za-z0-9_.=-]{32,64})" => "pscale_pw_{u43}", "pscale_pw_{w8}";
    "neon-key" "Neon API key": ["napi_"] r"([a-z0-9]{60,72})" => "napi_{x64}", "napi_{x8}";
    "neon-password" "Neon database password": ["npg_"] r"([A-Za-z0-9]{12,16})" => "npg_{w12}", "npg_{w4}";
    "aiven-password" "Aiven password": ["AVNS_"] r"([A-Za-z0-9_-]{19})" => "AVNS_{u19}", "AVNS_{w4}";
    "atlas-secret" "MongoDB Atlas service account secret": ["mdb_sa_sk_"] r"([A-Za-z0-9_-]{36,44})" => "mdb_sa_sk_{u40}", "mdb_sa_sk_{w4}";
    "age-key" "age secret key" is Any: ["AGE-SECRET-KEY-1"] r"([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})" => "AGE-SECRET-KEY-1{B58}", "age1{258}";
    "convex-key" "Convex deploy key": ["prod:" "dev:"] r"([a-z]+-[a-z]+-[0-9]{1,4}\|[A-Za-z0-9+/=]{60,})" => "prod:happy-otter-123|{b90}", "prod:happy-otter-123";
};
