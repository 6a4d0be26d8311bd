//! The document of `schema`.

use serde::Serialize;

use crate::domain::config::json_schema::Schema;

/// The keys of taskflow.toml, as a JSON Schema.
#[derive(Serialize)]
pub(crate) struct SchemaDocument {
    /// The JSON Schema.
    pub(crate) json_schema: Schema,
}
