//! Reads JSON and leaves every number the text it was, so that no price passes through a float.

use super::decimal::Decimal;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    /// In the order of the file, which is the order in which rules are tried.
    Object(Vec<(String, Self)>),
}

impl Json {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let value = reader.value()?;
        reader.space();
        if reader.at < reader.bytes.len() { Err(reader.fault("the end")) } else { Ok(value) }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
            .filter(|value| **value != Self::Null)
    }

    pub(crate) fn entries(&self) -> &[(String, Self)] {
        if let Self::Object(entries) = self { entries } else { &[] }
    }

    pub(crate) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A number, or the text of one.
    pub(crate) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(text) | Self::Text(text) => Decimal::parse(text),
            _ => None,
        }
    }

    /// A whole number that counts something: `128000` and `256000.0`.
    pub(crate) fn count(&self) -> Option<u64> {
        self.decimal().filter(|value| value.places() == 0 && !value.is_negative())?.to_string().parse().ok()
    }

    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.get(key) == Some(&Self::Bool(true))
    }

    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn fault(&self, wanted: &str) -> String {
        format!("byte {}: expected {wanted}", self.at)
    }

    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn skip(&mut self, word: &str) -> Result<(), String> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.fault(word))
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        self.space();
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'"') => self.string().map(Json::Text),
            Some(b't') => self.skip("true").map(|()| Json::Bool(true)),
            Some(b'f') => self.skip("false").map(|()| Json::Bool(false)),
            Some(b'n') => self.skip("null").map(|()| Json::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Json::Number(self.number())),
            _ => Err(self.fault("a value")),
        }
    }

    fn number(&mut self) -> String {
        let from = self.at;
        while matches!(self.bytes.get(self.at), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.bytes[from..self.at]).into_owned()
    }

    fn list(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        while self.bytes.get(self.at) != Some(&b']') {
            items.push(self.value()?);
            self.comma(b']')?;
        }
        self.at += 1;
        Ok(Json::List(items))
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut entries = Vec::new();
        self.at += 1;
        self.space();
        while self.bytes.get(self.at) != Some(&b'}') {
            let key = self.string()?;
            self.space();
            self.skip(":")?;
            entries.push((key, self.value()?));
            self.comma(b'}')?;
        }
        self.at += 1;
        Ok(Json::Object(entries))
    }

    fn comma(&mut self, end: u8) -> Result<(), String> {
        self.space();
        match self.bytes.get(self.at) {
            Some(b',') => {
                self.at += 1;
                self.space();
                Ok(())
            }
            Some(byte) if *byte == end => Ok(()),
            _ => Err(self.fault("a comma or the end of the list")),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.fault("a string"));
        }
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(self.fault("the end of a string")) };
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(text).map_err(|_| self.fault("UTF-8")),
                b'\\' => self.escape(&mut text)?,
                _ => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), String> {
        let Some(&byte) = self.bytes.get(self.at) else { return Err(self.fault("an escape")) };
        self.at += 1;
        let char = match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let high = self.unit()?;
                if (0xd800..0xdc00).contains(&high) {
                    self.skip("\\u")?;
                    let low = self.unit()?;
                    let code = 0x1_0000 + ((high - 0xd800) << 10) + low.wrapping_sub(0xdc00);
                    char::from_u32(code).ok_or_else(|| self.fault("a character"))?
                } else {
                    char::from_u32(high).ok_or_else(|| self.fault("a character"))?
                }
            }
            other => char::from(other),
        };
        text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn unit(&mut self) -> Result<u32, String> {
        let hex = self.bytes.get(self.at..self.at + 4).and_then(|hex| std::str::from_utf8(hex).ok());
        let code =
            hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).ok_or_else(|| self.fault("four hex digits"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_the_text_it_was() {
        let json =
            Json::parse(r#"{"a": [1.50, 3.75e-07, -2], "b": "gl\u00fcck \ud83d\ude00\n", "c": null, "d": true}"#);
        let json = json.expect("it is JSON");
        let numbers = json.get("a").expect("it is there").items();
        assert_eq!(numbers, ["1.50", "3.75e-07", "-2"].map(|text| Json::Number(text.to_owned())));
        assert_eq!(json.text_of("b"), Some("glück 😀\n"));
        assert_eq!(json.get("c"), None);
        assert!(json.is_true("d"));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        for text in ["", "{", "[1,", "{\"a\" 1}", "\"a", "1 2", "tru"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }
}
