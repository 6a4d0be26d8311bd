//! A family of rules that xtask does not have: exceptions and all renderers handle its findings without any change.
#![expect(
    clippy::disallowed_methods,
    clippy::too_many_lines,
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written by a tool"
)]

use snapbox::{IntoData, assert_data_eq, str};

use crate::documents::findings::FindingDocument;
use crate::domain::config::parse_with;
use crate::domain::finding::{
    Allowed, Day, Family, FileName, Finding, ImageName, Position, Rule, Severity, Site, What, apply,
};
use crate::domain::problem::{Place, SourceText};
use crate::domain::rules::{RULES, Rules};
use crate::domain::secrets::{self, merged};
use crate::ui::report::{github, human, sarif};

/// A family beside the secrets.
const PORTS: Family = Family { name: "ports", listed_by: "cargo xtask ports", rules };

/// The table of rules with the new family in it.
const TABLE: Rules = Rules::of(&[secrets::FAMILY, PORTS]);

const OTHER_PORT: Rule = Rule {
    id: "other-port",
    family: "ports",
    severity: Severity::Error,
    what: "port that the contract does not name",
    never_allowed: None,
    page: "docs/ports/other-port.md",
};

const NO_PORT: Rule = Rule {
    id: "no-port",
    severity: Severity::Warning,
    what: "component without a port",
    never_allowed: Some("without a port, a component cannot be reached"),
    ..OTHER_PORT
};

fn rules() -> Vec<Rule> {
    vec![OTHER_PORT, NO_PORT]
}

const DOCKERFILE: &str = "FROM node:20-alpine\nEXPOSE 8080\n";

/// A finding at each kind of site that is not specific to secrets.
fn findings() -> Vec<Finding> {
    let start = DOCKERFILE.find("8080").unwrap();
    let place = Place::in_source("web/Dockerfile", &SourceText::new(DOCKERFILE), start..start + 4, "not 3000");
    let instruction = Site::Instruction {
        file: FileName::new("web/Dockerfile"),
        at: Position { line: Some(place.line), column: Some(place.column) },
        what: "EXPOSE".to_owned(),
        name: None,
        component: Some("web".to_owned()),
    };
    let exposed = What::Sentence("the image exposes port 8080".to_owned());
    let key = Site::Key {
        file: FileName::new("taskflow.toml"),
        at: Position::line(7),
        key: "component.web.contract.port".to_owned(),
    };
    let file = Site::File {
        file: FileName::new("web/Docker: 100%,\nfile"),
        at: Position::default(),
        offset: None,
        ignore: None,
    };
    let image = ImageName { image: "shop-web:1.0.0".to_owned(), component: Some("web".to_owned()) };
    let part = Site::Config { of: image, part: "ExposedPorts".to_owned() };
    let other = |site| Finding::new(OTHER_PORT, site, What::AroundSite("a port stands in ", ": 8080".to_owned()));
    vec![
        Finding {
            wanted: Some("contract: Frontend Image, port 3000".into()),
            notes: vec!["it is the last `EXPOSE` of the final stage".to_owned()],
            remedies: vec!["write `EXPOSE 3000`".to_owned(), "declare port 8080 in taskflow.toml".to_owned()],
            snippet: place.snippet,
            ..Finding::new(OTHER_PORT, instruction, exposed)
        },
        other(key),
        other(part),
        Finding::new(NO_PORT, file, What::AroundSite("no port stands in ", String::new())),
    ]
}

