//! Finds the installed package that a file belongs to, by the folders of package managers.

/// A package that the project did not write itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Package<'a> {
    /// The name: `public-encrypt`, `@scope/name`, `github.com/a/b@v1.0.0`.
    pub(super) name: &'a str,
    /// The folder that it is installed in, or its archive.
    pub(super) folder: &'a str,
}

/// The number of path components that form the name of a package behind its manager's folder.
#[derive(Clone, Copy)]
enum Names {
    /// One, or two if the first is a scope: `@scope/name`.
    Scoped,
    /// One.
    One,
    /// Two: vendor and package; three if the first is the name of a host.
    Vendored,
    /// Up to the component with a version behind `@`.
    UpToVersion,
    /// One, behind the name of the registry.
    Indexed,
}

/// The folders of package managers, by the last components of their paths.
const MANAGERS: [(&[&str], Names); 9] = [
    (&["node_modules"], Names::Scoped),
    (&["bower_components"], Names::One),
    (&["site-packages"], Names::One),
    (&["dist-packages"], Names::One),
    (&["gems"], Names::One),
    (&["share", "doc"], Names::One),
    (&["registry", "src"], Names::Indexed),
    (&["pkg", "mod"], Names::UpToVersion),
    (&["vendor"], Names::Vendored),
];

/// Returns the innermost package that contains a file; none if it is in no folder of a package manager.
pub(super) fn package_of(path: &str) -> Option<Package<'_>> {
    // Each component with its position.
    let mut names: Vec<(usize, &str)> = Vec::new();
    let mut start = 0;
    for name in path.split('/') {
        names.push((start, name));
        start += name.len() + 1;
    }
    let is_manager = |end: usize| {
        let is = |(folders, _): &&(&[&str], Names)| {
            let first = end.checked_sub(folders.len());
            let last = first.and_then(|first| names.get(first..end));
            last.is_some_and(|last| last.iter().map(|(_, name)| name).eq(folders.iter()))
        };
        MANAGERS.iter().find(is).map(|(_, kind)| *kind)
    };
    // The file itself is not a package.
    (1..names.len().saturating_sub(1)).rev().find_map(|at| {
        let kind = is_manager(at)?;
        let behind = names.get(at..names.len() - 1)?;
        let is_host = behind.first().is_some_and(|(_, name)| name.contains('.'));
        let (skipped, count) = match kind {
            Names::Scoped if behind.first().is_some_and(|(_, name)| name.starts_with('@')) => (0, 2),
            Names::Scoped | Names::One => (0, 1),
            Names::Vendored if is_host => (0, 3),
            Names::Vendored => (0, 2),
            Names::UpToVersion => (0, behind.iter().position(|(_, name)| name.contains('@'))? + 1),
            Names::Indexed => (1, 1),
        };
        let (first, _) = behind.get(skipped)?;
        let (last, name) = behind.get(skipped + count - 1)?;
        let end = last + name.len();
        Some(Package { name: path.get(*first..end)?, folder: path.get(..end)? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn packages_are_known_by_their_folders() {
        let table = [
            ("/app/node_modules/public-encrypt/test/a.pem", "public-encrypt", "/app/node_modules/public-encrypt"),
            ("node_modules/@scope/name/a.js", "@scope/name", "node_modules/@scope/name"),
            ("a/node_modules/b/node_modules/c/d.js", "c", "a/node_modules/b/node_modules/c"),
            ("/n/.pnpm/x@1.0.0/node_modules/x/k.pem", "x", "/n/.pnpm/x@1.0.0/node_modules/x"),
            (
                "/usr/lib/python3/dist-packages/twisted/test/server.pem",
                "twisted",
                "/usr/lib/python3/dist-packages/twisted",
            ),
            ("/v/lib/python3.13/site-packages/aiohttp/a.py", "aiohttp", "/v/lib/python3.13/site-packages/aiohttp"),
            (
                "/usr/local/cargo/registry/src/index-1/ring-0.17/a.pem",
                "ring-0.17",
                "/usr/local/cargo/registry/src/index-1/ring-0.17",
            ),
            (
                "/go/pkg/mod/example.org/a/b@v1.0.0/k.pem",
                "example.org/a/b@v1.0.0",
                "/go/pkg/mod/example.org/a/b@v1.0.0",
            ),
            ("/app/vendor/guzzle/http/tests/k.pem", "guzzle/http", "/app/vendor/guzzle/http"),
            ("vendor/example.org/a/b/k.pem", "example.org/a/b", "vendor/example.org/a/b"),
            (
                "/usr/lib/ruby/gems/3.1.0/gems/net-ssh-7.0/test/k",
                "net-ssh-7.0",
                "/usr/lib/ruby/gems/3.1.0/gems/net-ssh-7.0",
            ),
            ("/usr/share/doc/openssl/k.pem", "openssl", "/usr/share/doc/openssl"),
        ];
        for (path, name, folder) in table {
            assert_eq!(package_of(path), Some(Package { name, folder }), "{path}");
        }
        for none in [
            "",
            "/",
            "a.pem",
            "/app/test/a.pem",
            "node_modules/a.js",
            "site-packages/six.py",
            "vendor/a/b.go",
            "node_modules",
        ] {
            assert_eq!(package_of(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_package_is_a_folder_above_the_file(path in "(node_modules|vendor|pkg/mod|registry/src|@a|b@1|c[.]d|e|/){0,12}") {
            if let Some(Package { name, folder }) = package_of(&path) {
                prop_assert!(folder.ends_with(name) && path.starts_with(&format!("{folder}/")), "{}", path);
            }
        }
    }
}
