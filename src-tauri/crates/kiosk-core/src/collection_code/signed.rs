//! Signatures of codes in the open format.

use std::fmt;
use std::str::FromStr;

use ed25519_compact::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use super::{CodeFields, OPEN_PREFIX, base45};
use crate::hex::{hex, unhex};

/// Begins a signed code in the open format, version 1.
pub const SIGNED_PREFIX: &str = "DPK1S:";

/// 64 bytes in Base45.
const SIGNATURE_LENGTH: usize = 96;

/// The public key of somebody who signs codes: 32 bytes, Ed25519 (RFC 8032). As text 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeKey([u8; 32]);

/// Not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of codes is an Ed25519 public key in 64 hexadecimal digits")]
pub struct BadCodeKey;

impl FromStr for CodeKey {
    type Err = BadCodeKey;

    fn from_str(text: &str) -> Result<Self, BadCodeKey> {
        unhex(text.trim()).map(Self).ok_or(BadCodeKey)
    }
}

impl TryFrom<String> for CodeKey {
    type Error = BadCodeKey;

    fn try_from(text: String) -> Result<Self, BadCodeKey> {
        text.parse()
    }
}

impl From<CodeKey> for String {
    fn from(key: CodeKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Signature and fields, both in Base45.
fn parts(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    payload.trim_ascii().strip_prefix(SIGNED_PREFIX.as_bytes())?.split_at_checked(SIGNATURE_LENGTH)
}

/// Whether a payload says that it is in the open format, whatever follows.
pub(super) fn claims_the_format(payload: &[u8]) -> bool {
    [OPEN_PREFIX, SIGNED_PREFIX].iter().any(|prefix| payload.trim_ascii().starts_with(prefix.as_bytes()))
}

pub(super) fn signed_format(payload: &[u8]) -> Option<CodeFields> {
    let (_, fields) = parts(payload)?;
    CodeFields::from_json(&base45::decode(fields)?)
}

/// Whether one of `keys` signed a payload.
pub(super) fn is_signed(payload: &[u8], keys: &[CodeKey]) -> bool {
    let verified = || {
        let (signature, fields) = parts(payload)?;
        let signature = Signature::from_slice(&base45::decode(signature)?).ok()?;
        let unsigned = [OPEN_PREFIX.as_bytes(), fields].concat();
        let signed = |key: &CodeKey| PublicKey::new(key.0).verify(&unsigned, &signature).is_ok();
        keys.iter().any(signed).then_some(())
    };
    verified().is_some()
}

#[cfg(test)]
mod tests {
    use ed25519_compact::{KeyPair, Seed};

    use super::*;
    use crate::collection_code::{CodeKind, CollectionCode};

    fn fields() -> CodeFields {
        CodeFields { student_number: Some("T2026001".to_owned()), ..CodeFields::default() }
    }

    fn pair(seed: u8) -> (KeyPair, CodeKey) {
        let pair = KeyPair::from_seed(Seed::new([seed; 32]));
        (pair.clone(), CodeKey(*pair.pk))
    }

    /// What a school's own program does.
    fn signed(pair: &KeyPair) -> Vec<u8> {
        let unsigned = CollectionCode::open(&fields()).payload;
        let signature = base45::encode(&*pair.sk.sign(&unsigned, None));
        assert_eq!(signature.len(), SIGNATURE_LENGTH);
        [SIGNED_PREFIX.as_bytes(), signature.as_bytes(), &unsigned[OPEN_PREFIX.len()..]].concat()
    }

    #[test]
    fn a_signed_code_is_an_open_code() {
        let code = CollectionCode::decode(&signed(&pair(1).0));
        assert_eq!((code.kind, code.fields.clone()), (CodeKind::Open, Some(fields())));
        assert!(!code.is_forged(&[]), "nobody asked for signatures");
    }

    #[test]
    fn where_signatures_are_asked_for_an_open_code_has_one_that_fits() {
        let ((own, key), (other, other_key)) = (pair(1), pair(2));
        let mut changed = signed(&own);
        let last = changed.len() - 1;
        changed[last] = if changed[last] == b'0' { b'1' } else { b'0' };
        let cjm = br#"{"cjm":"0123456789abcdef"}"#.to_vec();
        for (payload, forged) in [
            (signed(&own), false),
            (signed(&other), true),
            (CollectionCode::open(&fields()).payload, true),
            (changed, true),
            (cjm, false),
            (b"whatever".to_vec(), false),
        ] {
            let code = CollectionCode::decode(&payload);
            assert_eq!(code.is_forged(&[key]), forged, "{}", String::from_utf8_lossy(&payload));
        }
        assert!(!CollectionCode::decode(&signed(&other)).is_forged(&[key, other_key]));
    }

    #[test]
    fn keys_are_text_in_settings() {
        let key = pair(1).1;
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("abc".parse::<CodeKey>(), Err(BadCodeKey));
    }
}
