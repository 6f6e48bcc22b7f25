//! How an order is found: the words that it is kept under, and the words that somebody's typing asks for.
//!
//! Chinese is not written in words, so that text is cut into *units*: a run of letters and digits, or one other character. An order is
//! kept under every run, every pair of neighbours and every last character; so one character, any part of a name and the beginning of
//! any number are found without looking at other orders.
//!
//! ```text
//! 计算机2101班  →  计算 算机 机2101 2101 2101班 班        asked for as 机21: all that begins with 机21
//! ```
//!
//! Names are kept under their pinyin as well (`zhangweiming`, `weiming`, `zwm`, `wm`), with the other readings of a character.

mod pinyin;
#[cfg(test)]
mod tests;

use crate::id_document::{BracketRule, IdNumber, LastFour};
use crate::order::OrderNumber;

/// Version of these rules. An index that was made under another one has to be made anew.
pub const RULES: u32 = 1;

/// Stands before the last four of an ID number, so that the beginning of a student number is not taken for them.
const LAST_FOUR: char = '†';
/// Most units of what somebody types that are looked at.
const MOST_UNITS: usize = 32;

/// What of an order is searched.
#[derive(Clone, Copy)]
pub struct Searched<'a> {
    /// Its number.
    pub number: OrderNumber,
    /// Its person's ID number, of which the last four are kept.
    pub id_number: &'a IdNumber,
    /// Name.
    pub name: Option<&'a str>,
    /// Student number.
    pub student_number: Option<&'a str>,
    /// College.
    pub college: Option<&'a str>,
    /// Class.
    pub class: Option<&'a str>,
}

/// One part of what is asked for. An order fits that is kept under all of `all`, or under `or`.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Every one of these.
    pub all: Vec<Token>,
    /// Or this alone.
    pub or: Option<Token>,
}

/// A word that orders are kept under: lower-case letters, digits, and characters beyond ASCII.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The word.
    pub text: String,
    /// Words that begin with it count as well.
    pub prefix: bool,
}

/// The words that an order is kept under, each once, with blanks between them.
#[must_use]
pub fn words(of: &Searched<'_>) -> String {
    let mut words = Words::default();
    words.field(&of.number.to_string());
    for text in [of.name, of.college, of.class].into_iter().flatten() {
        words.field(text);
    }
    if let Some(number) = of.student_number {
        words.field(number);
        let digits = number.trim_start_matches(|c: char| c.is_alphabetic());
        if digits.len() < number.len() {
            words.field(digits);
        }
    }
    if let Some(name) = of.name {
        for spelling in pinyin::spellings(name) {
            words.add(spelling);
        }
    }
    for four in last_fours(of.id_number) {
        words.add(four);
    }
    words.0.join(" ")
}

/// What somebody's typing asks for, blank by blank; `None` when nothing is typed. No order fits an empty list: what was typed has no
/// letter, digit or character in it.
#[must_use]
pub fn wanted(typed: &str) -> Option<Vec<Wanted>> {
    let mut left = MOST_UNITS;
    let parts = typed.split_whitespace().filter_map(|part| {
        let mut units = units(part);
        units.truncate(left);
        left -= units.len();
        let or = LastFour::parse(part).ok().map(|four| Token::whole(last_four(four.as_str())));
        (!units.is_empty()).then(|| Wanted { all: asked(&units), or })
    });
    let parts = parts.take(MOST_UNITS).collect();
    if typed.trim().is_empty() { None } else { Some(parts) }
}

/// Whether an order that is kept under `words`, as [`words`] gives them, is asked for.
#[must_use]
pub fn fits(words: &str, wanted: &[Wanted]) -> bool {
    let has = |token: &Token| {
        words
            .split(' ')
            .any(|word| if token.prefix { word.starts_with(&token.text) } else { word == token.text })
    };
    wanted.iter().all(|part| part.all.iter().all(has) || part.or.as_ref().is_some_and(has))
}

/// The word of the last four characters of an ID number, brackets counted.
#[must_use]
pub fn last_four_of(id_number: &IdNumber) -> Token {
    Token::whole(last_four(&id_number.last_four(BracketRule::Counted)))
}

impl Token {
    fn whole(text: String) -> Self {
        Self { text, prefix: false }
    }
}

/// Pairs of neighbours; one unit alone stands for all that begins with it, and so does a run at the end.
fn asked(units: &[String]) -> Vec<Token> {
    match units {
        [] => Vec::new(),
        [only] => vec![Token { text: only.clone(), prefix: true }],
        _ => {
            let mut tokens: Vec<Token> = units.windows(2).map(|pair| Token::whole(pair.concat())).collect();
            if let (Some(token), Some(last)) = (tokens.last_mut(), units.last()) {
                token.prefix = is_run(last);
            }
            tokens
        }
    }
}

#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn field(&mut self, text: &str) {
        let units = units(text);
        for (at, unit) in units.iter().enumerate() {
            if is_run(unit) || at + 1 == units.len() {
                self.add(unit.clone());
            }
        }
        for pair in units.windows(2) {
            self.add(pair.concat());
        }
    }

    fn add(&mut self, word: String) {
        if !self.0.contains(&word) {
            self.0.push(word);
        }
    }
}

/// Runs of ASCII letters and digits, and single other characters; full-width forms and capitals are folded, all else is left out.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut in_run = false;
    for c in text.chars().map(fold) {
        if c.is_ascii_alphanumeric() {
            match units.last_mut().filter(|_| in_run) {
                Some(run) => run.push(c.to_ascii_lowercase()),
                None => units.push(c.to_ascii_lowercase().to_string()),
            }
            in_run = true;
        } else {
            in_run = false;
            if c.is_alphanumeric() {
                units.push(c.to_lowercase().collect());
            }
        }
    }
    units
}

fn is_run(unit: &str) -> bool {
    unit.is_ascii()
}

/// Full-width letters and digits are those of ASCII; ü is typed as v.
fn fold(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        'ü' | 'Ü' => 'v',
        _ => c,
    }
}

/// Brackets counted and left out, of the number as it is and in its 18-character form.
fn last_fours(id_number: &IdNumber) -> impl Iterator<Item = String> {
    let forms = [Some(id_number.clone()), id_number.upgraded()];
    forms.into_iter().flatten().flat_map(|number| {
        [BracketRule::Counted, BracketRule::LeftOut].map(|rule| last_four(&number.last_four(rule)))
    })
}

/// Brackets become characters that no index takes for blanks.
fn last_four(four: &str) -> String {
    let folded = four.to_ascii_lowercase().replace('(', "（").replace(')', "）");
    format!("{LAST_FOUR}{folded}")
}
