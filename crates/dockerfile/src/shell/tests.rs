//! The commands of scripts, in tables.

use super::{ShellCommand, commands};

/// Describes a command: `through > words`, with `¦` between words and `~` before one that is not literal.
pub(super) fn described(command: &ShellCommand) -> String {
    let words = command.words.iter().map(|word| format!("{}{}", if word.is_literal { "" } else { "~" }, word.text));
    let through = command.through.iter().map(|name| format!("{name} > "));
    through.collect::<String>() + &words.collect::<Vec<_>>().join("¦")
}

#[track_caller]
fn splits(script: &str, expected: &[&str]) {
    let found: Vec<String> = commands(script).iter().map(described).collect();
    assert_eq!(found, expected, "{script}");
}

#[test]
fn separators_end_commands() {
    splits("a b; c && d || e | f & g\nh", &["a¦b", "c", "d", "e", "f", "g", "h"]);
    splits("a|&b;;c", &["a", "b", "c"]);
    splits("(a; (b c)) && { d; e f; }", &["a", "b¦c", "d", "e¦f"]);
    splits("set -eux; apt-get update", &["set¦-eux", "apt-get¦update"]);
    splits("a \\\n  b\\\nc \\\n && d", &["a¦bc", "d"]);
    splits("a\r\nb\r\n", &["a", "b"]);
    for nothing in ["", " \n;\t", "# a; b", "A=1", "A=1 B=$C", "> f", "()", ")", "&& |", "\\\n", "fi; done"] {
        splits(nothing, &[]);
    }
}

#[test]
fn comments_begin_at_words() {
    splits("a # b; c\n# d\ne#f '#' #g", &["a", "e#f¦#"]);
    splits("a;#b\nc", &["a", "c"]);
    splits("a \\\n# b\nc", &["a", "c"]);
}

