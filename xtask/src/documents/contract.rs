//! The document of `contract export`.

use serde::Serialize;

use crate::domain::contract::export::StructureTests;

/// A contract in the form of another tool.
#[derive(Serialize)]
pub(crate) struct ExportDocument {
    /// The component.
    pub(crate) component: String,
    /// The file of the other tool.
    pub(crate) file: StructureTests,
}
