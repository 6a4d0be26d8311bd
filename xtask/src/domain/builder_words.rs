//! Texts of the builders that decide which part of a failed build is reported as the cause. All of them are in this
//! table, with the versions in which they were seen. A text that is not in it has no known cause.

use super::image::Reference;

/// The part of a build that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FailedPart {
    /// A step of the Dockerfile.
    Step,
    /// The Dockerfile is not valid.
    Dockerfile,
    /// A base image could not be found or pulled; holds its name.
    BaseImage(String),
    /// The files of the build context could not be sent.
    Context,
    /// The builder did not start or could not be reached.
    Builder,
    /// The image was built, but could not be put into the engine.
    Export,
    /// A credential helper of the docker client; holds the name of its program.
    CredentialHelper(String),
    /// The part is not known.
    #[default]
    Unknown,
}

/// Prefixes of BuildKit's own steps (buildx 0.13 to 0.30), each with the part that it belongs to. BuildKit's other
/// steps are not known; steps of the Dockerfile begin with `[` and are not among these.
const STEPS: [(&str, FailedPart); 12] = [
    ("[internal] booting buildkit", FailedPart::Builder),
    ("[internal] waiting for connection", FailedPart::Builder),
    ("[internal] creating container", FailedPart::Builder),
    ("[internal] load build definition", FailedPart::Dockerfile),
    ("[internal] load build context", FailedPart::Context),
    ("[internal] load .dockerignore", FailedPart::Context),
    ("[internal]", FailedPart::Unknown),
    ("[auth]", FailedPart::Unknown),
    ("exporting to ", FailedPart::Export),
    ("sending tarball", FailedPart::Export),
    ("importing to docker", FailedPart::Export),
    ("loading to docker", FailedPart::Export),
];

/// Prefixes before the name of a base image in the name of a step.
const LOOKED_UP: [&str; 2] = ["load metadata for ", "resolve image config for "];

/// Texts of the docker client and of buildx that are printed outside of any step.
const WORDS: [(&str, FailedPart); 8] = [
    ("no builder \"", FailedPart::Builder),
    ("failed to find driver for", FailedPart::Builder),
    ("no valid drivers found", FailedPart::Builder),
    ("failed to initialize builder", FailedPart::Builder),
    ("failed to list workers", FailedPart::Builder),
    ("failed to get status", FailedPart::Builder),
    ("failed to dial", FailedPart::Builder),
    ("unable to prepare context", FailedPart::Context),
];

/// Returns the part that a failed step belongs to, by the name of the step.
pub fn part_of_step(step: &str) -> FailedPart {
    if let Some((_, image)) = LOOKED_UP.iter().find_map(|words| step.split_once(words)) {
        return FailedPart::BaseImage(short_name(image.trim_start_matches("docker-image://")));
    }
    if let Some((_, part)) = STEPS.iter().find(|(beginning, _)| step.starts_with(beginning)) {
        return part.clone();
    }
    // `[builder 1/6] FROM image@digest` and `Step 1/9 : FROM image AS builder`.
    for words in ["] FROM ", " : FROM "] {
        if let Some((_, rest)) = step.split_once(words) {
            let name = rest.split_whitespace().find(|word| !word.starts_with("--")).unwrap_or_default();
            return FailedPart::BaseImage(short_name(name));
        }
    }
    let is_own = step.starts_with('[') || step.starts_with("Step ");
    if is_own { FailedPart::Step } else { FailedPart::Unknown }
}

/// Returns the part that a line of output belongs to, regardless of the step.
pub fn part_of_line(line: &str) -> Option<FailedPart> {
    if !line.to_ascii_lowercase().contains("error") {
        return None;
    }
    if let Some(helper) = credential_helper(line) {
        return Some(FailedPart::CredentialHelper(helper));
    }
    WORDS.iter().find(|(words, _)| line.contains(words)).map(|(_, part)| part.clone())
}

/// Returns the program in
/// `error getting credentials - err: exec: "docker-credential-desktop": executable file not found`.
fn credential_helper(line: &str) -> Option<String> {
    const PREFIX: &str = "docker-credential-";
    let (_, rest) = line.split_once("error getting credentials").filter(|(_, rest)| rest.contains(PREFIX))?;
    let (_, rest) = rest.split_once(PREFIX)?;
    let name: String =
        rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter)).collect();
    Some(format!("{PREFIX}{name}"))
}

/// Returns the name in buildx's `no builder "NAME" found`.
pub fn missing_builder(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("no builder \"")?;
    rest.split_once("\" found").map(|(name, _)| name)
}

