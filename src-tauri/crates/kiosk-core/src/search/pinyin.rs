//! Names as they are typed on a keyboard without Chinese.

use pinyin::{ToPinyin as _, ToPinyinMulti as _};

/// Most readings of one character beside the usual one.
const OTHER_READINGS: usize = 3;
/// Most spellings of one name.
const MOST_SPELLINGS: usize = 8;

/// The name in pinyin without tones, its given name alone, and the initials of both; empty where no character has a reading.
///
/// One character at a time may have another reading than its usual one: 单 is `dan` in words and `shan` as a surname.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let readings: Vec<Vec<String>> = name.chars().filter_map(readings).collect();
    let usual: Vec<&str> = readings.iter().filter_map(|of| of.first()).map(String::as_str).collect();
    let mut names = vec![usual.clone()];
    for (at, of) in readings.iter().enumerate() {
        for other in of.iter().skip(1) {
            let mut name = usual.clone();
            name.splice(at..=at, [other.as_str()]);
            names.push(name);
        }
    }
    names.truncate(MOST_SPELLINGS);
    names.iter().flat_map(|syllables| forms(syllables)).filter(|word| !word.is_empty()).collect()
}

fn forms(syllables: &[&str]) -> [String; 4] {
    let given = syllables.get(1..).unwrap_or_default();
    [syllables.concat(), given.concat(), initials(syllables), initials(given)]
}

fn initials(syllables: &[&str]) -> String {
    syllables.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

/// Without tones, ü as v, the usual one first.
fn readings(c: char) -> Option<Vec<String>> {
    let plain = |reading: pinyin::Pinyin| reading.plain().replace('ü', "v");
    let mut readings = vec![plain(c.to_pinyin()?)];
    for other in c.to_pinyin_multi().into_iter().flatten().map(plain) {
        if !readings.contains(&other) && readings.len() <= OTHER_READINGS {
            readings.push(other);
        }
    }
    Some(readings)
}
