/// Check character of ISO 7064 MOD 11-2 over 17 digits (GB 11643-1999, clause 4.2.4).
///
/// `None` unless `body` is exactly 17 ASCII digits.
#[must_use]
pub fn mod_11_2_check(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let sum = body
        .chars()
        .zip(WEIGHTS)
        .try_fold(0, |sum, (digit, weight)| Some(sum + digit.to_digit(10)? * weight))?;
    CHECKS.get(sum as usize % 11).copied()
}

/// Check character of a Hong Kong identity card: weights 9 to 2 over two letters (a missing one counts 36) and
/// six digits; `A` stands for 10.
///
/// `None` unless `body` is one or two upper-case letters and six digits.
#[must_use]
pub fn hong_kong_check(body: &str) -> Option<char> {
    const MISSING_LETTER: u32 = 36;
    let (letters, digits) = body.split_at_checked(body.len().checked_sub(6)?)?;
    if !(1..=2).contains(&letters.len()) || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let digits: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(10)).collect();
    let blank = (letters.len() == 1).then_some(MISSING_LETTER);
    let letters = letters.bytes().map(|b| u32::from(b - b'A') + 10);
    let sum: u32 =
        blank.into_iter().chain(letters).chain(digits?).zip((2..=9).rev()).map(|(v, w)| v * w).sum();
    match (11 - sum % 11) % 11 {
        10 => Some('A'),
        digit => char::from_digit(digit, 10),
    }
}
