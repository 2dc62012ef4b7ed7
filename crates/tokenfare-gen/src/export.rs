//! The catalog's files as one JSON document, for other languages: `crates/tokenfare-catalog/catalog.schema.json` describes it.

use serde_json::{Map, Value, json};
use toml::Value as Toml;

/// Returns the document of files, each by its name and text.
pub(crate) fn document(sources: &[(String, String)]) -> Result<String, String> {
    let mut providers = Vec::new();
    let mut as_of: Option<String> = None;
    for (name, text) in sources {
        let table: toml::Table = text.parse().map_err(|error| format!("{name}: {error}"))?;
        let day = table.get("as_of").map(ToString::to_string).unwrap_or_default();
        // The oldest says up to when all of it was compared.
        as_of = Some(match as_of {
            Some(oldest) => oldest.min(day),
            None => day,
        });
        providers.push(value(Toml::Table(table)));
    }
    let document = json!({ "schema": "tokenfare.catalog/1", "as_of": as_of, "providers": providers });
    Ok(format!("{document}\n"))
}

/// Days and rates are text, limits are numbers, and no file has a float.
fn value(toml: Toml) -> Value {
    match toml {
        Toml::String(text) => Value::String(text),
        Toml::Integer(number) => number.into(),
        Toml::Boolean(is) => is.into(),
        Toml::Array(items) => items.into_iter().map(value).collect(),
        Toml::Table(table) => {
            Value::Object(table.into_iter().map(|(key, item)| (key, value(item))).collect::<Map<_, _>>())
        }
        Toml::Datetime(day) => Value::String(day.to_string()),
        Toml::Float(number) => Value::String(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn facts_are_exported_as_they_are_written() {
        let text = "provider = \"e\"\nas_of = 2026-08-01\n[[model]]\nid = \"a\"\ncontext_window = 128_000\n[[model.price]]\n\
                    from = 2025-01-01\ninput = \"0.10\"\nimages = { hd = \"0.08\" }\n";
        let older = text.replace("2026-08-01", "2026-07-31");
        let exported = document(&[("e".to_owned(), text.to_owned()), ("f".to_owned(), older)]).unwrap();
        let json: serde_json::Value = serde_json::from_str(&exported).unwrap();
        assert_eq!((&json["schema"], &json["as_of"]), (&"tokenfare.catalog/1".into(), &"2026-07-31".into()));
        let model = &json["providers"][0]["model"][0];
        assert_eq!(model["context_window"], 128_000);
        assert_eq!(model["price"][0]["input"], "0.10", "as it was written");
        assert_eq!(
            (&model["price"][0]["from"], &model["price"][0]["images"]["hd"]),
            (&"2025-01-01".into(), &"0.08".into())
        );
    }
}
