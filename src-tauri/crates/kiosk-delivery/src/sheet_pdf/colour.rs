//! The sRGB colour space as an ICC profile, made from its published numbers.

/// IEC 61966-2-1 in the smallest form that ICC.1:2004 (version 4.2) allows: matrix and parametric curve.
pub(super) fn srgb_profile() -> Vec<u8> {
    let curve = tone_curve();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", text("sRGB IEC61966-2.1")),
        (b"cprt", text("No copyright, use freely")),
        (b"wtpt", xyz([0.9642, 1.0, 0.8249])),
        // The primaries, adapted from D65 to the profile connection space's D50 (Bradford).
        (b"rXYZ", xyz([0.436_066, 0.222_488, 0.013_916])),
        (b"gXYZ", xyz([0.385_147, 0.716_873, 0.097_076])),
        (b"bXYZ", xyz([0.143_066, 0.060_608, 0.714_096])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let data_start = 128 + 4 + 12 * tags.len();
    for (signature, bytes) in &tags {
        table.extend_from_slice(*signature);
        table.extend_from_slice(&((data_start + data.len()) as u32).to_be_bytes());
        table.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
        data.extend_from_slice(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header((data_start + data.len()) as u32);
    profile.extend_from_slice(&table);
    profile.extend_from_slice(&data);
    profile
}

/// ICC.1:2004, 7.2.
fn header(size: u32) -> Vec<u8> {
    let mut header = vec![0; 128];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &size.to_be_bytes());
    put(8, &[4, 0x20, 0, 0]);
    put(12, b"mntrRGB XYZ ");
    // A fixed date, the standard's publication: 1999-10-18.
    put(24, &[0x07, 0xCF, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0]);
    put(36, b"acsp");
    put(68, &xyz([0.9642, 1.0, 0.8249])[8..]);
    header
}

/// `parametricCurveType` 3: linear near black, a power of 2.4 above.
fn tone_curve() -> Vec<u8> {
    let mut curve = b"para\0\0\0\0\0\x03\0\0".to_vec();
    for parameter in [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45] {
        curve.extend_from_slice(&fixed(parameter));
    }
    curve
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    tag.extend(values.into_iter().flat_map(fixed));
    tag
}

/// `multiLocalizedUnicodeType` with one English record.
fn text(ascii: &str) -> Vec<u8> {
    let utf16: Vec<u8> = ascii.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut tag = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
    tag.extend_from_slice(&(utf16.len() as u32).to_be_bytes());
    tag.extend_from_slice(&28_u32.to_be_bytes());
    tag.extend_from_slice(&utf16);
    tag
}

/// `s15Fixed16Number`.
fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_lies_inside_the_profile_and_white_adds_up() {
        let profile = srgb_profile();
        let word = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(word(0), profile.len());
        let mut white = [0_i64; 3];
        for tag in 0..word(128) {
            let entry = 132 + 12 * tag;
            let (offset, length) = (word(entry + 4), word(entry + 8));
            assert!(offset % 4 == 0 && offset + length <= profile.len());
            if profile[entry + 1..].starts_with(b"XYZ") {
                for (i, sum) in white.iter_mut().enumerate() {
                    *sum += i64::from(word(offset + 8 + 4 * i) as u32 as i32);
                }
            }
        }
        // The three primaries make the D50 white, to the last places of the published numbers.
        for (sum, expected) in white.iter().zip([0.9642, 1.0, 0.8249]) {
            assert!((*sum as f64 / 65536.0 - expected).abs() < 4e-4, "{white:?}");
        }
    }
}
