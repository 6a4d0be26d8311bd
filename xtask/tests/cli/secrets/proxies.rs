//! Proxies behind the wall of a company: build args that docker knows without a declaration.

use std::fs;

use serde_json::json;
use snapbox::str;

use super::{refused, with_config};
use crate::harness::docker;
use crate::harness::planted::{password, quiet};
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The words of the build of the frontend behind `--build-arg`.
fn passed(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    sandbox.fake("docker", docker::builds_everything());
    sandbox.xtask(&[&["build", "-q", "frontend"], args].concat()).code(0);
    let calls = sandbox.calls();
    let call = calls.iter().rfind(|call| docker::is_build(call)).unwrap();
    let words = call.argv.windows(2).filter(|pair| pair[0] == "--build-arg");
    words.map(|pair| pair[1].clone()).collect()
}

#[test]
fn a_proxy_without_a_password_needs_no_declaration() {
    let address = "http://proxy.acme.dev:3128";
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
        for name in [name.to_owned(), name.to_lowercase()] {
            let mut sandbox = Sandbox::new();
            let given = format!("{name}={address}");
            assert_eq!(passed(&sandbox, &["--build-arg", &given]), std::slice::from_ref(&given));
            // Its value may come from the environment, as with docker.
            sandbox.set(&name, address);
            assert_eq!(passed(&sandbox, &["--build-arg", &name]), [given]);
        }
    }
    let sandbox = Sandbox::new();
    let args =
        ["--build-arg", "HTTPS_PROXY=http://a:1", "--build-arg", "HTTPS_PROXY=http://b:2", "--build-arg", "no_proxy="];
    assert_eq!(passed(&sandbox, &args), ["HTTPS_PROXY=http://b:2", "no_proxy="]);
    for address in ["proxy:3128", "socks5://user@proxy.acme.dev:1080", "localhost,127.0.0.1,.acme.dev"] {
        let given = format!("ALL_PROXY={address}");
        assert_eq!(passed(&sandbox, &["--build-arg", &given]), [given]);
    }
}

#[test]
fn a_proxy_with_a_password_is_refused_with_the_way_that_works() {
    let address = format!("http://robot:{}@proxy.acme.dev:3128", password());
    let given = format!("HTTPS_PROXY={address}");
    let mut sandbox = Sandbox::new();
    refused(
        &sandbox,
        &["frontend", "--build-arg", &given],
        str![[r#"
error[url-password]: refusing to build `frontend`: build arg `HTTPS_PROXY` is a secret: password in an address
note: its value is given on the command line; it is not shown here
note: docker gives a proxy to every step of a build
hint: pass `--build-arg HTTPS_PROXY=http://HOST:PORT`, a proxy without a password, such as one on this machine that adds it
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.https_proxy]` with `env = "HTTPS_PROXY"`, and read /run/secrets/https_proxy in `RUN --mount=type=secret,id=https_proxy …`

"#]],
    );
    // The second way.
    sandbox.write(
        "taskflow.toml",
        &format!("{CONFIG}\n[component.frontend.build-secrets.https_proxy]\nenv = \"HTTPS_PROXY\"\n"),
    );
    let step = "RUN --mount=type=secret,id=https_proxy HTTPS_PROXY=\"$(cat /run/secrets/https_proxy)\" npm ci";
    sandbox.write("frontend/Dockerfile", &format!("FROM node:20-alpine\nCOPY . .\n{step}\n"));
    sandbox.commit();
    sandbox.set("HTTPS_PROXY", address);
    assert_eq!(passed(&sandbox, &[]), Vec::<String>::new());
    let calls = sandbox.calls();
    assert!(calls.iter().any(|call| call.argv.contains(&"id=https_proxy,env=HTTPS_PROXY".to_owned())));
}

#[test]
fn a_password_is_seen_in_every_form_of_a_proxy() {
    let secret = password();
    let forms = [
        format!("http://robot:{secret}@proxy:3128"),
        format!("robot:{secret}@proxy:3128"),
        format!("HTTP://robot:{secret}@proxy:3128"),
        format!("socks5h://robot:{secret}@proxy:1080"),
        format!("http://:{secret}@proxy:3128"),
        format!("http://robot:a@b/{secret}@proxy:3128"),
        format!("http://robot:%41{secret}@proxy:3128/"),
        format!("http://{secret}@proxy:3128"),
        // What may be a placeholder elsewhere stands on a command line here.
        ["http://robot:", "password@proxy:3128"].concat(),
    ];
    for form in forms {
        let sandbox = Sandbox::new();
        sandbox.fake("docker", docker::builds_everything());
        let given = format!("http_proxy={form}");
        let run = quiet(sandbox.xtask(&["build", "frontend", "--build-arg", &given]).code(2));
        assert!(run.stderr.starts_with("error[url-password]"), "{}", run.stderr);
        // The same in docker's settings, beside what docker does not know.
        let folder = sandbox.outside("home/.docker");
        fs::create_dir_all(&folder).unwrap();
        let settings = json!({"proxies": {"default": {"httpProxy": form, "other": 1}, "tcp://x:1": []}});
        fs::write(folder.join("config.json"), settings.to_string()).unwrap();
        let run = quiet(sandbox.xtask(&["build", "frontend"]).code(2));
        assert!(run.stderr.contains("a secret in proxy `httpProxy`"), "{}", run.stderr);
    }
}

#[test]
fn a_declared_proxy_is_told_to_be_passed() {
    let sandbox = with_config("[component.frontend.build-args.HTTPS_PROXY]\n");
    sandbox.xtask(&["build"]).code(2).stdout("").stderr(str![[r#"
error: build arg `HTTPS_PROXY` of component `frontend` would change the docker client itself
  --> taskflow.toml:13:32
note: values of build args travel in the environment of the docker client, never on its command line
hint: remove it from taskflow.toml, and pass `--build-arg HTTPS_PROXY`: docker knows it without a declaration

"#]]);
}
