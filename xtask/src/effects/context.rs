//! The files of a build context that would really be sent: what the ignore file leaves of a folder.

use std::fs;
use std::io;
use std::path::Path;

use crate::domain::ignore_file::{Folder, IgnoreFile};

/// Paths relative to the context, with `/`, in order. Links are sent as links, so where they lead is not looked at.
pub fn files(context: &Path, ignore: &IgnoreFile) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut waiting = vec![(String::new(), Folder::default())];
    while let Some((path, folder)) = waiting.pop() {
        for entry in fs::read_dir(context.join(&path))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = if path.is_empty() { name } else { format!("{path}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                let below = ignore.enter(&folder, &inner);
                if !ignore.may_skip(&below) {
                    waiting.push((inner, below));
                }
            } else if kind.is_file() && !ignore.decide_inside(&folder, &inner).excluded {
                files.push(inner);
            }
        }
    }
    files.sort();
    Ok(files)
}
