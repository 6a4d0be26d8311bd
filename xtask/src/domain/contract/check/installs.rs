//! Programs that install packages and dependencies, and that build applications.

use dockerfile::shell::ShellCommand;

/// What a command installs or builds.
pub(super) enum Install {
    /// Packages of the distribution.
    Packages(Vec<String>),
    /// Dependencies of the application.
    Dependencies {
        /// The package manager.
        manager: String,
        /// The words that say it.
        words: String,
        /// Whether the application itself is left out, so that its sources are not read.
        is_without_project: bool,
    },
    /// A build of the application, with the words that say it.
    Build(String),
}

/// Package managers of distributions with their words for an installation.
const PACKAGE_MANAGERS: [(&str, &[&str]); 9] = [
    ("apt-get", &["install", "build-dep"]),
    ("apt", &["install", "build-dep"]),
    ("aptitude", &["install", "build-dep"]),
    ("apk", &["add"]),
    ("dnf", &["install"]),
    ("microdnf", &["install"]),
    ("yum", &["install"]),
    ("zypper", &["install", "in"]),
    ("tdnf", &["install"]),
];

/// Options of package managers with a value in the next word.
const WITH_VALUE: [&str; 28] = [
    "-t",
    "--virtual",
    "--target-release",
    "-X",
    "--repository",
    "-p",
    "--root",
    "-o",
    "--option",
    "--prefix",
    "-C",
    "--cwd",
    "--dir",
    "-w",
    "--workspace",
    "-F",
    "--filter",
    "--registry",
    "--cache",
    "--cache-dir",
    "--loglevel",
    "--project",
    "--directory",
    "-f",
    "--file",
    "--manifest-path",
    "--proxy",
    "--python",
];

/// Package managers of languages with their words for an installation of dependencies, and those for a build.
const LANGUAGE_MANAGERS: [(&str, &[&str], &[&str]); 21] = [
    ("npm", &["ci", "install", "i", "add", "install-test", "it", "clean-install", "install-clean", "cit"], &[]),
    ("pnpm", &["install", "i", "add", "fetch"], &["build"]),
    ("yarn", &["install", "add"], &["build"]),
    ("bun", &["install", "i", "add"], &["build"]),
    ("pip", &["install"], &["wheel"]),
    ("pip3", &["install"], &["wheel"]),
    ("pipx", &["install"], &[]),
    ("uv", &["sync", "install"], &["build"]),
    ("poetry", &["install", "sync"], &["build"]),
    ("pdm", &["install", "sync"], &["build"]),
    ("pipenv", &["install", "sync"], &[]),
    ("conda", &["install"], &[]),
    ("bundle", &["install"], &[]),
    ("gem", &["install"], &["build"]),
    ("composer", &["install"], &[]),
    ("go", &["mod", "get"], &["build", "install"]),
    ("cargo", &["fetch"], &["build", "install"]),
    ("mvn", &["dependency:go-offline", "dependency:resolve"], &["package", "install", "verify", "compile"]),
    ("mvnw", &["dependency:go-offline", "dependency:resolve"], &["package", "install", "verify", "compile"]),
    ("gradle", &["dependencies"], &["build", "assemble", "bootJar"]),
    ("gradlew", &["dependencies"], &["build", "assemble", "bootJar"]),
];

/// Words of package managers between the program and the word that says what it does.
const GROUPS: [&str; 5] = ["pip", "tool", "global", "clean", "workspace"];

/// Programs that build an application, with their first argument; empty for any.
const BUILDERS: [(&str, &str); 14] = [
    ("next", "build"),
    ("vite", "build"),
    ("nuxt", "build"),
    ("ng", "build"),
    ("astro", "build"),
    ("gatsby", "build"),
    ("remix", "build"),
    ("react-scripts", "build"),
    ("turbo", "build"),
    ("nx", "build"),
    ("tsc", ""),
    ("webpack", ""),
    ("rollup", ""),
    ("esbuild", ""),
];

/// Options that leave the application itself out of an installation.
const WITHOUT_PROJECT: [&str; 5] =
    ["--no-install-project", "--no-install-workspace", "--no-root", "--no-self", "--only-deps"];

/// Options of an installation of nothing but the application itself.
const ONLY_PROJECT: [&str; 4] = ["--no-deps", "--only-root", "--no-dependencies", "--only-install-project"];

