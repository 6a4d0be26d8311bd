//! The document of `minikube-archive`.

use serde::Serialize;

/// The document has no fields of its own.
#[derive(Serialize)]
pub(crate) struct ArchiveDocument {}
