//! Maps of numbers in FlexBuffers (<https://flatbuffers.dev/internals/#flexbuffers>): the attributes of custom operators.

use super::{Broken, Read};

const INT: u8 = 1;
const FLOAT: u8 = 3;
const INDIRECT_INT: u8 = 6;
const INDIRECT_FLOAT: u8 = 8;
const MAP: u8 = 9;
const VECTOR: u8 = 10;
const VECTOR_INT: u8 = 11;
const VECTOR_FLOAT: u8 = 13;

/// More than any attribute of the published models holds (the lip subset has 80 entries).
const MAX_ENTRIES: usize = 4096;

/// The root map: each key with its number or numbers. Entries of other types are kept with no numbers.
pub struct Attributes(Vec<(String, Vec<f64>)>);

impl Attributes {
    /// Parses a buffer whose root is a map.
    pub fn parse(buffer: &[u8]) -> Read<Self> {
        let reader = Reader(buffer);
        let end = buffer.len();
        let &[.., kind, root_width] = buffer else {
            return Err(Broken("FlexBuffer too short"));
        };
        if kind >> 2 != MAP {
            return Err(Broken("FlexBuffer root is not a map"));
        }
        let root_width = usize::from(root_width);
        let root = back(end, 2 + root_width)?;
        let map = reader.indirect(root, root_width)?;
        let width = 1 << (kind & 3);
        reader.map(map, width).map(Self)
    }

    /// The single number called `key`.
    pub fn number(&self, key: &str) -> Read<f64> {
        self.numbers(key).first().copied().ok_or(Broken("FlexBuffer attribute missing"))
    }

    /// A number that is used as an index or a size.
    pub fn index(&self, key: &str) -> Read<usize> {
        self.number(key).and_then(as_index)
    }

    /// All numbers called `key` as indices; empty when the key is absent.
    pub fn indices(&self, key: &str) -> Read<Vec<usize>> {
        self.numbers(key).iter().map(|number| as_index(*number)).collect()
    }

    fn numbers(&self, key: &str) -> &[f64] {
        self.0.iter().find(|entry| entry.0 == key).map_or(&[], |entry| &entry.1)
    }
}

fn as_index(number: f64) -> Read<usize> {
    if number.fract() == 0.0 && (0.0..1e6).contains(&number) {
        Ok(number as usize)
    } else {
        Err(Broken("FlexBuffer attribute is not an index"))
    }
}