/// The builder that buildx uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuilderInUse {
    /// The name.
    pub name: String,
    /// The driver: `docker` is the engine's own builder; builders with other drivers keep their images to themselves.
    pub driver: String,
}

impl BuilderInUse {
    /// Parses the first two facts that `docker buildx inspect` prints.
    pub fn inspected(said: &str) -> Option<Self> {
        let value = |key: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim().to_owned()).filter(|value| !value.is_empty())
        };
        Some(Self { name: value("Name:")?, driver: value("Driver:")? })
    }

    /// Parses the first line of buildx: `#0 building with "NAME" instance using remote driver`.
    pub fn announced(line: &str) -> Option<Self> {
        let (name, rest) = line.strip_prefix("#0 building with \"")?.split_once('"')?;
        let driver = rest.strip_prefix(" instance using ")?.strip_suffix(" driver")?;
        Some(Self { name: name.to_owned(), driver: driver.to_owned() })
    }

    /// Returns the name for messages.
    pub fn describe(&self) -> String {
        format!("builder `{}` (driver `{}`)", self.name, self.driver)
    }
}

/// Returns a name as Dockerfiles write it.
fn short_name(name: &str) -> String {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    name.parse::<Reference>().map_or_else(|_| name.to_owned(), |reference| reference.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_of_the_dockerfile_are_blamed_on_it() {
        for (step, expected) in [
            ("[internal] booting buildkit", FailedPart::Builder),
            ("[internal] waiting for connection", FailedPart::Builder),
            (
                "[internal] load metadata for docker.io/library/node:20-alpine",
                FailedPart::BaseImage("node:20-alpine".to_owned()),
            ),
            (
                "resolve image config for docker-image://docker/dockerfile:1",
                FailedPart::BaseImage("docker/dockerfile:1".to_owned()),
            ),
            ("[builder 1/3] FROM docker.io/library/node:20@sha256:12", FailedPart::BaseImage("node:20".to_owned())),
            ("Step 1/3 : FROM --platform=linux/arm64 node:20 AS x", FailedPart::BaseImage("node:20".to_owned())),
            ("[internal] load build definition from Dockerfile", FailedPart::Dockerfile),
            ("[internal] load build context", FailedPart::Context),
            ("[internal] something new", FailedPart::Unknown),
            ("[auth] library/node:pull token for registry-1", FailedPart::Unknown),
            ("exporting to image", FailedPart::Export),
            ("[builder 3/6] RUN npm ci", FailedPart::Step),
            ("Step 3/9 : RUN npm ci", FailedPart::Step),
            ("something else", FailedPart::Unknown),
        ] {
            assert_eq!(part_of_step(step), expected, "{step}");
        }
    }

    #[test]
    fn words_outside_of_steps_have_their_part() {
        assert_eq!(part_of_line("ERROR: no builder \"gone\" found"), Some(FailedPart::Builder));
        assert_eq!(missing_builder("ERROR: no builder \"gone\" found"), Some("gone"));
        let said = "ERROR: error getting credentials - err: exec: \"docker-credential-desktop\": executable file not found in $PATH, out: ``";
        let helper = FailedPart::CredentialHelper("docker-credential-desktop".to_owned());
        assert_eq!(part_of_line(said), Some(helper));
        assert_eq!(part_of_line("#6 0.3 no builder \"x\" found"), None);
        assert_eq!(part_of_line("unknown flag: --provenance"), None);
    }

    #[test]
    fn the_builder_in_use_is_read_from_both_places() {
        let expected = BuilderInUse { name: "far".to_owned(), driver: "docker-container".to_owned() };
        let inspected = "Name:          far\nDriver:        docker-container\n\nNodes:\nName:     far0\n";
        assert_eq!(BuilderInUse::inspected(inspected), Some(expected.clone()));
        let announced = "#0 building with \"far\" instance using docker-container driver";
        assert_eq!(BuilderInUse::announced(announced), Some(expected));
        assert_eq!(BuilderInUse::inspected("ERROR: no builder \"gone\" found"), None);
        assert_eq!(BuilderInUse::announced("#1 [internal] booting buildkit"), None);
    }

    proptest::proptest! {
        #[test]
        fn bookkeeping_is_never_a_step_of_the_dockerfile(rest in ".{0,40}") {
            proptest::prop_assert_ne!(part_of_step(&format!("[internal] {rest}")), FailedPart::Step);
            proptest::prop_assert_ne!(part_of_step(&format!("[auth] {rest}")), FailedPart::Step);
        }
    }
}
