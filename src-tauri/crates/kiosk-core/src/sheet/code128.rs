//! Code 128 (ISO/IEC 15417): the order number as bars, so that a cut strip finds its order again.

use super::{Rect, TOLERANCE};

/// Light space that a reader needs at either side, modules.
const QUIET: usize = 10;
/// Widths of a module that fall on whole dots of printers of 300 and 600 dpi, millimetres.
const MODULES: [f64; 4] = [6.0 * DOT, 4.0 * DOT, 3.0 * DOT, 2.0 * DOT];
const DOT: f64 = 25.4 / 300.0;

const START_B: usize = 104;
const START_C: usize = 105;
const TO_C: usize = 99;
const TO_B: usize = 100;
const STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];

/// Widths of bar, space, bar, space, bar, space for each value.
#[rustfmt::skip]
const WIDTHS: [&[u8; 6]; 106] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212", b"221213",
    b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221", b"223211", b"221132",
    b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221", b"312212", b"322112", b"322211",
    b"212123", b"212321", b"232121", b"111323", b"131123", b"131321", b"112313", b"132113", b"132311", b"211313",
    b"231113", b"231311", b"112133", b"112331", b"132131", b"113123", b"113321", b"133121", b"313121", b"211331",
    b"231131", b"213113", b"213311", b"213131", b"311123", b"311321", b"331121", b"312113", b"312311", b"332111",
    b"314111", b"221411", b"431111", b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214",
    b"112412", b"122114", b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111",
    b"111242", b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311", b"113141",
    b"114131", b"311141", b"411131", b"211412", b"211214", b"211232",
];

/// The dark bars of `text` in the middle of `area`, one after the other along its longer side, with their quiet zones inside it; empty when
/// it has no room or a character that the code lacks.
#[must_use]
pub fn bars(text: &str, area: &Rect) -> Vec<Rect> {
    let Some(widths) = widths(text) else { return Vec::new() };
    let modules: usize = widths.iter().map(|&width| usize::from(width)).sum();
    let downwards = area.height > area.width;
    let (start, length) = if downwards { (area.y, area.height) } else { (area.x, area.width) };
    let fits = |module: &&f64| (modules + 2 * QUIET) as f64 * **module <= length + TOLERANCE;
    let Some(&module) = MODULES.iter().find(fits) else { return Vec::new() };
    let mut along = start + (length - modules as f64 * module) / 2.0;
    let mut bars = Vec::with_capacity(widths.len() / 2 + 1);
    for (at, &width) in widths.iter().enumerate() {
        let width = f64::from(width) * module;
        if at % 2 == 0 {
            let across = Rect { x: along, width, ..*area };
            bars.push(if downwards { Rect { y: along, height: width, ..*area } } else { across });
        }
        along += width;
    }
    bars
}

/// Widths of bars and spaces, in turn, from the start to the stop character.
fn widths(text: &str) -> Option<Vec<u8>> {
    let values = values(text)?;
    let weighted = values.iter().enumerate().map(|(at, value)| at.max(1) * value);
    let check = weighted.sum::<usize>() % 103;
    let mut widths = Vec::with_capacity(values.len() * 6 + 13);
    for value in values.into_iter().chain([check]) {
        widths.extend(WIDTHS.get(value)?.iter().map(|digit| digit - b'0'));
    }
    widths.extend(STOP);
    Some(widths)
}

/// Pairs of digits are one character where at least four stand together, or where all are digits.
fn values(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return None;
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let pairs = |from: usize| if digits(from) >= 4 { digits(from) / 2 } else { 0 };
    let mut values = Vec::with_capacity(bytes.len() + 2);
    let (mut at, mut in_c) = (0, false);
    while at < bytes.len() {
        let now = pairs(at);
        if now > 0 || !in_c {
            let switch = match (values.is_empty(), now > 0) {
                (true, true) => Some(START_C),
                (true, false) => Some(START_B),
                (false, true) if !in_c => Some(TO_C),
                _ => None,
            };
            values.extend(switch);
            in_c = now > 0;
        } else {
            values.push(TO_B);
            in_c = false;
        }
        if now > 0 {
            for pair in bytes[at..at + 2 * now].chunks_exact(2) {
                values.push(usize::from(pair[0] - b'0') * 10 + usize::from(pair[1] - b'0'));
            }
            at += 2 * now;
        } else {
            values.push(usize::from(bytes[at] - b' '));
            at += 1;
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_those_of_the_standard() {
        // Start C, three pairs, code B, "-A007".
        assert_eq!(values("261121-A007").unwrap(), [105, 26, 11, 21, 100, 13, 33, 16, 16, 23]);
        assert_eq!(values("AB1234").unwrap(), [104, 33, 34, 99, 12, 34]);
        assert_eq!(values("#7").unwrap(), [104, 3, 23]);
        assert_eq!(values("12345").unwrap(), [105, 12, 34, 100, 21]);
        assert_eq!((values(""), values("测")), (None, None));
    }

    /// The common example "PJJ123C" begins with start A and has check character 54; start B adds one.
    #[test]
    fn the_check_character_is_the_weighted_sum() {
        let widths = widths("PJJ123C").unwrap();
        let check: String = widths[8 * 6..9 * 6].iter().map(u8::to_string).collect();
        assert_eq!(check.as_bytes(), WIDTHS[55]);
        assert!(widths.ends_with(&STOP));
    }

    #[test]
    fn every_character_is_eleven_modules_and_differs_from_every_other() {
        for (at, widths) in WIDTHS.iter().enumerate() {
            assert_eq!(widths.iter().map(|d| usize::from(d - b'0')).sum::<usize>(), 11, "{at}");
            assert!(!WIDTHS[..at].contains(widths), "{at}");
        }
    }

    #[test]
    fn bars_stay_inside_with_their_quiet_zones_on_whole_dots() {
        for width in [27.0, 33.0, 60.0] {
            let area = Rect { x: 5.0, y: 7.0, width, height: 8.0 };
            let bars = bars("261121-A007", &area);
            let module = bars[0].width / 2.0;
            assert!(MODULES.contains(&module), "{module}");
            assert!(bars[0].x - 10.0 * module >= area.x - TOLERANCE);
            assert!(bars.last().unwrap().right() + 10.0 * module <= area.right() + TOLERANCE);
            assert!(bars.iter().all(|bar| (bar.y, bar.height) == (7.0, 8.0)));
        }
        assert!(bars("261121-A007", &Rect { x: 0.0, y: 0.0, width: 20.0, height: 8.0 }).is_empty());
        let ladder = bars("261121-A007", &Rect { x: 1.0, y: 2.0, width: 20.0, height: 27.0 });
        assert!(ladder.iter().all(|bar| (bar.x, bar.width) == (1.0, 20.0) && bar.y > 2.0));
    }
}
