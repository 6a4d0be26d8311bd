//! Payments and shops.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "stripe-key" "secret key of Stripe, Clerk, or Paystack": ["sk_live_" "sk_test_" "rk_live_" "rk_test_" "sk_prod_" "sk_sbox_"] r"([A-Za-z0-9]{16,})" => "sk_live_{w24}", "sk_test_{w6}";
    "stripe-webhook-secret" "webhook signing secret": ["whsec_"] r"([A-Za-z0-9+/]{24,}={0,2})" => "whsec_{w32}", "whsec_{w6}";
    "square-token" "Square token": ["sq0atp-" "sq0csp-" "EAAA"] r"([A-Za-z0-9_-]{22,60})" => "sq0atp-{u22}", "sq0atp-{w6}";
    "braintree-token" "Braintree access token": ["access_token$production$" "access_token$sandbox$"] r"([0-9a-z]{16}\$[0-9a-f]{32})" => "access_token$production${x16}${h32}", "access_token$production${x4}";
    "plaid-token" "Plaid access token": ["access-production-" "access-sandbox-" "access-development-"] r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" => "access-production-{uuid}", "access-production-{h8}";
    "flutterwave-key" "Flutterwave secret key": ["FLWSECK-" "FLWSECK_TEST-"] r"([A-Za-z0-9]{12,32}(?:-X)?)" => "FLWSECK-{h32}-X", "FLWSECK-{h6}";
    "shopify-token" "Shopify token": ["shpat_" "shpca_" "shppa_" "shpss_" "shpua_" "shptka_"] r"([0-9a-fA-F]{32})" => "shpat_{h32}", "shpat_{h8}";
    "easypost-key" "EasyPost API key": ["EZAK" "EZTK"] r"([A-Za-z0-9]{54})" => "EZAK{w54}", "EZAK{w8}";
    "duffel-token" "Duffel API token": ["duffel_live_" "duffel_test_"] r"([A-Za-z0-9_=-]{43})" => "duffel_live_{u43}", "duffel_live_{w8}";
    "shippo-token" "Shippo API token": ["shippo_live_" "shippo_test_"] r"([0-9a-f]{40})" => "shippo_live_{h40}", "shippo_live_{h8}";
    "live-key" "payment key of the form live_" in Value at Whole is Mixed: [] r"((?:live|test)_[A-Za-z0-9_=-]{30,48})" => "live_{w35}", "live_{l35}";
    "paddle-key" "Paddle API key": ["pdl_live_apikey_" "pdl_sdbx_apikey_"] r"([a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3})" => "pdl_live_apikey_{x26}_{w22}_{w3}", "pdl_live_apikey_{x6}";
    "polar-token" "Polar token": ["polar_oat_" "polar_pat_" "polar_whs_"] r"([A-Za-z0-9_-]{32,64})" => "polar_oat_{w43}", "polar_oat_{w6}";
    "klarna-key" "Klarna API key": ["klarna_live_api_" "klarna_test_api_"] r"([A-Za-z0-9+/_=-]{40,})" => "klarna_live_api_{w80}", "klarna_live_api_{w6}";
    "ramp-secret" "Ramp client secret": ["ramp_sec_"] r"([A-Za-z0-9]{48})" => "ramp_sec_{w48}", "ramp_sec_{w6}";
    "extended-private-key" "extended private key of a wallet": ["xprv" "yprv" "zprv"] r"([1-9A-HJ-NP-Za-km-z]{107,108})" => "xprv{9107}", "xprv{w8}";
    "nostr-key" "Nostr private key": ["nsec1"] r"([02-9ac-hj-np-z]{58})" => "nsec1{258}", "nsec1{w8}";
};
