//! Lists of the catalogue.

use serde_json::{Value, json};

use super::look::Document;
use super::replies;

fn words(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["content"].as_str())
}

fn scalar(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

#[test]
fn every_page_keeps_its_items_with_their_codes_and_words() {
    let files = replies("200-list-").into_iter().filter(|(name, ..)| !name.contains("checkrates"));
    for (name, document, json) in files {
        let Document::Json(source) = document else { panic!("{name} is JSON") };
        let list = json["reply"].as_str().unwrap();
        let extra = &json["extra"];
        for member in ["from", "to", "total"] {
            assert_eq!(extra[member], source[member], "{name}");
        }
        let items = source[list].as_array().unwrap();
        assert_eq!(extra[list].as_array().unwrap().len(), items.len(), "{name}");
        for (shown, item) in extra[list].as_array().unwrap().iter().zip(items) {
            assert_eq!(shown["code"], scalar(&item["code"]), "{name}");
            assert_eq!(shown["name"].as_str(), words(&item["name"]), "{name}");
            assert_eq!(shown["description"].as_str(), words(&item["description"]), "{name}");
            assert_eq!(shown["type"].as_str(), words(&item["typeDescription"]), "{name}");
            assert_eq!(shown["group"], scalar(&item["facilityGroupCode"]), "{name}");
            let parts = item["states"].as_array().or(item["zones"].as_array());
            let part = |part: &Value| {
                let code = part.get("code").or(part.get("zoneCode")).unwrap();
                json!({ "code": scalar(code), "name": part["name"] })
            };
            let parts = parts.map(|parts| parts.iter().map(part).collect::<Value>()).unwrap_or_default();
            assert_eq!(shown["parts"], parts, "{name}");
            let comments = item["commentsByRates"]
                .as_array()
                .map_or(0, |rates| rates.iter().map(|rate| rate["comments"].as_array().unwrap().len()).sum());
            assert_eq!(shown["comments"].as_array().map_or(0, Vec::len), comments, "{name}");
        }
    }
}
