//! The document of `schema`.

use serde::Serialize;

use crate::domain::config::json_schema::Schema;

/// The keys of taskflow.toml.
#[derive(Serialize)]
pub(crate) struct SchemaDocument {
    /// The JSON Schema.
    pub(crate) json_schema: Schema,
}
