//! The characters that byte-level vocabularies write bytes with: each printable byte as itself, the others from U+0100 on.

/// The bytes that a token is written for; `None` if a character of it stands for no byte.
pub(super) fn bytes(token: &str) -> Option<Vec<u8>> {
    token.chars().map(byte).collect()
}

fn byte(written: char) -> Option<u8> {
    let code = u32::from(written);
    let byte = match written {
        '!'..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{FF}' => code,
        // The bytes left out above, in their order: 0x00 to 0x20, 0x7F to 0xA0, 0xAD.
        '\u{100}'..='\u{120}' => code - 0x100,
        '\u{121}'..='\u{142}' => code - 0x121 + 0x7F,
        '\u{143}' => 0xAD,
        _ => return None,
    };
    u8::try_from(byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_written_with_one_character() {
        let mut written = [None; 256];
        for character in (0..=0x10_FFFF).filter_map(char::from_u32) {
            if let Some(byte) = byte(character) {
                assert_eq!(written[usize::from(byte)].replace(character), None, "{byte}");
            }
        }
        assert!(written.iter().all(Option::is_some));
        // The ones that everybody who has looked into such a vocabulary knows.
        assert_eq!(
            [b' ', b'\n', b'\t', b'A', 0xC3].map(|byte| written[usize::from(byte)]),
            ['Ġ', 'Ċ', 'ĉ', 'A', 'Ã'].map(Some)
        );
    }

    #[test]
    fn a_token_with_a_character_that_is_no_byte_has_no_bytes() {
        assert_eq!(bytes("Ġhi"), Some(b" hi".to_vec()));
        assert_eq!(bytes("▁hi"), None);
        assert_eq!(bytes("hi there"), None);
    }
}
