//! Mail, chat, telephony, and webhook addresses, which accept messages from everybody who knows them.

use super::{At, Check, Pattern, Scope, near, patterns};

pub(crate) const PATTERNS: &[Pattern] = patterns! {
    "slack-token" "Slack token": ["xoxb-" "xoxp-" "xoxa-" "xoxr-" "xoxs-" "xoxo-" "xoxe-" "xoxe." "xoxc-" "xoxd-" "xapp-"] r"([A-Za-z0-9%._-]{20,})" => "xoxb-{d12}-{d13}-{w24}", "xoxb-{d6}";
    "slack-webhook" "Slack webhook address": ["hooks.slack.com/"] r"((?:services|workflows|triggers)/[A-Za-z0-9]{8,14}/[A-Za-z0-9/]{20,})" => "https://hooks.slack.com/services/T{X8}/B{X10}/{w24}", "https://hooks.slack.com/services/";
    "discord-token" "Discord bot token" in Value at Whole: [] r"([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})" => "M{w25}.{w6}.{u38}", "M{w25}.{w6}";
    "discord-webhook" "Discord webhook address" at Around(12): ["com/api/webhooks/"] r"discord(?:app)?\.com/api/webhooks/([0-9]{16,20}/[A-Za-z0-9_-]{55,80})" => "https://discord.com/api/webhooks/{d18}/{u68}", "https://discord.com/api/webhooks/";
    "telegram-token" "Telegram bot token" at Around(12) then r"[A-Za-z0-9_-]{32}": [":AA"] r"(?:[^0-9]|\A)([0-9]{8,10}:AA[A-Za-z0-9_-]{32,34})(?:[^A-Za-z0-9_-]|\z)" => "{d10}:AA{u33}", "{d4}:AA{w5}";
    "twilio-key" "Twilio API key": ["SK"] r"([0-9a-f]{32})" => "SK{h32}", "SK{h8}";
    "sendgrid-key" "SendGrid API key": ["SG."] r"([A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50})" => "SG.{u22}.{u43}", "SG.{w8}";
    "mailgun-key" "Mailgun API key": ["key-"] r"([0-9a-f]{32})" => "key-{h32}", "key-{h8}";
    "mailgun-private-key" "Mailgun API key of the newer form" in Value at Whole: [] r"([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})" => "{h32}-{h8}-{h8}", "{h32}-{h8}";
    "mailchimp-key" "Mailchimp API key" at Around(36) then r"[0-9]": ["-us"] r"(?:[^0-9a-f]|\A)([0-9a-f]{32}-us[0-9]{1,2})(?:[^0-9a-z]|\z)" => "{h32}-us12", "{h12}-us12";
    "mandrill-key" "Mandrill API key" is Mixed: ["md-"] r"([A-Za-z0-9_-]{22})" => "md-{w22}", "md-{l22}";
    "resend-key" "Resend API key" is Mixed: ["re_"] r"([A-Za-z0-9]{8}_[A-Za-z0-9_]{20,30})" => "re_{w8}_{w24}", "re_{w8}";
    "brevo-key" "Brevo key": ["xkeysib-" "xsmtpsib-"] r"([0-9a-f]{64}-[A-Za-z0-9]{16})" => "xkeysib-{h64}-{w16}", "xkeysib-{h8}";
    "mailersend-token" "MailerSend API token": ["mlsn."] r"([0-9a-f]{64})" => "mlsn.{h64}", "mlsn.{h8}";
    "klaviyo-key" "Klaviyo private key": ["pk_"] r"([0-9a-f]{34})" => "pk_{h34}", "pk_{h8}";
    "intercom-token" "Intercom access token": ["dG9rO"] r"([A-Za-z0-9+/]{50,60}={0,2})" => "dG9rO{b54}=", "dG9rO{w8}";
    "teams-webhook" "Microsoft Teams webhook address" at Around(60): ["webhook.office.com/webhookb2/"] r"webhook\.office\.com/webhookb2/([0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})" => "https://a.webhook.office.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{h32}/{uuid}", "https://a.webhook.office.com/webhookb2/";
    "google-chat-webhook" "Google Chat webhook address" at Around(0): ["chat.googleapis.com/v1/spaces/"] r"chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_-]{6,20}/messages\?(?:key=[A-Za-z0-9_-]{20,60}&)?token=([A-Za-z0-9_%-]{30,})" => "https://chat.googleapis.com/v1/spaces/AAAA{w6}/messages?token={u43}", "https://chat.googleapis.com/v1/spaces/AAAA/messages";
    "automation-webhook" "webhook address of Zapier, Make, IFTTT, or Pipedream" at Around(30): ["hooks.zapier.com/hooks/catch/" ".make.com/" ".integromat.com/" "maker.ifttt.com/"] r"(?:hooks\.zapier\.com/hooks/catch/[0-9]{5,9}/([a-z0-9]{6,12})|hook\.(?:[a-z0-9]{2,4}\.)?(?:make|integromat)\.com/([a-z0-9]{32})|maker\.ifttt\.com/trigger/[A-Za-z0-9_]{1,40}/(?:json/)?with/key/([A-Za-z0-9_-]{20,60}))" => "https://hooks.zapier.com/hooks/catch/{d7}/{x7}", "https://hooks.zapier.com/hooks/catch/";
    "chat-robot-webhook" "webhook address of a chat robot" at Around(40): ["open-apis/bot/v2/hook/" "robot/send?access_token=" "cgi-bin/webhook/send?key="] r"(?:open-apis/bot/v2/hook/|robot/send\?access_token=|cgi-bin/webhook/send\?key=)([0-9a-f-]{36,64})" => "https://oapi.dingtalk.com/robot/send?access_token={h64}", "https://oapi.dingtalk.com/robot/send";
    "onesignal-key" "OneSignal API key": ["os_v2_app_" "os_v2_org_"] r"([a-z2-7]{60,})" => "os_v2_app_{v103}", "os_v2_app_{l8}";
    "ably-key" "Ably API key" in Value at Whole: [] r"([A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43})" => "{w6}.{w6}:{u43}", "{w6}.{w6}";
    "twitch-token" "Twitch chat token": ["oauth:"] r"([a-z0-9]{30})" => "oauth:{x30}", "oauth:{x8}";
    "twitter-bearer-token" "X bearer token": ["AAAAAAAAAAAAAAAAAAAAA"] r"([A-Za-z0-9%]{60,})" => "AAAAAAAAAAAAAAAAAAAAA{w80}", "AAAAAAAAAAAAAAAAAAAAA";
    "meta-token" "Meta access token" is Mixed: ["EAAC" "EAAB" "EAAG" "EAAJ" "EAAD" "EAAF" "EAAI" "EAAM" "EAAN" "EAAO" "EAAP" "IGQV" "IGAA"] r"([A-Za-z0-9_-]{80,})" => "EAAC{w160}", "EAAC{w20}";
    "linkedin-token" "LinkedIn token": ["WPL_AP1." "WPL_AP0."] r"([A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_=+/-]{6,20})" => "WPL_AP1.{w16}.{w8}", "WPL_AP1.{w4}";
    "matrix-token" "Matrix access token": ["syt_"] r"([A-Za-z0-9=_.-]{2,}_[A-Za-z]{20}_[A-Za-z0-9]{6})" => "syt_{x8}_{U20}_{w6}", "syt_{x8}";
};
