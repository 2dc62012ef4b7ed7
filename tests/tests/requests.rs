//! The stored requests count as their vectors say; Python runs the same file.

use std::path::Path;
use tokenfare::{Format, Hints, Json, Media, Request};

fn stored() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/requests.jsonl");
    std::fs::read_to_string(path).expect("the vectors are stored")
}

#[test]
fn every_stored_request_counts_as_its_vector_says() {
    let lines = stored();
    assert!(lines.lines().count() >= 80);
    for line in lines.lines() {
        let vector: Json<'_> = serde_json::from_str(line).unwrap();
        let name = vector.text("name").unwrap();
        let format: Format = vector.text("format").unwrap().parse().unwrap();
        let request = vector.get("request").unwrap().clone();
        let detected = Request::new(request.clone(), None).unwrap();
        assert_eq!(detected.format(), format, "{name}");
        let request = Request::new(request, Some(format)).unwrap();
        let mut hints = Hints::default();
        for media in vector.get("media").and_then(Json::as_array).unwrap_or_default() {
            let side = |name: &str| u32::try_from(media.get(name).unwrap().as_u64().unwrap()).unwrap();
            hints = hints.media(media.text("at").unwrap(), Media::image(side("width"), side("height")));
        }
        let model = tokenfare::model(vector.text("model").unwrap()).unwrap();
        let count = model.count_request_with(&request, &hints).unwrap();
        let number = |name: &str| vector.get(name).and_then(Json::as_u64);
        assert_eq!(Some(count.tokens), number("tokens"), "{name}: {:#?}", count.parts);
        assert_eq!(Some(count.exactness.as_str()), vector.text("exactness"), "{name}");
        assert!(count.low <= count.tokens && count.tokens <= count.high, "{name}");
        if let (Some(low), Some(high)) = (number("low"), number("high")) {
            assert_eq!((count.low, count.high), (low, high), "{name}");
        }
    }
}

#[test]
fn each_name_stands_once() {
    let lines = stored();
    let names =
        lines.lines().map(|line| serde_json::from_str::<Json<'_>>(line).unwrap().text("name").unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}
