use super::*;
use crate::order::LocalDay;

fn order(name: &str) -> String {
    let id_number = IdNumber::parse("A123456(3)").unwrap();
    words(&Searched {
        number: OrderNumber { day: LocalDay { year: 2026, month: 11, day: 21 }, station: 'A', counter: 7 },
        id_number: &id_number,
        name: Some(name),
        student_number: Some("S0230421"),
        college: Some("信息学院"),
        class: Some("计算机2101班"),
    })
}

/// Whether an order kept under `words` is what somebody asks for by typing.
fn fits(words: &str, typed: &str) -> bool {
    wanted(typed).is_none_or(|parts| !parts.is_empty() && super::fits(words, &parts))
}

#[test]
fn an_order_is_found_by_whatever_people_know_of_it() {
    let words = order("单明伟");
    for typed in [
        "单",
        "明",
        "伟",
        "单明",
        "明伟",
        "单明伟",
        "单·明伟",
        "信息",
        "学院",
        "计算机",
        "机21",
        "2101",
        "2101班",
        "班",
        "261121-A007",
        "261121-a0",
        "261121",
        "a007",
        "S0230421",
        "s0230",
        "0230421",
        "０２３０",
        "6(3)",
        "4563",
        "456３",
        "shanmingwei",
        "shan",
        "danming",
        "mingwei",
        "smw",
        "dmw",
        "mw",
        "SMW",
        "单 2101",
        "··· 单",
        "",
    ] {
        assert!(fits(&words, typed), "{typed}");
    }
}

#[test]
fn what_does_not_fit_is_not_found() {
    let words = order("单明伟");
    for typed in [
        "单伟",
        "伟明",
        "算计",
        "班2101",
        "101班",
        "230421",
        "4564",
        "456",
        "5(3)",
        "261121-A008",
        "张 2101",
        "%",
        "wei 明",
    ] {
        assert!(!fits(&words, typed), "{typed}");
    }
}

#[test]
fn names_are_found_by_every_way_to_say_them() {
    for (name, typed) in [
        ("曾参", "zengcan"),
        ("曾参", "ceng"),
        ("吕布", "lvbu"),
        ("吕布", "LÜ"),
        ("欧阳修远", "oyxy"),
        ("欧阳修远", "ouyangx"),
        ("John 伟", "john"),
        ("John 伟", "wei"),
    ] {
        assert!(fits(&order(name), typed), "{name} {typed}");
    }
}

#[test]
fn words_are_few_distinct_and_plain() {
    let words = order("行行行行行行行行行行");
    let mut all: Vec<&str> = words.split(' ').collect();
    assert!(all.len() < 60, "{}", all.len());
    assert!(words.chars().all(|c| c == ' ' || !c.is_ascii() || c.is_ascii_alphanumeric()), "{words}");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), words.split(' ').count());
}

#[test]
fn a_pasted_page_asks_for_a_few_words_only() {
    let page = "测试文字 2101 ".repeat(10_000);
    let asked: usize = wanted(&page).unwrap().iter().map(|part| part.all.len()).sum();
    assert!((1..=MOST_UNITS).contains(&asked), "{asked}");
}
