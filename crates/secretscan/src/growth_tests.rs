//! The work for assignments and environment files grows linearly with the text. The tests count steps, not seconds.

use super::{EnvironmentFile, Scanner, TextKind};

/// Texts that assign something, or seem to; each is repeated.
const ASSIGNMENTS: [&str; 26] = [
    "password = ",
    "password: ",
    "password=\"",
    "password='x' ",
    "secret => ",
    "token := a\n",
    "api_key\n=\n",
    "password                                                  ",
    "password\t=\t\n",
    "a.b.c.password = {",
    "password: Option<String> = ",
    "password = [[[[",
    "password = ((((",
    "password = f(g(h(",
    "\"password\": \"",
    "<password>",
    "password password ",
    "passwordpasswordtokensecret",
    "password_password_",
    "password = a + b + ",
    "password = \"\" + \"\" + ",
    "password = \\\n",
    "password = <<<EOT\n",
    "password = \"\"\"",
    "IDENTIFIED BY '",
    "set password x\n",
];

/// Pieces of environment files.
const SETTINGS: [&str; 18] = [
    "A=b\n",
    "A=\"\n",
    "A='\n",
    "A=`\n",
    "A=\"b\" c\n",
    "A=\"b\\\"\n",
    "A='\nB=\"\nC=`\n",
    "A=\"a\n\" x\n",
    "A=\"C:\\a\\\"\n",
    "export A=b # c\n",
    "# a comment\n",
    "\n",
    "\r\n",
    "A",
    "A=",
    "A=\"b",
    "=\"\n",
    "A=$B${C:-d}\n",
];

/// The steps for a piece that is repeated to a length, and to twice that length.
fn steps(piece: &str, work: &dyn Fn(&str)) -> (u64, u64) {
    const LENGTH: usize = 20_000;
    let text = piece.repeat(2 * LENGTH / piece.len() + 1);
    let of = |length: usize| counted::of(|| work(text.get(..length).unwrap()));
    (of(LENGTH), of(2 * LENGTH))
}

fn check(piece: &str, work: &dyn Fn(&str)) {
    let (once, twice) = steps(piece, work);
    assert!(twice * 10 <= once * 22 + 1_000, "{piece:?}: {once} steps become {twice}");
    assert!(twice <= 100 * 40_000, "{piece:?}: {twice} steps");
    assert!(twice > 0, "{piece:?}: no step is counted");
}

#[test]
fn twice_the_assignments_are_twice_the_work() {
    let scanner = Scanner::new(Vec::new());
    for piece in ASSIGNMENTS {
        check(piece, &|text| drop(scanner.scan(text.as_bytes(), TextKind::Text)));
    }
}

#[test]
fn an_automaton_is_built_once_for_all_hits() {
    for piece in ["?sig=", "?sig=a", "&sig=Z9%", "?sv=1&sig=", "sig=/"] {
        let scanner = Scanner::new(Vec::new());
        let (once, twice) = steps(piece, &|text| drop(scanner.scan(text.as_bytes(), TextKind::Value)));
        // Both texts have thousands of hits; the second one finds the states that the first one has built.
        assert!(once + twice < 4 * 1024 * 1024, "{piece:?}: {once} and {twice} bytes of states");
        assert!(twice <= once, "{piece:?}: {once} and {twice} bytes of states");
    }
}

#[test]
fn twice_the_settings_are_twice_the_work() {
    for piece in SETTINGS {
        check(piece, &|text| drop(EnvironmentFile::parse(text)));
    }
}
