//! The document of `minikube-archive`.

use serde::Serialize;

/// Nothing beside what every document has.
#[derive(Serialize)]
pub(crate) struct ArchiveDocument {}