#[test]
fn people_read_it_with_the_line_and_the_remedies() {
    assert_data_eq!(
        human::plain_text(&findings()),
        str![[r#"
error[other-port]: the image exposes port 8080
 --> web/Dockerfile:2:8
  |
2 | EXPOSE 8080
  |        ^^^^ not 3000
note: it is the last `EXPOSE` of the final stage
note: contract: Frontend Image, port 3000
hint: write `EXPOSE 3000`
hint: declare port 8080 in taskflow.toml

error[other-port]: a port stands in `taskflow.toml:component.web.contract.port`: 8080
  --> taskflow.toml:7

error[other-port]: a port stands in `ExposedPorts` in the configuration of `shop-web:1.0.0`: 8080

warning[no-port]: no port stands in `web/Docker: 100%,
file`
  --> web/Docker: 100%,
file


"#]]
        .raw()
    );
}

#[test]
fn github_shows_it_beside_the_line() {
    let lines: Vec<String> = findings().iter().map(github::annotation).collect();
    assert_data_eq!(
        lines.join("\n"),
        str![[r#"
::error file=web/Dockerfile,line=2,col=8,title=other-port::the image exposes port 8080
::error file=taskflow.toml,line=7,title=other-port::a port stands in `taskflow.toml:component.web.contract.port`: 8080
::error title=other-port::a port stands in `ExposedPorts` in the configuration of `shop-web:1.0.0`: 8080
::warning file=web/Docker%3A 100%25%2C%0Afile,title=no-port::no port stands in `web/Docker: 100%25,%0Afile`
"#]]
        .raw()
    );
}

#[test]
fn json_has_what_is_there_what_is_wanted_and_the_remedy() {
    let documents: Vec<FindingDocument> = findings().iter().map(FindingDocument::from).collect();
    assert_data_eq!(
        serde_json::to_string_pretty(&documents).unwrap(),
        str![[r#"
[
  {
    "rule": "other-port",
    "severity": "error",
    "place": "web/Dockerfile:EXPOSE",
    "file": "web/Dockerfile",
    "line": 2,
    "column": 8,
    "what": "the image exposes port 8080",
    "wanted": "contract: Frontend Image, port 3000",
    "remedy": "write `EXPOSE 3000`\ndeclare port 8080 in taskflow.toml",
    "documentation": "docs/ports/other-port.md#other-port"
  },
  {
    "rule": "other-port",
    "severity": "error",
    "place": "taskflow.toml:component.web.contract.port",
    "file": "taskflow.toml",
    "line": 7,
    "what": "a port stands in `taskflow.toml:component.web.contract.port`: 8080",
    "documentation": "docs/ports/other-port.md#other-port"
  },
  {
    "rule": "other-port",
    "severity": "error",
    "place": "image:web:ExposedPorts",
    "what": "a port stands in `ExposedPorts` in the configuration of `shop-web:1.0.0`: 8080",
    "documentation": "docs/ports/other-port.md#other-port"
  },
  {
    "rule": "no-port",
    "severity": "warning",
    "place": "web/Docker: 100%,\nfile",
    "file": "web/Docker: 100%,\nfile",
    "what": "no port stands in `web/Docker: 100%,\nfile`",
    "documentation": "docs/ports/other-port.md#no-port"
  }
]
"#]]
        .raw()
    );
}

#[test]
fn sarif_has_its_rules_and_places() {
    assert_data_eq!(
        sarif::document(&findings()),
        str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "web/Dockerfile"
                },
                "region": {
                  "startColumn": 8,
                  "startLine": 2
                }
              }
            }
          ],
          "message": {
            "text": "the image exposes port 8080"
          },
          "partialFingerprints": {
            "place/v1": "other-port:web/Dockerfile:EXPOSE"
          },
          "ruleId": "other-port"
        },
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "taskflow.toml"
                },
                "region": {
                  "startLine": 7
                }
              }
            }
          ],
          "message": {
            "text": "a port stands in `taskflow.toml:component.web.contract.port`: 8080"
          },
          "partialFingerprints": {
            "place/v1": "other-port:taskflow.toml:component.web.contract.port"
          },
          "ruleId": "other-port"
        },
        {
          "level": "error",
          "locations": [
            {
              "logicalLocations": [
                {
                  "fullyQualifiedName": "image:web:ExposedPorts"
                }
              ]
            }
          ],
          "message": {
            "text": "a port stands in `ExposedPorts` in the configuration of `shop-web:1.0.0`: 8080"
          },
          "partialFingerprints": {
            "place/v1": "other-port:image:web:ExposedPorts"
          },
          "ruleId": "other-port"
        },
        {
          "level": "warning",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "web/Docker%3A%20100%25,%0Afile"
                }
              }
            }
          ],
          "message": {
            "text": "no port stands in `web/Docker: 100%,\nfile`"
          },
          "partialFingerprints": {
            "place/v1": "no-port:web/Docker: 100%,\nfile"
          },
          "ruleId": "no-port"
        }
      ],
      "tool": {
        "driver": {
          "name": "xtask",
          "rules": [
            {
              "help": {
                "text": "docs/ports/other-port.md#no-port"
              },
              "id": "no-port",
              "shortDescription": {
                "text": "component without a port"
              }
            },
            {
              "help": {
                "text": "docs/ports/other-port.md#other-port"
              },
              "id": "other-port",
              "shortDescription": {
                "text": "port that the contract does not name"
              }
            }
          ],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}
"#]]
        .raw()
    );
}

#[test]
fn what_merges_secrets_leaves_it_alone() {
    assert_eq!(merged(&findings()), findings());
}

/// A taskflow.toml with one exception.
fn allowing(place: &str, rule: &str) -> String {
    format!(
        "schema = 1\n[project]\nname = \"shop\"\n[component.web]\ncontext = \"web\"\n[[allow]]\nplace = \"{place}\"\n\
         rule = \"{rule}\"\nreason = \"a demonstration\"\nexpires = 2027-01-31\n"
    )
}

#[test]
fn an_exception_in_taskflow_toml_allows_it() {
    let today: Day = "2027-01-31".parse().unwrap();
    for place in ["web/Dockerfile:EXPOSE", "taskflow.toml:component.web.contract.port", "image:web:ExposedPorts"] {
        let config = parse_with(TABLE, "taskflow.toml", &allowing(place, "other-port")).unwrap();
        let Allowed { findings: left, problems, allowed } =
            apply(&config.exceptions_of(PORTS), findings(), &today, &|_| true);
        let allowed: Vec<String> = allowed.iter().map(|(finding, _)| finding.site.place()).collect();
        assert_eq!((allowed, left.len(), problems.len()), (vec![place.to_owned()], findings().len() - 1, 0));
        // The search for secrets does not evaluate the rule, so it cannot report that the exception is unused.
        assert!(config.exceptions_of(secrets::FAMILY).is_empty());
        let unused = apply(&config.exceptions_of(PORTS), Vec::new(), &today, &|_| true);
        assert_eq!(unused.problems.len(), 1, "{place}");
    }
}

#[test]
fn an_exception_names_a_rule_of_the_table_that_has_exceptions() {
    let problems = |rules, rule| parse_with(rules, "taskflow.toml", &allowing("web/a", rule)).unwrap_err();
    let [never] = problems(TABLE, "no-port").try_into().unwrap();
    assert_eq!(never.message, "rule `no-port` cannot be allowed anywhere");
    assert_eq!(never.notes, ["without a port, a component cannot be reached"]);
    let [unknown] = problems(RULES, "other-port").try_into().unwrap();
    assert_eq!(unknown.message, "there is no rule `other-port`");
    let [listed] = problems(TABLE, "x").try_into().unwrap();
    assert_eq!(listed.hints, ["list the rules with `cargo xtask secrets rules` and `cargo xtask ports`"]);
}
