//! The JSON schema of a document, from its types.

use super::Document;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use serde_json::{Value, json};
use std::path::Path;

/// The schema as it is committed.
fn derived() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(close);
    let schema = settings.into_generator().into_root_schema_for::<Document>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

/// Says what is true of all parts and not said by their types: they have no other fields; a field
/// that is left out at times is never null; and one with a default is always written, but an older
/// document may lack it.
fn close(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        // The lines of a comment are those of its file.
        *description = description.replace('\n', " ");
    }
    let mut required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let absent = properties.iter_mut().filter(|(name, _)| !required.contains(&json!(name)));
        absent.for_each(|(_, property)| forbid_null(property));
        required.retain(|name| name.as_str().is_some_and(|name| properties[name].get("default").is_none()));
        schema.insert("required".to_owned(), required.into());
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    transform_subschemas(&mut close, schema);
}

fn forbid_null(property: &mut Value) {
    let Value::Object(fields) = property else { return };
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = &types[..] {
            fields["type"] = only.clone();
        }
    }
    if let Some(Value::Array(mut any)) = fields.remove("anyOf") {
        any.retain(|one| *one != json!({ "type": "null" }));
        match any.pop() {
            Some(Value::Object(only)) if any.is_empty() => fields.extend(only),
            last => {
                any.extend(last);
                fields.insert("anyOf".to_owned(), any.into());
            }
        }
    }
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/comparison.schema.json");
    // The same word renews whatever is committed.
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, derived()).expect("the schema can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the schema is documented");
    assert!(
        committed == derived(),
        "the form of saved comparisons has changed: 'INSTA_UPDATE=always cargo test -p lockstep-cli schema' writes {} anew; \
         raise SCHEMA if older documents cannot be read any more",
        path.display()
    );
}