fn back(from: usize, by: usize) -> Read<usize> {
    from.checked_sub(by).ok_or(Broken("FlexBuffer offset before the start"))
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Layout, from low to high: key vector offset, key width, count, values, one type byte a value.
    fn map(&self, map: usize, width: usize) -> Read<Vec<(String, Vec<f64>)>> {
        let count = self.count(map, width)?;
        let keys = self.indirect(back(map, 3 * width)?, width)?;
        let key_width = self.unsigned(back(map, 2 * width)?, width)? as usize;
        let entry = |index: usize| {
            let key =
                self.key(self.indirect(keys.saturating_add(index.saturating_mul(key_width)), key_width)?)?;
            let kind = self.byte(map + count * width + index)?;
            Ok((key, self.value(map + index * width, width, kind)?))
        };
        (0..count).map(entry).collect()
    }

    fn value(&self, at: usize, width: usize, kind: u8) -> Read<Vec<f64>> {
        let (kind, inner) = (kind >> 2, 1 << (kind & 3));
        match kind {
            INT..=FLOAT => Ok(vec![self.number(at, width, kind)?]),
            INDIRECT_INT..=INDIRECT_FLOAT => {
                Ok(vec![self.number(self.indirect(at, width)?, inner, kind - INDIRECT_INT + INT)?])
            }
            VECTOR_INT..=VECTOR_FLOAT => {
                let start = self.indirect(at, width)?;
                let count = self.count(start, inner)?;
                (0..count).map(|i| self.number(start + i * inner, inner, kind - VECTOR_INT + INT)).collect()
            }
            VECTOR => {
                let start = self.indirect(at, width)?;
                let count = self.count(start, inner)?;
                let element = |i: usize| {
                    let (at, kind) = (start + i * inner, self.byte(start + count * inner + i)?);
                    if kind >> 2 < INDIRECT_INT {
                        self.number(at, inner, kind >> 2)
                    } else {
                        let kind_of_target = (kind >> 2) - INDIRECT_INT + INT;
                        self.number(self.indirect(at, inner)?, 1 << (kind & 3), kind_of_target)
                    }
                };
                (0..count).map(element).collect()
            }
            _ => Ok(Vec::new()),
        }
    }

    fn number(&self, at: usize, width: usize, kind: u8) -> Read<f64> {
        let raw = self.unsigned(at, width)?;
        match (kind, width) {
            (INT, _) => {
                let unused = 64 - 8 * width as u32;
                Ok(((raw << unused) as i64 >> unused) as f64)
            }
            (FLOAT, 4) => Ok(f64::from(f32::from_bits(raw as u32))),
            (FLOAT, 8) => Ok(f64::from_bits(raw)),
            (FLOAT, _) => Err(Broken("FlexBuffer float width")),
            _ => Ok(raw as f64),
        }
    }

    /// Vectors and maps store their length just before their first element.
    fn count(&self, start: usize, width: usize) -> Read<usize> {
        let count = self.unsigned(back(start, width)?, width)? as usize;
        if count > MAX_ENTRIES {
            return Err(Broken("FlexBuffer vector too long"));
        }
        Ok(count)
    }

    /// Offsets point backwards from where they are stored.
    fn indirect(&self, at: usize, width: usize) -> Read<usize> {
        back(at, usize::try_from(self.unsigned(at, width)?).unwrap_or(usize::MAX))
    }

    fn unsigned(&self, at: usize, width: usize) -> Read<u64> {
        if !matches!(width, 1 | 2 | 4 | 8) {
            return Err(Broken("FlexBuffer width"));
        }
        let bytes =
            self.0.get(at..).and_then(|rest| rest.get(..width)).ok_or(Broken("FlexBuffer too short"))?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn byte(&self, at: usize) -> Read<u8> {
        self.0.get(at).copied().ok_or(Broken("FlexBuffer too short"))
    }

    fn key(&self, at: usize) -> Read<String> {
        let rest = self.0.get(at..).ok_or(Broken("FlexBuffer too short"))?;
        let end = rest.iter().position(|byte| *byte == 0).ok_or(Broken("FlexBuffer key without end"))?;
        Ok(String::from_utf8_lossy(&rest[..end]).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"a": 7, "v": [1, -2]}` with one-byte widths, written by hand from the format's description.
    const SAMPLE: &[u8] = &[
        b'a',
        0,
        b'v',
        0, // keys
        2,
        1,
        0xfe, // typed vector of int: count, elements
        2,
        8,
        7, // keys: count, offsets back to "a" and "v"
        2,
        1, // key vector offset, key width
        2,
        7,
        9, // map: count, value a, offset back to the vector's first element
        INT << 2,
        VECTOR_INT << 2, // types
        4,
        MAP << 2,
        1, // root: offset back to the map's first value, type, width
    ];

    #[test]
    fn reads_numbers_and_vectors() {
        let attributes = Attributes::parse(SAMPLE).unwrap();
        assert_eq!(attributes.index("a"), Ok(7));
        assert_eq!(attributes.numbers("v"), [1.0, -2.0]);
        assert!(attributes.index("absent").is_err());
        assert!(attributes.indices("v").is_err(), "-2 is no index");
    }

    #[test]
    fn damaged_buffers_are_refused_or_read_but_never_panic() {
        for cut in 0..SAMPLE.len() {
            let _ = Attributes::parse(&SAMPLE[..cut]);
        }
        for at in 0..SAMPLE.len() {
            for value in 0..=255 {
                let mut damaged = SAMPLE.to_vec();
                damaged[at] = value;
                let _ = Attributes::parse(&damaged);
            }
        }
    }
}
