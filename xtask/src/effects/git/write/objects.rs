//! Makes the commit and the tag of a release as objects that no reference points to.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use process::Invocation;

use super::{Change, GitWriter, LOCAL, WriteError, one_text, path_of, words};
use crate::domain::git_answers::one_line;
use crate::domain::release::git_argv;
use crate::effects::environment;

/// What a commit or a tag gets beside its content.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The message.
    pub message: &'a str,
    /// Whether the user's signature is added.
    pub sign: bool,
    /// The time, in seconds since 1970. The variables of git take precedence.
    pub seconds: i64,
}

impl Draft<'_> {
    /// Gives a call the time of the draft, so that repeating the call makes the same object.
    fn dated(self, call: Invocation) -> Invocation {
        let variables = ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"];
        let unset = variables.into_iter().filter(|name| !environment::is_set(name));
        unset.fold(call, |call, name| call.env(name, self.seconds.to_string()))
    }
}

impl GitWriter<'_> {
    /// Returns the words of git if it cannot sign a commit; none if it can. The trial commit goes to the scratch
    /// folder.
    ///
    /// # Errors
    ///
    /// Git gives no answer, or the scratch folder cannot be written.
    pub fn signing_problem(&self, commit: &str, scratch: &Path) -> Result<Option<String>, WriteError> {
        let objects = scratch.join("objects");
        fs::create_dir_all(&objects)?;
        let message = scratch.join("trial");
        fs::write(&message, "A trial of the signature\n")?;
        let tree = format!("{commit}^{{tree}}");
        let tree = self.answer(&["rev-parse", "--verify", &tree])?;
        let tree = String::from_utf8_lossy(one_line(&tree)).into_owned();
        let call = self
            .call(&git_argv::commit_tree(&tree, commit, &message, true))
            .env("GIT_OBJECT_DIRECTORY", objects)
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.common.join("objects"));
        let answer = self.ask(&call, LOCAL)?;
        Ok((!answer.success()).then(|| words(&answer)))
    }

    /// Makes a commit with changed files on a parent; returns its ID. Nothing points to it.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer, or the scratch folder cannot be written.
    pub fn commit(
        &self,
        parent: &str,
        changes: &[Change],
        draft: Draft<'_>,
        scratch: &Path,
    ) -> Result<String, WriteError> {
        let index = scratch.join("index");
        let with_index = |args: &[&OsStr]| self.call(args).env("GIT_INDEX_FILE", index.clone());
        self.answered(&with_index(&[OsStr::new("read-tree"), OsStr::new(parent)]))?;
        let file = scratch.join("file");
        for (path, content) in changes {
            fs::write(&file, content)?;
            let write = ["hash-object", "-w", "--no-filters", "--"].map(OsStr::new);
            let object = self.answered(&self.call(&[write.as_slice(), &[file.as_os_str()]].concat()))?;
            // Paths of the index begin at the root of the working tree.
            let path = self.prefix().join(path);
            let listed = ["ls-tree", "--full-tree", parent, "--"].map(OsStr::new);
            let listed = self.answer(&[listed.as_slice(), &[path.as_os_str()]].concat())?;
            let mode = one_text(listed.get(..6).unwrap_or(b"100644"));
            let mut entry = OsString::from(format!("{mode},{},", one_text(&object)));
            entry.push(&path);
            self.answered(&with_index(&["update-index", "--add", "--cacheinfo"].map(OsStr::new)).arg(entry))?;
        }
        let tree = one_text(&self.answered(&with_index(&[OsStr::new("write-tree")]))?);
        let file = scratch.join("message");
        fs::write(&file, draft.message)?;
        let call = self.call(&git_argv::commit_tree(&tree, parent, &file, draft.sign));
        Ok(one_text(&self.answered(&draft.dated(call))?))
    }

    /// Makes an annotated tag; returns its object. No reference points to it: git makes the reference in a repository
    /// of its own, which shares the objects.
    ///
    /// # Errors
    ///
    /// Git refuses or gives no answer, or the scratch folder cannot be written.
    pub fn tag(&self, name: &str, commit: &str, draft: Draft<'_>, scratch: &Path) -> Result<String, WriteError> {
        let repository = scratch.join("tag.git");
        if repository.exists() {
            fs::remove_dir_all(&repository)?;
        }
        let format = one_text(&self.answer(&["rev-parse", "--show-object-format"])?);
        let format = format!("--object-format={format}");
        let init = ["init", "--quiet", "--bare", "--template=", &format].map(OsStr::new);
        let own = |call: Invocation| call.env("GIT_DIR", repository.clone());
        self.answered(&own(git_argv::call::<&OsStr>(&init, &[])))?;
        let file = scratch.join("message");
        fs::write(&file, draft.message)?;
        let mut include = OsString::from("include.path=");
        include.push(self.common.join("config"));
        let mut args = vec![OsString::from("-c"), include, "-c".into(), "core.bare=true".into()];
        args.extend(git_argv::annotated_tag(name, commit, &file, draft.sign));
        let objects = self.objects()?;
        let mut call = own(git_argv::call(&args, &[])).env("GIT_OBJECT_DIRECTORY", objects);
        for (kind, variable) in [("NAME", 0), ("EMAIL", 1)] {
            if let Some(value) = self.committer()?.get(variable) {
                call = call.env(format!("GIT_COMMITTER_{kind}"), value.clone());
            }
        }
        self.answered(&draft.dated(call))?;
        let reference = format!("refs/tags/{name}");
        let read = git_argv::call(&["rev-parse", "--verify", &reference], &[]);
        Ok(one_text(&self.answered(&own(read))?))
    }

    /// Returns name and mail address of the committer.
    fn committer(&self) -> Result<Vec<OsString>, WriteError> {
        let ident = String::from_utf8_lossy(&self.answer(&["var", "GIT_COMMITTER_IDENT"])?).into_owned();
        let parts = ident.rsplit_once('>').and_then(|(who, _)| who.rsplit_once(" <"));
        Ok(parts.map(|(name, mail)| vec![name.into(), mail.into()]).unwrap_or_default())
    }

    fn objects(&self) -> Result<PathBuf, WriteError> {
        let path = self.answer(&["rev-parse", "--path-format=absolute", "--git-path", "objects"])?;
        Ok(path_of(&path))
    }
}
