//! Clouds, hosting, and infrastructure.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "aws-access-key" "AWS access key ID": ["AKIA" "ASIA" "ABIA" "ACCA"] r"([A-Z2-7]{16})" => "AKIA{316}", "AKIAIOSFODNN7EXAMPLE";
    "aws-bedrock-key" "Amazon Bedrock API key": ["ABSK" "bedrock-api-key-"] r"([A-Za-z0-9+/]{80,}={0,2})" => "ABSK{b128}", "ABSK{w20}";
    "aws-secret-key" "AWS secret access key" at Around(24): ["aws_secret" "AWS_SECRET" "secretAccessKey" "SecretAccessKey" "secret_access_key" "SECRET_ACCESS_KEY"] r#"(?i)secret_?(?:access_?)?key["']?\s{0,4}[:=]{1,2}>?\s{0,4}["']?([A-Za-z0-9+/]{40})(?:[^A-Za-z0-9+/]|\z)"# => "aws_secret_access_key = {b40}", "aws_secret_access_key = ${KEY}";
    "gcp-api-key" "Google API key" in Publishable: ["AIza"] r"([A-Za-z0-9_-]{35})" => "AIza{u35}", "AIza{w10}";
    "gcp-oauth-secret" "Google OAuth client secret": ["GOCSPX-"] r"([A-Za-z0-9_-]{28})" => "GOCSPX-{u28}", "GOCSPX-{w6}";
    "gcp-oauth-token" "Google OAuth token": ["ya29." "1//0"] r"([A-Za-z0-9_-]{36,})" => "ya29.{u140}", "ya29.{w8}";
    "azure-client-secret" "Azure client secret" at Around(6) then r"[A-Za-z0-9_~.-]{31}": ["7Q~" "8Q~" "6Q~" "9Q~"] r"(?:[^A-Za-z0-9_~.-]|\A)([A-Za-z0-9_~.-]{3}[6-9]Q~[A-Za-z0-9_~.-]{31,34})(?:[^A-Za-z0-9_~.-]|\z)" => "{w3}8Q~{w34}", "{w3}8Q~{w10}";
    "azure-storage-key" "Azure storage account key": ["AccountKey="] r"([A-Za-z0-9+/]{86}==)" => "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={b86}==", "AccountKey={w12}";
    "azure-shared-access-key" "Azure shared access key": ["SharedAccessKey="] r"([A-Za-z0-9+/]{40,}={0,2})" => "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey={b43}=", "SharedAccessKey={w12}";
    "azure-service-key" "Azure service key" at Around(84): ["JQQJ99" "+ASt" "ACDb" "AzSe" "AzCa" "AzFu" "+ACR" "+AEh" "+ASb" "+ABa" "AIoT" "APIM"] r"(?:[^A-Za-z0-9+/]|\A)([A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}|[A-Za-z0-9+/]{76}(?:\+ASt|ACDb|APIM|\+ABa)[A-Za-z0-9+/]{5,6}={1,2}|[A-Za-z0-9+/_-]{42,44}(?:AzSe|AzCa|AzFu)[A-Za-z0-9+/_-]{5,8}={0,2}|[A-Za-z0-9+/]{32,42}(?:\+ACR|\+AEh|\+ASb|AIoT)[A-Za-z0-9+/]{4,7}=?)(?:[^A-Za-z0-9+/=]|\z)" => "{w52}JQQJ99{w26}", "{w20}JQQJ99";
    "azure-signature" "Azure shared access signature" at Around(1200): ["sig="] r#"[?&;](?:sv|se|sp|sr|st|spr|api-version)=[^\s"']*?[&;]sig=([A-Za-z0-9%+/_-]{40,}={0,2})|[?&]sig=([A-Za-z0-9%+/_-]{40,}={0,2})[^\s"']*?&(?:sv|se|sp|sr)="# => "https://a.blob.core.windows.net/c?sv=2022-11-02&sr=c&sig={w43}%3D", "https://a.blob.core.windows.net/c?sv=2022-11-02";
    "alibaba-access-key" "Alibaba Cloud access key ID": ["LTAI"] r"([A-Za-z0-9]{16,22})" => "LTAI{w20}", "LTAI{w6}";
    "tencent-secret-id" "Tencent Cloud secret ID": ["AKID"] r"([A-Za-z0-9]{32})" => "AKID{w32}", "AKID{w8}";
    "yandex-key" "Yandex Cloud key": ["AQVN" "y0_"] r"([A-Za-z0-9_-]{35,})" => "AQVN{u36}", "AQVN{w8}";
    "yandex-iam-token" "Yandex Cloud IAM token" in Value at Whole: [] r"(t1\.[A-Za-z0-9_-]{20,}={0,2}\.[A-Za-z0-9_-]{86}={0,2})" => "t1.{u60}.{u86}", "t1.{w12}";
    "digitalocean-token" "DigitalOcean token": ["dop_v1_" "doo_v1_" "dor_v1_"] r"([0-9a-f]{64})" => "dop_v1_{h64}", "dop_v1_{h12}";
    "cloudflare-key" "Cloudflare key or token": ["v1.0-" "cfut_" "cfat_" "cfk_"] r"([0-9a-f]{24}-[0-9a-f]{146}|[A-Za-z0-9]{40,56})" => "v1.0-{h24}-{h146}", "v1.0-{h8}";
    "fly-token" "Fly.io token": ["fo1_" "fm1_" "fm1a_" "fm1r_" "fm2_"] r"([A-Za-z0-9+/_-]{40,}={0,2})" => "fo1_{u43}", "fo1_{w8}";
    "heroku-key" "Heroku API key": ["HRKU-"] r"([A-Za-z0-9_-]{36,})" => "HRKU-{u60}", "HRKU-{w8}";
    "netlify-token" "Netlify token": ["nfp_" "nfc_" "nfo_" "nfu_" "nfb_"] r"([A-Za-z0-9_]{36,40})" => "nfp_{w36}", "nfp_{w8}";
    "vercel-token" "Vercel token": ["vcp_" "vci_" "vca_" "vcr_" "vck_" "vercel_blob_rw_"] r"([A-Za-z0-9_]{40,80})" => "vcp_{w56}", "vcp_{w8}";
    "render-key" "Render API key": ["rnd_"] r"([A-Za-z0-9]{28,36})" => "rnd_{w32}", "rnd_{w8}";
    "scalingo-token" "Scalingo token": ["tk-us-"] r"([A-Za-z0-9_-]{48})" => "tk-us-{u48}", "tk-us-{w8}";
    "vault-token" "HashiCorp Vault token": ["hvs." "hvb." "hvr."] r"([A-Za-z0-9_-]{24,})" => "hvs.{u95}", "hvs.{w8}";
    "vault-legacy-token" "HashiCorp Vault token of the old form" in Value at Whole is Mixed: [] r"([sb]\.[A-Za-z0-9]{24})" => "s.{w24}", "s.{l24}";
    "terraform-token" "HCP Terraform token" at Around(16): [".atlasv1."] r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})" => "{w14}.atlasv1.{u64}", "x.atlasv1.{w10}";
    "pulumi-token" "Pulumi access token": ["pul-"] r"([0-9a-f]{40})" => "pul-{h40}", "pul-{h8}";
    "doppler-token" "Doppler token": ["dp.pt." "dp.ct." "dp.sa." "dp.scim." "dp.audit." "dp.st."] r"((?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})" => "dp.pt.{w43}", "dp.pt.{w8}";
    "infisical-token" "Infisical token" in Value at Whole: [] r"(st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32})" => "st.{h24}.{h32}.{h32}", "st.{h24}";
    "onepassword-token" "1Password service account token": ["ops_eyJ"] r"([A-Za-z0-9+/_-]{150,}={0,2})" => "ops_eyJ{b260}", "ops_eyJ{w20}";
    "onepassword-secret-key" "1Password secret key": ["A3-"] r"([A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5})" => "A3-{X6}-{X11}-{X5}-{X5}-{X5}", "A3-{X6}";
    "tailscale-key" "Tailscale key": ["tskey-auth-" "tskey-api-" "tskey-client-" "tskey-scim-" "tskey-webhook-" "tskey-"] r"([A-Za-z0-9]{10,22}(?:CNTRL)?-[A-Za-z0-9]{20,48})" => "tskey-auth-{w12}CNTRL-{w32}", "tskey-auth-{w8}";
    "defined-networking-key" "Defined Networking key": ["dnkey-"] r"([A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52})" => "dnkey-{w26}-{w52}", "dnkey-{w8}";
    "openshift-token" "OpenShift token": ["sha256~"] r"([A-Za-z0-9_-]{43})" => "sha256~{u43}", "sha256~{w8}";
    "rancher-token" "Rancher token": ["token-"] r"([a-z0-9]{5}:[a-z0-9]{54})" => "token-{x5}:{x54}", "token-{x5}";
    "portainer-token" "Portainer token": ["ptr_"] r"([A-Za-z0-9/+]{43}=)" => "ptr_{b43}=", "ptr_{w8}";
    "ngrok-token" "ngrok token" in Value at Whole: [] r"([123][A-Za-z0-9]{26}_[A-Za-z0-9]{20,23})" => "2{w26}_{w21}", "2{w8}";
};