#[test]
fn quotes_and_escapes_are_removed() {
    splits(r#"a 'b c' "d e" f\ g 'h'"i"j"#, &["a¦b c¦d e¦f g¦hij"]);
    splits(r#"a "b\"c\\d\e\$f" 'g\h' '' """#, &["a¦b\"c\\d\\e$f¦g\\h¦¦"]);
    splits("a 'b;c' \"d && e\" f\\;g", &["a¦b;c¦d && e¦f;g"]);
    splits("a $'b\\'c\\n' $\"d\"", &["a¦b'c\n¦d"]);
    splits("a 'b", &["a¦b"]);
    splits("a \"b\\", &["a¦b\\"]);
    splits("a b\\", &["a¦b\\"]);
    splits("'if' a; \\if b; i\\\nf c", &["if¦a", "if¦b", "c"]);
}

#[test]
fn expansions_stay_as_they_are_written() {
    splits("a $b \"c$d\" ${e:-f} $1$? '$g' \\$h $ x$", &["a¦~$b¦~c$d¦~${e:-f}¦~$1$?¦$g¦$h¦$¦x$"]);
    splits("a *.b [c]? ~/d {e,f}", &["a¦*.b¦[c]?¦~/d¦{e,f}"]);
    splits("a ${b:-'}'} ${c:-\"}\"} d", &["a¦~${b:-'}'}¦~${c:-\"}\"}¦d"]);
    splits("a $((1 + (2) )) b; ((c++)); d $((1 << 2))", &["a¦~$((1 + (2) ))¦b", "d¦~$((1 << 2))"]);
}

#[test]
fn substitutions_hold_more_commands() {
    splits("a $(b c | d) e; f", &["a¦~$(b c | d)¦e", "b¦c", "d", "f"]);
    splits("a \"x$(b \"$(c d)\")y\"", &["a¦~x$(b \"$(c d)\")y", "b¦~$(c d)", "c¦d"]);
    splits("a `b \\`c d\\`` e", &["a¦~`b \\`c d\\``¦e", "b¦~`c d`", "c¦d"]);
    splits("a \"`b \\\"c d\\\"`\"", &["a¦~`b \\\"c d\\\"`", "b¦c d"]);
    splits("A=$(b) C=`d`; e", &["b", "d", "e"]);
    splits("a ${b:-$(c)} $((1 + $(d)))", &["a¦~${b:-$(c)}¦~$((1 + $(d)))", "c", "d"]);
    splits("a <(b c) > >(d) < <(e)", &["a¦~<(b c)", "b¦c", "d", "e"]);
    splits("a $( (b); c ) d", &["a¦~$( (b); c )¦d", "b", "c"]);
    splits("a $(case b in c) d;; esac) e", &["a¦~$(case b in c) d;; esac)¦e", "d"]);
    splits("a $(b # )\n) c", &["a¦~$(b # )\n)¦c", "b"]);
    splits("$(a) b", &["~$(a)¦b", "a"]);
    splits("a $(b", &["a¦~$(b", "b"]);
}

#[test]
fn keywords_are_no_programs() {
    splits("if ! a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]);
    splits("while a; do b; done; until c; do d; done > f", &["a", "b", "c", "d"]);
    splits("for a in b c $(d); do e $a; done", &["d", "e¦~$a"]);
    splits("for ((i=0; i<3; i++)); do a; done", &["a"]);
    splits("for a\ndo b; done", &["b"]);
    splits("case $a in (b|c) d;; 'e') f; g ;; *) h && i;& j) ;; esac; k", &["d", "f", "g", "h", "i", "k"]);
    splits("case $(a) in\n b) case c in d) e;; esac;;\n f)\n (g) ;;\nesac\nh", &["a", "e", "g", "h"]);
    splits("case in in in) a;; esac", &["a"]);
    splits("f() { a; }; function g { b; }; function h() (c)\nf", &["a", "b", "c", "f"]);
    splits("[ a = b ] && [[ c && ( d < e || f > g ) ]] && h", &["[¦a¦=¦b¦]", "[[¦c¦d¦e¦f¦g¦]]", "h"]);
    splits("echo if then { } ! case esac", &["echo¦if¦then¦{¦}¦!¦case¦esac"]);
    splits("find . -exec rm {} \\;", &["find¦.¦-exec¦rm¦{}¦;"]);
}

#[test]
fn assignments_and_redirections_are_no_words() {
    splits("A=1 B+=\"2 3\" C[0]=4 a D=5", &["a¦D=5"]);
    splits("'A'=1 a; A\\=1 b; 1A=2 c; =d", &["A=1¦a", "A=1¦b", "1A=2¦c", "=d"]);
    splits("A=(b 'c)' $(d)) e; declare -a F=(g\n# h)\ni) j", &["e", "d", "declare¦-a¦F=¦j"]);
    splits("a > b 2>&1 <c >>d e &>f 3<> g >|h i >&2", &["a¦e¦i"]);
    splits(">a b; c 2 >d; e 2>f; g <<<\"h $(i)\" j", &["b", "c¦2", "e", "g¦j", "i"]);
    splits("a >b&&c<d|e", &["a", "c", "e"]);
    splits("a > \"$(b)\" &>> c &", &["a", "b"]);
}

#[test]
fn bodies_of_heredocs_are_no_commands() {
    splits("cat <<E > f && a\nb; c\nE\nd", &["cat", "a", "d"]);
    splits("cat <<-'E' <<F\n\tb $(c)\n\tE\nd $(e) `g` \\$(h)\nF\ni", &["cat", "e", "g", "i"]);
    splits("cat <<\"E F\"\nb $(c)\nE F\r\nd", &["cat", "d"]);
    splits("cat <<E\nb", &["cat"]);
    splits("cat <<E", &["cat"]);
    splits("a $(cat <<E\nb )\nE\n) c", &["a¦~$(cat <<E\nb )\nE\n)¦c", "cat"]);
    splits("cat << E | a\nb\nE\nc", &["cat", "a", "c"]);
    splits("python3 - <<E\nimport os; b\nE", &["python3¦-"]);
}

#[test]
fn bodies_for_shells_are_commands() {
    splits("bash -eu <<E\na; b $c\nE\nd", &["bash¦-eu", "bash > a", "bash > b¦~$c", "d"]);
    splits("sudo sh -s x <<'E' > y\na $(b)\nE", &["sudo > sh¦-s¦x", "sudo > sh > a¦~$(b)", "sudo > sh > b"]);
    splits("bash <<E\ncat <<F\na\nF\nb\nE\nc", &["bash", "bash > cat", "bash > b", "c"]);
    splits("bash x.sh <<E\na\nE\nb", &["bash¦x.sh", "b"]);
    splits("cat <<E; bash <<F\na\nE\nb\nF", &["cat", "bash", "bash > b"]);
}

#[test]
fn the_program_that_works_comes_first() {
    splits("/usr/bin/apt-get update; ./configure; /; . /x", &["apt-get¦update", "configure", "/", ".¦/x"]);
    splits("\"$A/bin/pip\" b; $(a/c) d; ${A}x/e", &["pip¦b", "~$(a/c)¦d", "c", "e"]);
    for (script, expected) in [
        ("exec a b", "exec > a¦b"),
        ("exec -a n a b", "exec > a¦b"),
        ("exec \"$@\"", "exec > ~$@"),
        ("command -p a", "command > a"),
        ("command -v a", "command¦-v¦a"),
        ("env", "env"),
        ("env -i A=1 B=\"$C\" a D=2", "env > a¦D=2"),
        ("env -u A --chdir /b - a", "env > a"),
        ("sudo -u b -E A=1 a", "sudo > a"),
        ("sudo -E -u b -- A=1 a c", "sudo > a¦c"),
        ("sudo -ub --group c a", "sudo > a"),
        ("doas -u b a", "doas > a"),
        ("time -p a b", "time > a¦b"),
        ("nice -n 10 a; ", "nice > a"),
        ("nice -10 a", "nice > a"),
        ("ionice -c3 nohup a", "ionice > nohup > a"),
        ("timeout -k 5 --signal=KILL 30s a b", "timeout > a¦b"),
        ("timeout 5", "timeout¦5"),
        ("stdbuf -oL a", "stdbuf > a"),
        ("gosu u:g /x/a b", "gosu > a¦b"),
        ("chroot --userspec=u / a", "chroot > a"),
        ("tini -s -- a", "tini > a"),
        ("runuser -u u -- a b", "runuser > a¦b"),
        ("busybox wget a", "busybox > wget¦a"),
        ("xargs", "xargs"),
        ("xargs -0 -I {} -n1 rm -f {}", "xargs > rm¦-f¦{}"),
        ("/usr/bin/sudo /usr/bin/env A=1 /bin/a", "sudo > env > a"),
        ("su - b", "su¦-¦b"),
        ("sudo $A a", "sudo > ~$A¦a"),
    ] {
        splits(script, &[expected]);
    }
}

#[test]
fn scripts_in_words_are_read() {
    splits("sh -c 'a; b \"c d\"' e; f", &["sh > a", "sh > b¦c d", "f"]);
    splits("/bin/bash -euo pipefail -c \"a | b\"", &["bash > a", "bash > b"]);
    splits("bash -lc a; bash --login -c -x 'b'; bash --rcfile c -c d", &["bash > a", "bash > b", "bash > d"]);
    splits("su -s /bin/sh u -c 'a && b'; runuser -l u -c c", &["su > a", "su > b", "runuser > c"]);
    splits("sudo sh -c 'env A=1 b'", &["sudo > sh > env > b"]);
    splits("sh -c \"sh -c 'a; b'\"", &["sh > sh > a", "sh > sh > b"]);
    splits("eval \"a $b;\" c", &["eval > a¦~$b", "eval > c"]);
    splits("sh; sh -x a; sh -c; sh -c ''", &["sh", "sh¦-x¦a", "sh¦-c"]);
    splits("xargs sh -c 'a \"$@\"' _", &["xargs > sh > a¦~$@"]);
}

#[test]
fn what_the_outer_shell_expands_is_no_code_of_the_inner_one() {
    splits("sh -c \"a $(b; c) d\"", &["sh > a¦~$(b; c)¦d", "b", "c"]);
    splits("sh -c \"$(a)\"", &["sh > ~$(a)", "a"]);
    splits("sh -c 'a $(b)'", &["sh > a¦~$(b)", "sh > b"]);
    splits("sh -c \"a \\$(b)\"", &["sh > a¦~$(b)", "sh > b"]);
    splits("sh -c \"a '$b' ${c:-d;e}\"", &["sh > a¦~$b¦~${c:-d;e}"]);
    splits("sh -c \"\\${a:-$(b)}\" ", &["sh > ~${a:-$(b)}", "b"]);
    splits("sh -c \"$A; b > $C\"", &["sh > ~$A", "sh > b"]);
}

#[test]
fn places_are_those_of_the_words() {
    let places = |script: &str| -> Vec<String> {
        commands(script).into_iter().map(|command| script[command.span].to_owned()).collect()
    };
    assert_eq!(places("A=1 a 'b' > c; d $(e f)"), ["a 'b'", "d $(e f)", "e f"]);
    assert_eq!(places("sudo a b && sh -c 'c; d' e"), ["sudo a b", "'c; d'", "'c; d'"]);
    assert_eq!(places("é `a $(b)`; bash <<E\n c d\nE"), ["é `a $(b)`", "`a $(b)`", "`a $(b)`", "bash", "c d"]);
}
