//! Signatures of git: programs that fail, that ask, and that sign.

use std::process::Command;

use crate::undisturbed::is_as_before;
use crate::world::{PUSHED, World};

/// A world whose git signs commits and tags with this program. It counts its calls in `$n`.
fn signing(text: &str) -> World {
    let world = World::new();
    let marks = world.outside("marks").display().to_string();
    let count = "printf x >>\"$marks/signatures\"; read -r n <\"$marks/signatures\" || :; n=${#n}";
    let script =
        format!("#!/bin/sh\nmarks='{marks}'\ncase \" $* \" in *' --verify '*) ;; *) {count} ;; esac\n{text}\n");
    let program = world.outside("signature");
    world.script(&program, &script);
    world.git(&["config", "gpg.program", program.to_str().unwrap()]);
    world.git(&["config", "commit.gpgSign", "true"]);
    world.git(&["config", "tag.gpgSign", "true"]);
    world.git(&["config", "user.signingKey", "KEY"]);
    world
}

/// What a program prints that signs.
const SIGNS: &str = "case \" $* \" in
*' --verify '*) cat >/dev/null; printf '[GNUPG:] NEWSIG\\n[GNUPG:] GOODSIG KEY Test\\n[GNUPG:] VALIDSIG KEY 2026-01-02 1 0 4 0 1 8 00 KEY\\n[GNUPG:] TRUST_FULLY 0 pgp\\n' ;;
*) cat >/dev/null; printf '\\n[GNUPG:] SIG_CREATED \\n' >&2
   printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nsigned %s\\n-----END PGP SIGNATURE-----\\n' \"$n\" ;;
esac";

#[test]
fn a_signature_that_fails_is_found_by_the_preflight() {
    let world = signing("echo 'no secret key' >&2; exit 2");
    let before = world.picture();
    for args in [PUSHED, &["1.0.0", "--check", "--push"]] {
        world.release(args).code(3).says("git cannot sign");
        assert_eq!(before.differences(&world.picture()), "");
    }
}

#[test]
fn a_signature_that_fails_later_undoes_the_release() {
    // The first signature is the trial, the second one that of the commit, the third one that of the tag.
    for number in [2, 3] {
        let world = signing(&format!("[ \"$n\" != {number} ] || {{ echo 'the agent is gone' >&2; exit 2; }}\n{SIGNS}"));
        let what = if number == 2 { "the release commit" } else { "git tag `v1.0.0`" };
        let run = world.release(PUSHED).code(1).says(&format!("git could not sign {what}"));
        run.says("gpg failed to sign the data").says("stopped in step `commit`; everything was undone");
        is_as_before(&world, "signature");
    }
}

#[test]
fn a_signature_that_asks_at_the_terminal_is_found_by_the_preflight() {
    let asks = "printf 'Passphrase: ' >/dev/tty; read -r word </dev/tty; exit 2";
    let world = signing(asks);
    let before = world.picture();
    // Without a terminal there is nobody to ask.
    world.release(PUSHED).code(3).says("git cannot sign");
    assert_eq!(before.differences(&world.picture()), "");
    if Command::new("script").arg("--version").output().is_err() {
        use std::io::Write as _;
        let _closed = writeln!(std::io::stderr(), "SKIPPED: there is no program `script`, which makes a terminal");
        return;
    }
    let plain = world.command(PUSHED);
    let words: Vec<&str> = plain.get_args().map(|word| word.to_str().unwrap()).collect();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &format!("stty tostop; env {}", words.join(" ")), "/dev/null"]);
    command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(&world.root).stdin(std::process::Stdio::null());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("wants to ask something on the terminal"), "{said}");
    assert_eq!(before.differences(&world.picture()), "");
}

#[test]
fn commit_and_tag_are_signed() {
    let world = signing(SIGNS);
    world.release(PUSHED).code(0).says("a trial signature works");
    for object in ["main", "v1.0.0"] {
        assert!(world.git(&["cat-file", "-p", object]).contains("BEGIN PGP SIGNATURE"), "{object}");
    }
    world.git(&["verify-commit", "v1.0.0^{commit}"]);
    world.git(&["verify-tag", "v1.0.0"]);
    world.release(PUSHED).code(0).says("is as recorded");
}

#[test]
fn a_real_key_signs() {
    let world = World::new();
    let home = world.outside("gnupg");
    std::fs::create_dir(&home).unwrap();
    let mut world = world;
    world.set("GNUPGHOME", &home);
    world.shell("chmod 700 \"$GNUPGHOME\"");
    let made = "gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
                'Test <test@example.org>' default default never 2>\"$GNUPGHOME/said\"";
    if Command::new("gpg").arg("--version").output().is_err() {
        use std::io::Write as _;
        let _closed = writeln!(std::io::stderr(), "SKIPPED: there is no program `gpg`");
        return;
    }
    world.shell(made);
    world.git(&["config", "commit.gpgSign", "true"]);
    world.git(&["config", "tag.gpgSign", "true"]);
    let other = world.copy();
    world.release(PUSHED).code(0).says("a trial signature works");
    world.git(&["verify-commit", "v1.0.0^{commit}"]);
    world.git(&["verify-tag", "v1.0.0"]);
    world.shell("gpgconf --kill all");
    // Without the key, the preflight refuses.
    other.shell("gpgconf --kill all; rm -rf \"$GNUPGHOME\"/private-keys-v1.d");
    other.release(PUSHED).code(3).says("git cannot sign");
    is_as_before(&other, "no key");
    other.shell("gpgconf --kill all");
}
