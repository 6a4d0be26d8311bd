//! Monitoring and operations: metrics, errors, logs.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "grafana-token" "Grafana token": ["glsa_" "glc_eyJ" "eyJrIjoi"] r"([A-Za-z0-9+/]{32}_[0-9a-fA-F]{8}|[A-Za-z0-9+/]{50,}={0,2})" => "glsa_{w32}_{h8}", "glsa_{w8}";
    "new-relic-key" "New Relic key": ["NRAK-" "NRII-" "NRIQ-" "NRRA-" "NRSP-" "NRAA-"] r"([A-Za-z0-9_-]{27,42})" => "NRAK-{X27}", "NRAK-{X8}";
    "new-relic-license-key" "New Relic license key" at Around(40): ["NRAL" "FFFFNRAL"] r"(?:[^0-9A-Za-z]|\A)([0-9A-Za-z]{32,38}NRAL)(?:[^0-9A-Za-z]|\z)" => "{h36}NRAL", "{h8}NRAL";
    "sentry-token" "Sentry token": ["sntrys_" "sntryu_" "sntrya_"] r"([0-9a-f]{64}|eyJ[A-Za-z0-9+/=_]{70,})" => "sntryu_{h64}", "sntryu_{h8}";
    "honeycomb-key" "Honeycomb key": ["hcaik_" "hcbik_" "hcxik_" "hcxlk_" "hcalk_" "hcamk_" "hcxmk_"] r"([A-Za-z0-9]{26,})" => "hcaik_{x58}", "hcaik_{x8}";
    "dynatrace-token" "Dynatrace token": ["dt0c01." "dt0s01." "dt0s02." "dt0s03." "dt0s04." "dt0s08." "dt0s09." "dt0s16." "dt0a01." "dt0e01."] r"([A-Z0-9]{8,24}\.[A-Z0-9]{64})" => "dt0c01.{X24}.{X64}", "dt0c01.{X8}";
    "axiom-token" "Axiom token": ["xaat-" "xapt-"] r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" => "xaat-{uuid}", "xaat-{h8}";
    "checkly-key" "Checkly API key": ["cu_"] r"([0-9a-f]{32})" => "cu_{h32}", "cu_{h8}";
    "datadog-token" "Datadog token": ["ddpat_" "ddapp_" "ddapi_"] r"([A-Za-z0-9_]{32,})" => "ddpat_{w40}", "ddpat_{w8}";
    "elastic-key" "Elastic API key": ["essu_" "essa_"] r"([A-Za-z0-9+/_-]{50,}={0,2})" => "essu_{b80}", "essu_{w8}";
    "prefect-key" "Prefect API key": ["pnu_" "pnb_"] r"([A-Za-z0-9]{36})" => "pnu_{w36}", "pnu_{w8}";
    "rootly-key" "Rootly API key": ["rootly_"] r"([0-9a-f]{64})" => "rootly_{h64}", "rootly_{h8}";
    "dbt-token" "dbt Cloud token": ["dbtc_" "dbtu_"] r"([A-Za-z0-9_=-]{37,60})" => "dbtc_{u43}", "dbtc_{w8}";
    "socket-token" "Socket token": ["sktsec_"] r"([A-Za-z0-9_=-]{40,})" => "sktsec_{u53}", "sktsec_{w8}";
};
