//! Students who do not exist, with collection codes that look like those of the trade.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::sim::rng::Rng;

/// One invented student. Numbers have valid checksums and names are plainly made up; births are before 1910, so
/// that no number belongs to anybody who could stand before a kiosk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventedStudent {
    /// Such as 测试·甲子.
    pub name: String,
    /// 学号, 10 digits.
    pub student_number: String,
    /// 18 characters with a valid check character (GB 11643-1999).
    pub id_number: String,
    /// The collection code: Base64 of JSON with the keys that a published imitation uses.
    pub code_payload: Vec<u8>,
    /// 班级.
    pub class: String,
    /// 分院.
    pub college: String,
    /// Five-digit number of a school that does not exist.
    pub school: String,
}

const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
const BRANCHES: [&str; 12] = ["子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"];
const COLLEGES: [&str; 4] = ["示例学院", "虚构工程学院", "样本文学院", "假想理学院"];

impl InventedStudent {
    /// Student number `index` of the invented year `seed`. Different indices below a million give different students.
    #[must_use]
    pub fn new(seed: u64, index: u32) -> Self {
        let mut rng = Rng::new(seed.wrapping_mul(0x1_0001) ^ u64::from(index) << 20);
        let name = format!("测试·{}{}", STEMS[index as usize % 10], BRANCHES[rng.below(12)]);
        let class_number = index / 40 % 20 + 1;
        let student_number = format!("2099{:06}", index % 1_000_000);
        let id_number = id_number(&mut rng);
        let college = COLLEGES[index as usize / 800 % 4].to_owned();
        let class = format!("示例{class_number:02}班");
        let school = "99999".to_owned();
        // 2 November 2026 and some seconds; the code itself is random.
        let made = 1_793_577_600_000_u64 + rng.next() % 86_400_000;
        let code = json!({
            "sjc": made,
            "cjm": format!("{:016x}", rng.next()),
            "yxdm": school,
            "zjhm": id_number[14..],
            "xh": student_number,
            "cc": "本科",
            "xllb": "普通",
            "fy": college,
            "xm": "测**",
            "bh": class,
        });
        let code_payload = STANDARD.encode(code.to_string()).into_bytes();
        Self { name, student_number, id_number, code_payload, class, college, school }
    }
}

/// GB 11643-1999, annex A.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

fn id_number(rng: &mut Rng) -> String {
    let (year, month, day) = (1900 + rng.below(10), 1 + rng.below(12), 1 + rng.below(28));
    let body = format!("110101{year}{month:02}{day:02}{:03}", rng.below(1000));
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = char::from(b"10X98765432"[(sum % 11) as usize]);
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_valid_and_students_differ() {
        let students: Vec<_> = (0..200).map(|i| InventedStudent::new(7, i)).collect();
        for student in &students {
            // ISO 7064 MOD 11-2 over all 18 characters leaves 1.
            let sum =
                student.id_number.chars().fold(0, |sum, c| (sum * 2 + c.to_digit(10).unwrap_or(10)) % 11);
            assert_eq!(sum, 1, "{}", student.id_number);
            assert_eq!(student.student_number.len(), 10);
            assert!((200..400).contains(&student.code_payload.len()), "{}", student.code_payload.len());
        }
        let mut numbers: Vec<_> = students.iter().map(|s| &s.id_number).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 200);
        assert_eq!(InventedStudent::new(7, 3), students[3]);
    }

    #[test]
    fn the_code_tells_what_the_trade_says_it_tells() {
        let student = InventedStudent::new(1, 0);
        let text = STANDARD.decode(&student.code_payload).unwrap();
        let code: serde_json::Value = serde_json::from_slice(&text).unwrap();
        for key in ["sjc", "cjm", "yxdm", "zjhm", "xh", "cc", "xllb", "fy", "xm", "bh"] {
            assert!(code.get(key).is_some(), "{key}");
        }
        assert_eq!(code["zjhm"], student.id_number[14..]);
        assert!(!code.to_string().contains(&student.name));
    }
}
