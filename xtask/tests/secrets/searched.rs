//! What could not be searched is a finding, on every surface that is searched.

use std::sync::Arc;

use process::{HiddenValue, Invocation};
use secretscan::{Cut, Detector, Origin, TextKind, rules, scan_text, scan_wide};
use serde_json::json;
use xtask::domain::build_arg::BuildArg;
use xtask::domain::config::parse;
use xtask::domain::finding::{ArgSource, Finding};
use xtask::domain::secrets::{
    DescribedImage, build_arg_findings, call_findings, declared_arg_findings, dockerfile_findings, image_findings,
    proxy_findings,
};

use crate::detector;
use crate::samples::expand;

const SHORT: &str = "it has so many beginnings of secrets that secrets of more than 320 bytes were not looked for";
const LONG: &str = "it has the beginning of a secret that may go on behind the 8 KiB that were looked at";

/// A token whose payload has this many more characters.
fn token(more: usize) -> String {
    let token = expand("{jwt}", 3);
    let parts: Vec<&str> = token.split('.').collect();
    format!("{}.{}{}.{}", parts[0], parts[1], expand(&format!("{{w{more}}}"), 9), parts[2])
}

/// Texts that cannot be searched to their end, each with the reason.
fn texts() -> [(String, &'static str); 2] {
    [("https://a:".repeat(700), SHORT), (token(9000), LONG)]
}

/// A place where a text is searched: the rules and reasons that are found there.
type Surface = (&'static str, fn(&Detector, &str) -> Vec<(String, String)>);

fn told(findings: Vec<Finding>) -> Vec<(String, String)> {
    findings.into_iter().map(|finding| (finding.rule.id.to_owned(), finding.reason.unwrap())).collect()
}

fn of_config(more: &str) -> xtask::domain::config::Config {
    let head = "schema = 1\n[project]\nname = \"taskflow\"\nversion = \"1.0.0\"\n[component.web]\ncontext = \"web\"\n";
    parse("taskflow.toml", &format!("{head}{more}")).unwrap()
}

fn build_arg(detector: &Detector, name: &str, text: &str) -> Vec<(String, String)> {
    let arg = BuildArg { value: Some(HiddenValue::new(text)), ..BuildArg::read(name.as_ref()).unwrap() };
    let config = of_config("");
    told(build_arg_findings(detector, &config.components.iter().collect::<Vec<_>>(), &[(arg, ArgSource::CommandLine)]))
}

fn dockerfile(detector: &Detector, lines: &str) -> Vec<(String, String)> {
    told(dockerfile_findings(detector, (Some("web"), "web/Dockerfile"), &format!("FROM scratch\n{lines}\n")))
}

fn image(detector: &Detector, config: &serde_json::Value, history: &str, text: &str) -> Vec<(String, String)> {
    let history = [history.to_owned()];
    let facts = DescribedImage { image: "a:1", component: None, config, history: &history, base: None, text };
    told(image_findings(detector, facts))
}

fn file(detector: &Detector, path: &str, text: &[u8]) -> Vec<(String, String)> {
    let origin = Arc::new(Origin::of_file(path));
    let found = scan_text(detector, &origin, text, 0..text.len(), 0);
    let wide = scan_wide(detector, &origin, text, 0..text.len(), 0);
    found.into_iter().chain(wide).map(|found| (found.verdict.rule.to_owned(), found.verdict.reason)).collect()
}

const SURFACES: [Surface; 30] = [
    ("the value of a build arg", |detector, text| build_arg(detector, "NOTE", text)),
    ("the default of a build arg", |detector, text| {
        let config = of_config(&format!("[component.web.build-args.NOTE]\ndefault = \"{text}\"\n"));
        told(declared_arg_findings(detector, &config.components[0]))
    }),
    ("a label that docker is told", |detector, text| {
        told(call_findings(detector, &Invocation::new("docker", ["build", "--label", &format!("a={text}")])))
    }),
    ("a proxy of the docker client", |detector, text| {
        told(proxy_findings(detector, &[("httpProxy".to_owned(), HiddenValue::new(text))]))
    }),
    ("ARG", |detector, text| dockerfile(detector, &format!("ARG A={text}"))),
    ("ENV", |detector, text| dockerfile(detector, &format!("ENV A={text}"))),
    ("LABEL", |detector, text| dockerfile(detector, &format!("LABEL a={text}"))),
    ("FROM", |detector, text| dockerfile(detector, &format!("FROM {text}"))),
    ("RUN", |detector, text| dockerfile(detector, &format!("RUN echo {text}"))),
    ("RUN with words", |detector, text| dockerfile(detector, &format!("RUN [\"echo\", \"{text}\"]"))),
    ("an assignment in RUN", |detector, text| dockerfile(detector, &format!("RUN A={text} run"))),
    ("a heredoc of RUN", |detector, text| dockerfile(detector, &format!("RUN <<E\necho {text}\nE"))),
    ("a heredoc of COPY", |detector, text| dockerfile(detector, &format!("COPY <<E /a\n{text}\nE"))),
    ("CMD", |detector, text| dockerfile(detector, &format!("CMD echo {text}"))),
    ("HEALTHCHECK", |detector, text| dockerfile(detector, &format!("HEALTHCHECK CMD echo {text}"))),
    ("ONBUILD", |detector, text| dockerfile(detector, &format!("ONBUILD RUN echo {text}"))),
    ("COPY", |detector, text| dockerfile(detector, &format!("COPY {text} /a"))),
    ("a flag", |detector, text| dockerfile(detector, &format!("COPY --from={text} a /a"))),
    ("WORKDIR", |detector, text| dockerfile(detector, &format!("WORKDIR {text}"))),
    ("a comment", |detector, text| dockerfile(detector, &format!("# {text}"))),
    ("a line of what is no Dockerfile", |detector, text| dockerfile(detector, &format!("ENV\nENV A={text}"))),
    ("Env of an image", |detector, text| image(detector, &json!({"Env": [format!("A={text}")]}), "", "")),
    ("a label of an image", |detector, text| image(detector, &json!({"Labels": {"a": text}}), "", "")),
    ("the command of an image", |detector, text| image(detector, &json!({"Cmd": ["echo", text]}), "", "")),
    ("any other text of an image", |detector, text| image(detector, &json!({}), "", text)),
    ("a line of a history", |detector, text| image(detector, &json!({}), &format!("RUN /bin/sh -c echo {text}"), "")),
    ("an arg in a history", |detector, text| {
        image(detector, &json!({}), &format!("RUN |1 A={text} /bin/sh -c true # buildkit"), "")
    }),
    ("a file", |detector, text| file(detector, "a.js", text.as_bytes())),
    ("an environment file", |detector, text| file(detector, ".env.example", format!("A={text}\n").as_bytes())),
    ("a file in UTF-16", |detector, text| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        file(detector, "a.txt", &wide)
    }),
];

#[test]
fn every_surface_tells_what_could_not_be_searched() {
    let detector = detector();
    let mut silent = Vec::new();
    for (text, reason) in texts() {
        for (surface, search) in SURFACES {
            let told = search(&detector, &text);
            if !told.iter().any(|(rule, why)| rule == rules::NOT_SEARCHED && why.starts_with(reason)) {
                silent.push(format!("{surface}: {reason}: {told:?}"));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn every_surface_is_clean_without_such_a_text() {
    let detector = detector();
    for (surface, search) in SURFACES {
        let told = search(&detector, "plain/text");
        assert!(told.is_empty(), "{surface}: {told:?}");
    }
}

#[test]
fn a_name_and_its_value_have_a_verdict_that_says_so() {
    let detector = detector();
    for (text, reason) in texts() {
        let verdict = detector.judge("NOTE", Some(&text)).unwrap();
        assert_eq!((verdict.rule, verdict.reason.as_str()), (rules::NOT_SEARCHED, reason));
        // What is a secret all the same is one.
        let both = format!("{text} {}", expand("ghp_{crc}", 4));
        assert_eq!(detector.judge("NOTE", Some(&both)).unwrap().rule, "github-token");
        assert_eq!(detector.judge_text(&both, TextKind::Text).unwrap().rule, "github-token");
        assert_eq!(detector.judge_text(&text, TextKind::Text).unwrap().rule, rules::NOT_SEARCHED);
        // Nothing that could not be searched is shown.
        assert_eq!(detector.shown(&text), "***");
    }
    assert_eq!(detector.judge("API_TOKEN", Some(&token(9000))).unwrap().rule, rules::SECRET_NAME);
}

#[test]
fn what_could_not_be_searched_makes_no_other_variable_a_secret() {
    let (text, _) = &texts()[0];
    let told = dockerfile(&detector(), &format!("ARG A={text}\nENV B=$C"));
    assert_eq!(told.iter().map(|(rule, _)| rule.as_str()).collect::<Vec<_>>(), [rules::NOT_SEARCHED]);
}

#[test]
fn secrets_up_to_the_reach_are_found_and_longer_ones_are_told() {
    let detector = detector();
    let address = |length: usize| format!("postgresql://app:{}@db.acme.dev/app", expand(&format!("{{w{length}}}"), 5));
    for (secret, rule) in [(token(7000), "jwt"), (address(200), "url-password"), (address(4000), "url-password")] {
        let text = format!("{secret}\n{}", "text\n".repeat(4000));
        let found = detector.scanner().scan(text.as_bytes(), TextKind::Text);
        assert_eq!(found.matches.len(), 1, "{rule}");
        assert_eq!(detector.judge_text(&text, TextKind::Text).unwrap().rule, rule);
        assert_eq!(found.cut, None, "{rule}");
    }
    for secret in [token(9000), address(9000)] {
        let found = detector.scanner().scan(format!("{secret}\n").as_bytes(), TextKind::Text);
        assert_eq!((found.matches.len(), found.cut.map(Cut::reason)), (0, Some(LONG)));
    }
}

#[test]
fn a_long_text_that_is_the_beginning_of_no_secret_is_not_told() {
    let detector = detector();
    let packed = |json: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(json.repeat(3000))
    };
    for text in [
        // A source map, and the data of a page.
        packed("{\"version\":3,\"mappings\":\"AAAA\",\"x\":[]}"),
        // An address that names no user, whatever follows.
        format!("http://www.w3.org/2000/svg%22%20d=%22{}%22", "M0,0:1".repeat(3000)),
        // A long run of letters, and a version of one.
        format!("key-{}", "abcdef".repeat(3000)),
        "x-".repeat(10_000),
    ] {
        let found = detector.scanner().scan(text.as_bytes(), TextKind::Text);
        assert_eq!(found.cut, None, "{}", &text[..60]);
    }
}
