//! The passphrase of an encrypted delivery: strong enough for a format that makes guessing cheap, and such that it can be typed anywhere.

use std::fmt;

use zeroize::Zeroizing;

/// Fewest characters.
const SHORTEST: usize = 12;
/// Fewest digits, when there are no letters: 10^16 guesses take a graphics card some decades, 10^12 a day. `WinZip`'s key derivation,
/// which every reader has, is a thousand rounds of SHA-1 and no more.
const FEWEST_DIGITS: usize = 16;
/// Fewest different characters.
const FEWEST_DIFFERENT: usize = 5;
/// Groups of four digits in a suggestion: 80 bits.
const GROUPS: usize = 6;

/// Opens an encrypted delivery. Never shown, never written down by the program; its memory is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

/// Why a passphrase is refused for a new delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassphrase {
    /// Readers differ in how they turn other characters into bytes, and a blank at the end cannot be dictated.
    #[error("only letters, digits and marks of an English keyboard, and no blank at the ends")]
    Characters,
    /// Few enough to be tried out.
    #[error("fewer than {SHORTEST} characters, or fewer than {FEWEST_DIGITS} digits without any letter")]
    Short,
    /// The same few characters again and again.
    #[error("fewer than {FEWEST_DIFFERENT} different characters")]
    Monotonous,
}

impl Passphrase {
    /// A passphrase for a new delivery.
    ///
    /// # Errors
    /// See [`WeakPassphrase`].
    pub fn new(text: impl Into<String>) -> Result<Self, WeakPassphrase> {
        let text = Zeroizing::new(text.into());
        if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) || text.trim() != text.as_str() {
            return Err(WeakPassphrase::Characters);
        }
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let letters = text.chars().any(|c| c.is_ascii_alphabetic());
        if text.len() < SHORTEST || (!letters && digits < FEWEST_DIGITS) {
            return Err(WeakPassphrase::Short);
        }
        let different = text.bytes().enumerate().filter(|(at, byte)| !text.as_bytes()[..*at].contains(byte));
        if different.count() < FEWEST_DIFFERENT {
            return Err(WeakPassphrase::Monotonous);
        }
        Ok(Self(text))
    }

    /// Whatever somebody says opens a delivery that is there already.
    #[must_use]
    pub fn given(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A passphrase that can be dictated: six groups of four digits, the hyphens belong to it. `random` comes from the operating system.
    #[must_use]
    pub fn suggested(random: [u64; GROUPS]) -> String {
        random.map(|number| format!("{:04}", number % 10_000)).join("-")
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_tried_out_is_refused() {
        use WeakPassphrase as W;
        for (text, told) in [
            ("", Err(W::Short)),
            ("Gr7-uk2-pow", Err(W::Short)),
            ("Gr7-uk2-powe", Ok(())),
            ("123456789012345", Err(W::Short)),
            ("1234-5678-9012-345", Err(W::Short)),
            ("1234-5678-9012-3456", Ok(())),
            ("aaaaaaaaaaaaaaaa", Err(W::Monotonous)),
            ("1212121212121212", Err(W::Monotonous)),
            ("correct horse battery", Ok(())),
            (" correct horse battery", Err(W::Characters)),
            ("correct horse battery\n", Err(W::Characters)),
            ("毕业照毕业照毕业照毕业照毕业照", Err(W::Characters)),
            ("１２３４５６７８９０１２３４５６", Err(W::Characters)),
        ] {
            assert_eq!(Passphrase::new(text).map(drop), told, "{text:?}");
        }
    }

    #[test]
    fn a_suggestion_is_strong_and_says_nothing_to_a_log() {
        let suggested = Passphrase::suggested([0, 7, 10_000, u64::MAX, 4821, 935]);
        assert_eq!(suggested, "0000-0007-0000-1615-4821-0935");
        let passphrase = Passphrase::new(suggested).unwrap();
        assert_eq!(format!("{passphrase:?}"), "Passphrase(…)");
    }
}
