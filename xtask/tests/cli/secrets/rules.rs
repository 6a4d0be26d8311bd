//! `secrets rules`.

use snapbox::str;

use crate::harness::sandbox::Sandbox;

#[test]
fn every_rule_is_listed() {
    Sandbox::new().xtask(&["secrets", "rules"]).code(0).stderr("").stdout(str![[r#"
known-value                value of a declared secret on this machine
declared-name              name of a declared secret
secret-name                name that says it is a secret
random-value               random value under a name that suggests a secret
assigned-secret            random value assigned to the name of a secret
made-from-secret           variable made from a secret one
secret-file                file that holds secrets by its name
not-searched               something that could not be searched
github-token               GitHub token
github-fine-grained-token  fine-grained GitHub token
gitlab-token               GitLab token
bitbucket-token            Bitbucket token
atlassian-token            Atlassian API token
azure-devops-token         Azure DevOps token
npm-token                  npm access token
pypi-token                 PyPI API token
rubygems-token             RubyGems API key
crates-io-token            crates.io API token
nuget-token                NuGet API key
clojars-token              Clojars deploy token
jsr-token                  JSR or Deno Deploy token
docker-hub-token           Docker Hub access token
artifactory-token          JFrog Artifactory key
packagist-token            Packagist token
sonar-token                SonarQube token
sourcegraph-token          Sourcegraph access token
circleci-token             CircleCI token
buildkite-token            Buildkite token
harness-token              Harness token
snyk-token                 Snyk token
postman-token              Postman API key
gitpod-token               Gitpod token
weblate-token              Weblate token
transifex-token            Transifex API token
aws-access-key             AWS access key ID
aws-bedrock-key            Amazon Bedrock API key
aws-secret-key             AWS secret access key
gcp-api-key                Google API key
gcp-oauth-secret           Google OAuth client secret
gcp-oauth-token            Google OAuth token
azure-client-secret        Azure client secret
azure-storage-key          Azure storage account key
azure-shared-access-key    Azure shared access key
azure-service-key          Azure service key
azure-signature            Azure shared access signature
alibaba-access-key         Alibaba Cloud access key ID
tencent-secret-id          Tencent Cloud secret ID
yandex-key                 Yandex Cloud key
yandex-iam-token           Yandex Cloud IAM token
digitalocean-token         DigitalOcean token
cloudflare-key             Cloudflare key or token
fly-token                  Fly.io token
heroku-key                 Heroku API key
netlify-token              Netlify token
vercel-token               Vercel token
render-key                 Render API key
scalingo-token             Scalingo token
vault-token                HashiCorp Vault token
vault-legacy-token         HashiCorp Vault token of the old form
terraform-token            HCP Terraform token
pulumi-token               Pulumi access token
doppler-token              Doppler token
infisical-token            Infisical token
onepassword-token          1Password service account token
onepassword-secret-key     1Password secret key
tailscale-key              Tailscale key
defined-networking-key     Defined Networking key
openshift-token            OpenShift token
rancher-token              Rancher token
portainer-token            Portainer token
ngrok-token                ngrok token
anthropic-key              Anthropic API key
openai-key                 OpenAI API key
openrouter-key             OpenRouter API key
langfuse-key               Langfuse secret key
secret-key                 secret key of the form sk-
groq-key                   Groq API key
xai-key                    xAI API key
replicate-key              Replicate API token
hugging-face-token         Hugging Face token
perplexity-key             Perplexity API key
fireworks-key              Fireworks API key
together-key               Together API key
cerebras-key               Cerebras API key
nvidia-key                 NVIDIA API key
pinecone-key               Pinecone API key
elevenlabs-key             ElevenLabs API key
voyage-key                 Voyage AI API key
langsmith-key              LangSmith API key
wandb-key                  Weights & Biases API key
tavily-key                 Tavily API key
firecrawl-key              Firecrawl API key
e2b-key                    E2B API key
jina-key                   Jina AI API key
friendli-token             Friendli token
modal-token                Modal token
stripe-key                 secret key of Stripe, Clerk, or Paystack
stripe-webhook-secret      webhook signing secret
square-token               Square token
braintree-token            Braintree access token
plaid-token                Plaid access token
flutterwave-key            Flutterwave secret key
shopify-token              Shopify token
easypost-key               EasyPost API key
duffel-token               Duffel API token
shippo-token               Shippo API token
live-key                   payment key of the form live_
paddle-key                 Paddle API key
polar-token                Polar token
klarna-key                 Klarna API key
ramp-secret                Ramp client secret
extended-private-key       extended private key of a wallet
nostr-key                  Nostr private key
slack-token                Slack token
slack-webhook              Slack webhook address
discord-token              Discord bot token
discord-webhook            Discord webhook address
telegram-token             Telegram bot token
twilio-key                 Twilio API key
sendgrid-key               SendGrid API key
mailgun-key                Mailgun API key
mailgun-private-key        Mailgun API key of the newer form
mailchimp-key              Mailchimp API key
mandrill-key               Mandrill API key
resend-key                 Resend API key
brevo-key                  Brevo key
mailersend-token           MailerSend API token
klaviyo-key                Klaviyo private key
intercom-token             Intercom access token
teams-webhook              Microsoft Teams webhook address
google-chat-webhook        Google Chat webhook address
automation-webhook         webhook address of Zapier, Make, IFTTT, or Pipedream
chat-robot-webhook         webhook address of a chat robot
onesignal-key              OneSignal API key
ably-key                   Ably API key
twitch-token               Twitch chat token
twitter-bearer-token       X bearer token
meta-token                 Meta access token
linkedin-token             LinkedIn token
matrix-token               Matrix access token
figma-token                Figma token
notion-token               Notion token
airtable-token             Airtable token
asana-token                Asana token
linear-key                 Linear API key
clickup-token              ClickUp API token
trello-token               Trello token
typeform-token             Typeform token
contentful-token           Contentful management token
sanity-token               Sanity token
readme-key                 ReadMe API key
rapidapi-key               RapidAPI key
dropbox-token              Dropbox token
hubspot-token              HubSpot private app token
salesforce-token           Salesforce access token
zoho-token                 Zoho token
okta-token                 Okta API token
stytch-secret              Stytch secret
authress-key               Authress access key
launchdarkly-key           LaunchDarkly key
statsig-secret             Statsig secret
posthog-key                PostHog personal key
adafruit-key               Adafruit IO key
frameio-token              Frame.io token
ionic-token                Ionic token
intra42-secret             42 Intra secret
settlemint-token           SettleMint token
mapbox-token               secret Mapbox token
maxmind-key                MaxMind license key
infracost-key              Infracost API key
grafana-token              Grafana token
new-relic-key              New Relic key
new-relic-license-key      New Relic license key
sentry-token               Sentry token
honeycomb-key              Honeycomb key
dynatrace-token            Dynatrace token
axiom-token                Axiom token
checkly-key                Checkly API key
datadog-token              Datadog token
elastic-key                Elastic API key
prefect-key                Prefect API key
rootly-key                 Rootly API key
dbt-token                  dbt Cloud token
socket-token               Socket token
databricks-token           Databricks token
supabase-key               Supabase secret key
planetscale-key            PlanetScale token or password
neon-key                   Neon API key
neon-password              Neon database password
aiven-password             Aiven password
atlas-secret               MongoDB Atlas service account secret
age-key                    age secret key
convex-key                 Convex deploy key
private-key                private key
private-key-in-base64      private key in base64
putty-key                  PuTTY private key
jwt                        JSON Web Token
url-password               password in an address
driver-password            password in the address of a Go driver
connection-string          password in a connection string
url-parameter              secret in the query of an address
authorization-header       credentials in a header
basic-credentials          user and password in base64
npm-auth                   npm credentials
private-jwk                private key as a JSON Web Key
oracle-password            password in an Oracle address
settings-password          password in a file of settings
ini-password               password in a file of settings, as a value
netrc                      password in a netrc
command-line-secret        secret on a command line

"#]]);
}

#[test]
fn the_document_says_where_a_rule_is_explained() {
    let document = Sandbox::new().xtask(&["secrets", "rules", "--json"]).code(0).document();
    let rules = document["rules"].as_array().unwrap();
    let of = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!(of("declared-name")["can_be_allowed"], false);
    assert_eq!(of("github-token")["can_be_allowed"], true);
    assert_eq!(of("github-token")["documentation"], "docs/secrets.md#github-token");
    assert_eq!(of("github-token")["what"], "GitHub token");
}
