//! Code hosts, package registries, and services that build and check code.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "github-token" "GitHub token" is GitHub: ["ghp_" "gho_" "ghu_" "ghs_" "ghr_"] r"([A-Za-z0-9]{36,})" => "ghp_{crc}", "ghp_{w20}";
    "github-fine-grained-token" "fine-grained GitHub token": ["github_pat_"] r"([A-Za-z0-9]{22}_[A-Za-z0-9]{59})" => "github_pat_{w22}_{w59}", "github_pat_{w10}";
    "gitlab-token" "GitLab token": ["glpat-" "gldt-" "glrt-" "glrtr-" "glft-" "glsoat-" "glimt-" "glagent-" "glffct-" "glcbt-" "glptt-" "gloas-" "glwt-" "GR1348941"] r"((?:[a-z0-9]{1,3}_)?[A-Za-z0-9_-]{20,}(?:\.[a-z0-9]{2}\.[a-z0-9]{7,9})?)" => "glpat-{u20}", "glpat-{w10}";
    "bitbucket-token" "Bitbucket token": ["ATBB" "ATCTT3xFfG"] r"([A-Za-z0-9_=-]{24,})" => "ATBB{w32}", "ATBB{w8}";
    "atlassian-token" "Atlassian API token": ["ATATT3" "ATSTT3"] r"([A-Za-z0-9_=-]{60,})" => "ATATT3xFfGF0{u180}", "ATATT3{w20}";
    "azure-devops-token" "Azure DevOps token" at Around(84) then r"[A-Za-z0-9]{4}": ["AZDO"] r"\b([A-Za-z0-9]{76,80}AZDO[A-Za-z0-9]{4})\b" => "{w76}AZDO{w4}", "{w20}AZDO{w4}";
    "npm-token" "npm access token" is GitHub: ["npm_"] r"([A-Za-z0-9]{36})" => "npm_{crc}", "npm_{l20}";
    "pypi-token" "PyPI API token": ["pypi-AgEIcHlwaS5vcmc" "pypi-AgENdGVzdC5weXBpLm9yZw" "pypi-AgE"] r"([A-Za-z0-9_-]{50,})" => "pypi-AgEIcHlwaS5vcmc{u120}", "pypi-AgEIcHlwaS5vcmc{w10}";
    "rubygems-token" "RubyGems API key": ["rubygems_"] r"([0-9a-f]{48})" => "rubygems_{h48}", "rubygems_{h20}";
    "crates-io-token" "crates.io API token": ["cio"] r"([A-Za-z0-9]{32})" => "cio{w32}", "cio{w12}";
    "nuget-token" "NuGet API key": ["oy2"] r"([a-z0-9]{43})" => "oy2{x43}", "oy2{x12}";
    "clojars-token" "Clojars deploy token": ["CLOJARS_"] r"([a-z0-9]{60})" => "CLOJARS_{x60}", "CLOJARS_{x12}";
    "jsr-token" "JSR or Deno Deploy token": ["jsrp_" "jsrt_" "jsrd_" "ddp_" "ddo_" "ddw_"] r"([A-Za-z0-9]{36,46})" => "ddp_{w36}", "ddp_{w10}";
    "docker-hub-token" "Docker Hub access token": ["dckr_pat_" "dckr_oat_"] r"([A-Za-z0-9_-]{27,64})" => "dckr_pat_{u27}", "dckr_pat_{w9}";
    "artifactory-token" "JFrog Artifactory key": ["AKCp" "cmVmdGtu"] r"([A-Za-z0-9]{56,})" => "AKCp{w69}", "AKCp{w16}";
    "packagist-token" "Packagist token": ["packagist_ort_" "packagist_out_" "packagist_uut_" "packagist_ack_"] r"([0-9a-f]{64,80})" => "packagist_ort_{h68}", "packagist_ort_{h10}";
    "sonar-token" "SonarQube token": ["sqp_" "squ_" "sqa_" "sqb_"] r"([0-9a-f]{40})" => "sqp_{h40}", "sqp_{h12}";
    "sourcegraph-token" "Sourcegraph access token": ["sgp_" "sgd_" "slk_"] r"((?:[0-9a-fA-F]{16}_|local_)?[0-9a-f]{40,64})" => "sgp_{h16}_{h40}", "sgp_{h8}";
    "circleci-token" "CircleCI token": ["CCIPAT_" "CCIPRJ_"] r"([A-Za-z0-9]{22}_[0-9a-fA-F]{40})" => "CCIPAT_{w22}_{h40}", "CCIPAT_{w22}";
    "buildkite-token" "Buildkite token": ["bkua_" "bkat_" "bkaj_" "bkct_" "bkpt_"] r"([A-Za-z0-9_-]{40,})" => "bkua_{h40}", "bkua_{h10}";
    "harness-token" "Harness token": ["pat." "sat."] r"([A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20})" => "pat.{w22}.{h24}.{w20}", "pat.{w22}";
    "snyk-token" "Snyk token": ["snyk_uat." "snyk_sat." "snyk_pat."] r"([A-Za-z0-9_.-]{40,})" => "snyk_uat.{h8}.{u60}", "snyk_uat.{h8}";
    "postman-token" "Postman API key": ["PMAK-"] r"([0-9a-f]{24}-[0-9a-f]{34})" => "PMAK-{h24}-{h34}", "PMAK-{h24}";
    "gitpod-token" "Gitpod token": ["gitpod_pat_"] r"([A-Za-z0-9_.-]{30,})" => "gitpod_pat_{u64}", "gitpod_pat_{w8}";
    "weblate-token" "Weblate token": ["wlu_" "wlp_"] r"([A-Za-z0-9]{36})" => "wlu_{w36}", "wlu_{w12}";
    "transifex-token" "Transifex API token" in Value at Whole: [] r"(1/[0-9a-f]{40})" => "1/{h40}", "1/{h12}";
};
