//! Finds files in an image that the ignore file must exclude from the build context.

use std::collections::BTreeMap;

use dockerfile::ignore_file::IgnoreFile;

use super::subject::Subject;
use crate::domain::contract::Verdict;
use crate::domain::contract::verify_rules::IMAGE_IGNORED_FILES;
use crate::domain::finding::{ImageName, Offset, Site};
use crate::domain::text::count;

/// Folders and files that a build makes anew, so that their presence in an image alone means nothing.
const MADE: [&str; 12] = [
    "node_modules",
    ".next",
    "__pycache__",
    "*.pyc",
    "*.pyo",
    ".venv",
    "venv",
    ".pytest_cache",
    "dist",
    "build",
    "target",
    "out",
];

/// npm gives all files of packages the same time, 1985-10-26: it does not tell where a file comes from.
const TIME_OF_NPM: u64 = 499_162_500;

/// The size and the time of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileStamp {
    /// The size in bytes.
    pub bytes: u64,
    /// The time of the last change, in seconds since 1970.
    pub seconds: u64,
}

/// A file in a layer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippedFile {
    /// Its path, without a leading slash.
    pub path: String,
    /// Its size and time.
    pub stamp: FileStamp,
}

/// Returns the path of a file in the build context, if the file is where `COPY . .` would put it and an entry of the
/// contract covers it. The second value tells whether the entry is for something that a build makes anew.
pub fn in_context<'a>(file: &'a ShippedFile, workdir: &str, entries: &Entries) -> Option<(&'a str, bool)> {
    let folder = workdir.trim_matches('/');
    let path = match folder {
        "" => file.path.as_str(),
        folder => file.path.strip_prefix(folder)?.strip_prefix('/')?,
    };
    let is_other = entries.others.decide(path).excluded;
    (is_other || entries.made.decide(path).excluded).then_some((path, !is_other))
}

/// The entries of the contract, by whether a build makes the files anew.
#[derive(Clone, Debug)]
pub struct Entries {
    made: IgnoreFile,
    others: IgnoreFile,
}

impl Entries {
    /// Parses the entries of a contract.
    pub fn new(entries: &[String]) -> Self {
        let plain = |entry: &str| entry.trim().trim_start_matches("**/").trim_matches('/').to_owned();
        let (made, others): (Vec<&String>, Vec<&String>) =
            entries.iter().partition(|entry| MADE.contains(&plain(entry).as_str()));
        // The entries were parsed when taskflow.toml was read.
        let parse = |entries: Vec<&String>| {
            let text: Vec<&str> = entries.into_iter().map(String::as_str).collect();
            IgnoreFile::parse(&text.join("\n")).unwrap_or_default()
        };
        Self { made: parse(made), others: parse(others) }
    }
}

/// Judges the files in the layers above the base image; `layers` are their digests with their files. `stamps` has the
/// stamps of the files in the build context, by path.
pub fn judge(
    subject: &Subject<'_>,
    layers: &[(String, Vec<ShippedFile>)],
    stamps: &BTreeMap<String, FileStamp>,
) -> Verdict {
    let Some(ignore) = &subject.contract.ignore else { return Verdict::Held(None) };
    let entries = Entries::new(&ignore.value);
    let workdir = subject.contract.workdir.as_ref().map_or("/", |workdir| workdir.value.as_str());
    let (mut findings, mut files) = (Vec::new(), 0_usize);
    for (digest, shipped) in layers {
        files = files.saturating_add(shipped.len());
        for file in shipped {
            let Some((path, is_made)) = in_context(file, workdir, &entries) else { continue };
            let is_copy = stamps.get(path) == Some(&file.stamp) && file.stamp.seconds != TIME_OF_NPM;
            if is_made && !is_copy {
                continue;
            }
            let of = ImageName { image: subject.reference.to_owned(), component: Some(subject.component.to_owned()) };
            let offset = Offset { bytes: 0, of: None };
            let site = Site::Layer { of, digest: digest.clone(), path: format!("/{}", file.path), offset };
            let what = format!(
                "`/{}` is in `{}`, although the ignore file must exclude `{path}`",
                file.path, subject.reference
            );
            findings.push(Subject::finding(IMAGE_IGNORED_FILES, site, what));
        }
    }
    if findings.is_empty() {
        return Verdict::Held(Some(format!("{} above the base image", count(files, "file"))));
    }
    Verdict::Broken(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contract::declared::{Contract, Declared};

    fn file(path: &str, seconds: u64) -> ShippedFile {
        ShippedFile { path: path.to_owned(), stamp: FileStamp { bytes: 5, seconds } }
    }

    fn found(files: &[ShippedFile], context: &[(&str, u64)]) -> Vec<String> {
        let ignore = ["node_modules", "tests/", "*.md", ".env*", "__pycache__"].map(str::to_owned).to_vec();
        let contract = Contract {
            ignore: Some(Declared { value: ignore, line: 1 }),
            workdir: Some(Declared { value: "/app".to_owned(), line: 2 }),
            ..Contract::default()
        };
        let subject = Subject { component: "web", reference: "a-web:1", file: "taskflow.toml", contract: &contract };
        let stamps =
            context.iter().map(|(path, seconds)| ((*path).to_owned(), FileStamp { bytes: 5, seconds: *seconds }));
        match judge(&subject, &[("sha256:0".to_owned(), files.to_vec())], &stamps.collect()) {
            Verdict::Broken(findings) => findings.iter().map(|finding| finding.site.place()).collect(),
            Verdict::Held(figure) => vec![figure.unwrap_or_default()],
            Verdict::NotDecided(reason) => vec![reason],
        }
    }

    #[test]
    fn what_must_be_excluded_is_found_where_the_context_lands() {
        let image = [
            file("app/server.js", 1),
            file("app/.env.local", 1),
            file("app/tests/unit/a.py", 1),
            file("app/README.md", 1),
            file("usr/share/README.md", 1),
            file("app/node_modules/x/README.md", 1),
        ];
        let expected = ["image:web:/app/.env.local", "image:web:/app/tests/unit/a.py", "image:web:/app/README.md"];
        assert_eq!(found(&image, &[]), expected);
        assert_eq!(found(&image[..1], &[]), ["1 file above the base image"]);
    }

    #[test]
    fn what_a_build_makes_anew_counts_only_if_it_is_the_same_file() {
        let image = [file("app/node_modules/x/a.js", 100), file("app/__pycache__/main.pyc", 200)];
        assert_eq!(found(&image, &[]), ["2 files above the base image"]);
        assert_eq!(found(&image, &[("node_modules/x/a.js", 101)]), ["2 files above the base image"]);
        let copied = ["image:web:/app/node_modules/x/a.js"];
        assert_eq!(found(&image, &[("node_modules/x/a.js", 100), ("__pycache__/main.pyc", 1)]), copied);
        let of_npm = [file("app/node_modules/x/a.js", TIME_OF_NPM)];
        assert_eq!(found(&of_npm, &[("node_modules/x/a.js", TIME_OF_NPM)]), ["1 file above the base image"]);
    }
}
