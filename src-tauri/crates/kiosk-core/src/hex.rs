//! Hashes as text.

use std::fmt::Write;

/// Two lower-case hexadecimal digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 32 bytes of a SHA-256 sum in digits of either case; `None` for anything else.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |character: char| character.to_digit(16).map(|digit| digit as u8);
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_survives_the_way_to_text_and_back() {
        // FIPS 180-4, the example of "abc".
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let sum = unhex(text).unwrap();
        assert_eq!(sum[..2], [0xba, 0x78]);
        assert_eq!(hex(&sum), text);
        assert_eq!(unhex(&text.to_uppercase()), Some(sum));
        for wrong in ["", &text[1..], &text[2..], &text.replace('b', "x"), &text.replace('b', "é")] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
