//! The key of an encrypted order log, and the recovery code that people keep on paper.
//!
//! The recovery code holds the whole key and needs no word list: sixteen groups of six digits. Group `n` (from 1) is
//! `11 × value + n mod 11`, where `value` is the big-endian number in bytes `2n - 2` and `2n - 1` of the key. A digit that is
//! read or typed wrongly, two neighbours exchanged, and two groups exchanged change the remainder, so that the wrong group
//! is named. (Groups 1–5 and 12–16 share their remainders in pairs; the key's fingerprint tells such an exchange.)

use std::fmt;

use kiosk_core::hex::{hex, unhex};

use crate::digest::sha256;

/// Groups of a recovery code.
const GROUPS: usize = 16;
/// Digits of a group: 11 × 65535 + 10 has six.
const DIGITS: usize = 6;
/// The prime behind ISBN-10 and Chinese ID numbers: sees every single digit and every exchange of neighbours.
const MODULUS: u32 = 11;

/// The key of an encrypted order log: 32 random bytes, used as they are (AES-256), not stretched like a password.
/// `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key with these bytes, which must be random.
    #[must_use]
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text.trim()).map(Self)
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Tells two keys apart without telling either: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let told = [b"order log key".as_slice(), &self.0].concat();
        hex(&sha256(&told))[..16].to_owned()
    }

    /// What people write down: sixteen groups of six digits, four groups a line.
    #[must_use]
    pub fn recovery_code(&self) -> String {
        let groups: Vec<String> = self
            .0
            .chunks_exact(2)
            .zip(1_u32..)
            .map(|(pair, n)| {
                let value = u32::from(pair[0]) << 8 | u32::from(pair[1]);
                format!("{:06}", value * MODULUS + n % MODULUS)
            })
            .collect();
        groups.chunks(4).map(|line| line.join("-")).collect::<Vec<_>>().join("\n")
    }

    /// The key of a recovery code; whatever stands between the digits does not matter.
    ///
    /// # Errors
    /// Says how many digits are missing, or which group is wrong.
    pub fn from_recovery_code(text: &str) -> Result<Self, RecoveryCodeError> {
        // Full-width digits come from Chinese input methods.
        let digits: Vec<u32> = text
            .chars()
            .map(|c| {
                if ('０'..='９').contains(&c) {
                    c as u32 - '０' as u32
                } else {
                    c.to_digit(10).unwrap_or(10)
                }
            })
            .filter(|digit| *digit < 10)
            .collect();
        if digits.len() != GROUPS * DIGITS {
            return Err(RecoveryCodeError::Length { digits: digits.len() });
        }
        let mut bytes = [0; 32];
        for ((group, n), pair) in digits.chunks_exact(DIGITS).zip(1_u32..).zip(bytes.chunks_exact_mut(2)) {
            let number = group.iter().fold(0, |number, digit| number * 10 + digit);
            let value = u16::try_from(number / MODULUS).ok().filter(|_| number % MODULUS == n % MODULUS);
            pair.copy_from_slice(&value.ok_or(RecoveryCodeError::Group { group: n })?.to_be_bytes());
        }
        Ok(Self(bytes))
    }

    /// As SQLCipher takes a key that is not a pass phrase.
    pub(crate) fn raw(&self) -> String {
        format!("x'{}'", hex(&self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Not a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
    /// The wrong number of digits.
    #[error("a recovery code has 96 digits in 16 groups of 6; these are {digits}")]
    Length {
        /// Digits that were given.
        digits: usize,
    },
    /// A group that cannot be right.
    #[error("group {group} of 16 is wrong: compare it with the paper")]
    Group {
        /// Which, from 1.
        group: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> Key {
        Key::of(std::array::from_fn(|i| (i as u8).wrapping_mul(37).wrapping_add(seed).rotate_left(3)))
    }

    #[test]
    fn a_key_survives_paper() {
        for key in [key(1), key(200), Key::of([0; 32]), Key::of([255; 32])] {
            let code = key.recovery_code();
            assert_eq!(code.lines().count(), 4);
            assert_eq!(Key::from_recovery_code(&code), Ok(key));
            let spoken: String = code.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(Key::from_recovery_code(&spoken), Ok(key), "without separators");
            let wide: String = spoken
                .chars()
                .map(|c| char::from_u32('０' as u32 + c as u32 - '0' as u32).unwrap())
                .collect();
            assert_eq!(Key::from_recovery_code(&wide), Ok(key), "full-width digits");
        }
    }

    #[test]
    fn every_wrong_digit_and_every_exchange_of_neighbours_names_its_group() {
        let code: Vec<u8> = key(7).recovery_code().bytes().filter(u8::is_ascii_digit).collect();
        let text = |digits: &[u8]| String::from_utf8(digits.to_vec()).unwrap();
        for at in 0..code.len() {
            let group = Err(RecoveryCodeError::Group { group: at as u32 / 6 + 1 });
            for digit in b'0'..=b'9' {
                let mut wrong = code.clone();
                wrong[at] = digit;
                if wrong != code {
                    assert_eq!(Key::from_recovery_code(&text(&wrong)), group, "digit {at}");
                }
            }
            let mut swapped = code.clone();
            if at % 6 < 5 && code[at] != code[at + 1] {
                swapped.swap(at, at + 1);
                assert_eq!(Key::from_recovery_code(&text(&swapped)), group, "digits {at} and the next");
            }
        }
        assert_eq!(Key::from_recovery_code(&text(&code[1..])), Err(RecoveryCodeError::Length { digits: 95 }));
    }

    #[test]
    fn nothing_that_is_printed_tells_the_key() {
        let (key, other) = (key(3), key(4));
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert!(!key.to_hex().contains(&key.fingerprint()));
        assert_ne!(key.fingerprint(), other.fingerprint());
        assert_eq!(Key::from_hex(&key.to_hex()), Some(key));
        assert_eq!(Key::from_hex("00"), None);
    }
}
