//! Calls of git and docker that a release makes, as values. Nothing here starts a process.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use process::Invocation;

/// Returns a call that may write to the repository. Signing, hooks, and credentials are the user's own. It prints
/// English.
pub fn call<A: AsRef<OsStr>>(args: &[A], location: &[(&'static str, OsString)]) -> Invocation {
    let call = Invocation::new("git", ["--no-pager"]).args(args.iter().map(AsRef::as_ref)).env("LC_ALL", "C");
    location.iter().fold(call, |call, (name, value)| call.env(*name, value))
}

/// Returns the arguments that make a commit of a tree on a parent, with the message in a file.
pub fn commit_tree(tree: &str, parent: &str, message: &Path, sign: bool) -> Vec<OsString> {
    let mut args: Vec<OsString> = ["commit-tree", "-p", parent, "-F"].map(OsString::from).to_vec();
    args.push(message.into());
    args.extend(sign.then(|| OsString::from("-S")));
    args.push(tree.into());
    args
}

/// Returns the arguments that make an annotated tag, with the message in a file. Lines of the message that begin with
/// `#` stay.
pub fn annotated_tag(name: &str, commit: &str, message: &Path, sign: bool) -> Vec<OsString> {
    let kind = if sign { "--sign" } else { "--no-sign" };
    let mut args: Vec<OsString> =
        ["tag", "--annotate", kind, "--cleanup=verbatim", "--file"].map(OsString::from).to_vec();
    args.push(message.into());
    args.extend([name, commit].map(OsString::from));
    args
}

/// Returns the input of `git update-ref --stdin` that moves a branch and makes a tag, both or none. It fails if the
/// branch was moved meanwhile, or the tag exists.
pub fn publish(branch: &str, (before, commit): (&str, &str), tag: (&str, &str)) -> String {
    let (name, object) = tag;
    let moved = if before == commit {
        format!("verify refs/heads/{branch} {before}\n")
    } else {
        format!("update refs/heads/{branch} {commit} {before}\n")
    };
    format!("start\n{moved}create refs/tags/{name} {object}\nprepare\ncommit\n")
}

/// Returns the input of `git update-ref --stdin` that undoes what of [`publish`] was done.
pub fn unpublish(branch: Option<(&str, &str, &str)>, tag: Option<(&str, &str)>) -> String {
    let branch = branch.map(|(name, before, commit)| format!("update refs/heads/{name} {before} {commit}\n"));
    let tag = tag.map(|(name, object)| format!("delete refs/tags/{name} {object}\n"));
    format!("start\n{}{}prepare\ncommit\n", branch.unwrap_or_default(), tag.unwrap_or_default())
}

/// Returns the arguments that push a branch and a tag, both or none.
pub fn push(remote: &str, branch: &str, tag: &str, (commit, object): (&str, &str), dry_run: bool) -> Vec<String> {
    let mut args = vec!["push".to_owned(), "--atomic".to_owned(), "--porcelain".to_owned()];
    args.extend(dry_run.then(|| "--dry-run".to_owned()));
    args.extend(["--".to_owned(), remote.to_owned()]);
    args.extend([format!("{commit}:refs/heads/{branch}"), format!("{object}:refs/tags/{tag}")]);
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_references_move_or_none() {
        assert_eq!(
            publish("main", ("a1", "b2"), ("v1.1.0", "c3")),
            "start\nupdate refs/heads/main b2 a1\ncreate refs/tags/v1.1.0 c3\nprepare\ncommit\n"
        );
        assert_eq!(
            publish("main", ("a1", "a1"), ("v1.1.0", "c3")),
            "start\nverify refs/heads/main a1\ncreate refs/tags/v1.1.0 c3\nprepare\ncommit\n"
        );
        assert_eq!(
            unpublish(Some(("main", "a1", "b2")), Some(("v1.1.0", "c3"))),
            "start\nupdate refs/heads/main a1 b2\ndelete refs/tags/v1.1.0 c3\nprepare\ncommit\n"
        );
        assert_eq!(unpublish(None, Some(("v1", "c3"))), "start\ndelete refs/tags/v1 c3\nprepare\ncommit\n");
    }

    #[test]
    fn calls_can_be_read() {
        let shown = |args: &[OsString]| call(args, &[]).to_string();
        assert_eq!(
            shown(&commit_tree("t1", "p1", Path::new("message"), true)),
            "LC_ALL=C git --no-pager commit-tree -p p1 -F message -S t1"
        );
        assert_eq!(
            shown(&annotated_tag("v1.1.0", "c1", Path::new("message"), false)),
            "LC_ALL=C git --no-pager tag --annotate --no-sign --cleanup=verbatim --file message v1.1.0 c1"
        );
        assert_eq!(
            call(&push("origin", "main", "v1.1.0", ("c1", "o1"), true), &[]).to_string(),
            "LC_ALL=C git --no-pager push --atomic --porcelain --dry-run -- origin c1:refs/heads/main o1:refs/tags/v1.1.0"
        );
    }
}