/// Returns what a command installs or builds; none for other commands.
pub(super) fn install(command: &ShellCommand) -> Option<Install> {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let (program, rest) = started(&words)?;
    if let Some((_, names)) = PACKAGE_MANAGERS.iter().find(|(name, _)| name == program) {
        let at = action(rest, names)?;
        let mut packages = operands(rest.get(at + 1..)?);
        // The dependencies of a build include compilers.
        packages.extend((rest.get(at) == Some(&"build-dep")).then_some("build-essential"));
        return Some(Install::Packages(packages.into_iter().map(str::to_owned).collect()));
    }
    let manager = if program.starts_with("pip3.") { "pip3" } else { program };
    let Some((_, installs, builds)) = LANGUAGE_MANAGERS.iter().find(|(name, ..)| *name == manager) else {
        let is_builder =
            |(name, word): &&(&str, &str)| *name == *program && (word.is_empty() || operands(rest).contains(word));
        let (name, word) = BUILDERS.iter().find(is_builder)?;
        return Some(Install::Build(format!("{name} {word}").trim_end().to_owned()));
    };
    let said = |word: Option<&str>| [Some(*program), word].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let dependencies = |word: Option<&str>| Install::Dependencies {
        manager: (*manager).to_owned(),
        words: said(word),
        is_without_project: rest.iter().any(|word| WITHOUT_PROJECT.contains(word)),
    };
    if let Some(word) = action(rest, installs).and_then(|at| rest.get(at)) {
        let is_own = rest.iter().any(|word| ONLY_PROJECT.contains(word));
        return Some(if is_own { Install::Build(said(Some(word))) } else { dependencies(Some(word)) });
    }
    // `npm run build`, with any suffix of the script.
    if let Some(at) = action(rest, &["run", "run-script"])
        && let Some(script) = operands(rest.get(at + 1..)?).first().filter(|script| script.starts_with("build"))
        && ["npm", "pnpm", "yarn", "bun"].contains(&manager)
    {
        return Some(Install::Build(format!("{program} run {script}")));
    }
    if let Some(word) = action(rest, builds).and_then(|at| rest.get(at)) {
        return Some(Install::Build(said(Some(word))));
    }
    // `yarn` alone installs.
    (manager == "yarn" && rest.iter().all(|word| word.starts_with('-'))).then(|| dependencies(None))
}

/// Returns the program that a package manager or an interpreter starts, with its arguments: `python -m pip install`,
/// `corepack yarn`, `npx next build`.
fn started<'a, 'b>(words: &'b [&'a str]) -> Option<(&'b &'a str, &'b [&'a str])> {
    let (program, rest) = words.split_first()?;
    if program.starts_with("python") {
        let at = rest.iter().position(|word| *word == "-m")?;
        let mut before = rest.get(..at)?.iter();
        while let Some(word) = before.next() {
            if !word.starts_with('-') {
                return None;
            }
            before.by_ref().take(usize::from(["-W", "-X"].contains(word))).for_each(drop);
        }
        let inner = rest.get(at + 1..)?;
        return inner.split_first().filter(|(module, _)| ["pip", "uv", "poetry", "pipenv"].contains(module));
    }
    let starts_another = match *program {
        "corepack" | "npx" | "bunx" | "pnpx" => Some(0),
        "npm" | "pnpm" | "yarn" | "bun" => action(rest, &["exec", "dlx", "x"]).map(|at| at + 1),
        _ => None,
    };
    let Some(from) = starts_another else { return Some((program, rest)) };
    let inner = rest.get(from..)?;
    let at = inner.iter().position(|word| !word.starts_with('-'))?;
    inner.get(at..)?.split_first()
}

/// Returns the index of the word that says what a package manager does, if it is one of these.
fn action(rest: &[&str], names: &[&str]) -> Option<usize> {
    let mut is_after_option = false;
    for (at, word) in rest.iter().enumerate() {
        if word.starts_with('-') {
            is_after_option = !word.contains('=');
        } else if names.contains(word) {
            return Some(at);
        } else if !is_after_option && !GROUPS.contains(word) || NOT_VALUES.contains(word) {
            return None;
        } else {
            is_after_option = false;
        }
    }
    None
}

/// Words that say what a package manager does, and so are no values of options before it.
const NOT_VALUES: [&str; 12] = [
    "run",
    "run-script",
    "exec",
    "test",
    "start",
    "config",
    "uninstall",
    "remove",
    "update",
    "upgrade",
    "purge",
    "del",
];

/// Returns the words that are no options and no values of options.
fn operands<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            found.push(*word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installs_are_told_from_other_commands() {
        let installs = |script: &str| {
            let commands = dockerfile::shell::commands(script);
            let names = commands.iter().filter_map(install).map(|install| match install {
                Install::Packages(packages) => packages.join(","),
                Install::Dependencies { words, .. } => words,
                Install::Build(words) => format!("build: {words}"),
            });
            names.collect::<Vec<_>>().join(" | ")
        };
        for (script, expected) in [
            ("apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev", "gcc,libpq-dev"),
            ("apk add --no-cache curl", "curl"),
            ("npm ci --omit=dev", "npm ci"),
            ("npm run build", "build: npm run build"),
            ("npm run build:prod", "build: npm run build:prod"),
            ("npm run ci", ""),
            ("npm --silent run ci", ""),
            ("npx --yes next build", "build: next build"),
            ("npm exec -- next build", "build: next build"),
            ("next start", ""),
            ("corepack yarn install", "yarn install"),
            ("python -I -X dev -m pip install x", "pip install"),
            ("python main.py -m pip install", ""),
            ("pip install --no-deps .", "build: pip install"),
            ("pip uninstall -y install", ""),
            ("apt-get build-dep -y psycopg2", "psycopg2,build-essential"),
            ("apk add --virtual .gcc curl", "curl"),
            ("apt-get remove -y install gcc", ""),
            ("npm --prefix /app install", "npm install"),
            ("yarn", "yarn"),
            ("yarn --frozen-lockfile", "yarn"),
            ("yarn build", "build: yarn build"),
            ("python3.13 -m pip install -r requirements.txt", "pip install"),
            ("pip3.13 install .", "pip3.13 install"),
            ("python -m compileall -q .", ""),
            ("uv pip install -r requirements.txt", "uv install"),
            ("go build ./...", "build: go build"),
            ("go mod download", "go mod"),
            ("mvn -B clean package", "build: mvn package"),
            ("echo npm ci", ""),
        ] {
            assert_eq!(installs(script), expected, "{script}");
        }
    }
}
