//! `schema`: prints the keys of taskflow.toml, as a JSON Schema or as a page of documentation.

use crate::cli::{SchemaArgs, SchemaFormat};
use crate::documents::schema::SchemaDocument;
use crate::domain::config::{json_schema, reference};
use crate::outcome::Outcome;
use crate::ui::{Ui, json};

pub(super) fn run(ui: Ui, args: &SchemaArgs) -> Outcome<SchemaDocument> {
    let json_schema = json_schema::schema();
    match args.format {
        _ if ui.json => {}
        SchemaFormat::Json => ui.document(&json::text(&json_schema)),
        SchemaFormat::Markdown => ui.result(reference::page().trim_end()),
    }
    Outcome::success(SchemaDocument { json_schema })
}
