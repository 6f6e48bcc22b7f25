//! Base45 (RFC 9285): bytes as the characters of a QR code's alphanumeric mode.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Two bytes become three characters, a last single byte two.
pub(super) fn encode(bytes: &[u8]) -> String {
    let digits = bytes.chunks(2).flat_map(|pair| {
        let value = pair.iter().fold(0_usize, |v, b| v << 8 | usize::from(*b));
        let count = if pair.len() == 2 { 3 } else { 2 };
        (0..count).map(move |i| value / 45_usize.pow(i) % 45)
    });
    digits.filter_map(|digit| ALPHABET.get(digit)).map(|b| char::from(*b)).collect()
}

/// `None` for a foreign character, a dangling one, or a group that no bytes encode to.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.chunks(3) {
        let value = group.iter().rev().try_fold(0_u32, |value, character| {
            let digit = ALPHABET.iter().position(|a| a == character)?;
            Some(value * 45 + digit as u32)
        })?;
        match group.len() {
            3 => bytes.extend(u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (plain, encoded) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded.as_bytes()), Some(plain.as_bytes().to_vec()));
        }
        for bad in ["GGW", ":::", "A", "BB8A", "bb8", "::"] {
            assert_eq!(decode(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
        }

        #[test]
        fn any_text_is_safe(text: Vec<u8>) {
            let _ = decode(&text);
        }
    }
}
