//! The index of words follows the orders, pages reach any depth, and what is purged is gone from the file.

use kiosk_core::OrderNumber;
use kiosk_core::order::{LocalDay, OrderState};
use kiosk_store::{FILE_NAME, Query, Store};
use rusqlite::Connection;

use crate::support::{
    Folder, MORNING, Random, TODAY, TOMORROW, id_number, plain, raw, retake, student_number, visit,
};

fn numbers(store: &Store, query: &Query) -> Vec<OrderNumber> {
    store.orders(query).unwrap().iter().map(|order| order.number).collect()
}

fn find(text: &str) -> Query {
    Query { find: Some(text.to_owned()), ..Query::default() }
}

#[test]
fn a_code_is_found_by_its_number_and_by_all_that_a_scanner_types() {
    let mut store = Store::in_memory('A').unwrap();
    let numbers: Vec<_> = (1..=3).map(|n| store.accept(&visit(n), TODAY).unwrap().number).collect();
    let code = visit(2).code;
    let payload = code.text().unwrap();
    let number = code.fields.unwrap().code.unwrap();
    for typed in [payload.clone(), format!(" {payload}\n"), number] {
        let found: Vec<_> = store.orders(&find(&typed)).unwrap().iter().map(|order| order.number).collect();
        assert_eq!(found, [numbers[1]], "{typed}");
    }
}

/// What the index says must be what looking at every order says, in pages of every size.
#[test]
fn pages_of_every_query_are_the_whole_in_parts() {
    let mut store = Store::in_memory('B').unwrap();
    let mut random = Random(7);
    let days = [TODAY, TOMORROW, LocalDay { year: 2025, month: 1, day: 31 }];
    let mut all = Vec::new();
    for n in 1..=120 {
        let number = store.accept(&visit(n), days[random.below(3) as usize]).unwrap().number;
        if random.below(3) == 0 {
            let state =
                [OrderState::Approved, OrderState::Returned, OrderState::Printed][random.below(3) as usize];
            store.mark(&[number], state, "operator", MORNING).unwrap();
        }
        all.push((n, number));
    }
    all.sort_unstable_by_key(|(_, number)| std::cmp::Reverse((number.day, number.counter, number.station)));
    let class = |n: u32| format!("2302{}班", n % 7);
    for states in [vec![], vec![OrderState::Captured], vec![OrderState::Approved, OrderState::Printed]] {
        for day in [None, Some(TODAY), Some(days[2])] {
            for text in [None, Some("23023班"), Some("测"), Some("23023班 测试 s0"), Some("nobody")] {
                let query =
                    Query { find: text.map(str::to_owned), states: states.clone(), day, ..Query::default() };
                let expected: Vec<OrderNumber> = all
                    .iter()
                    .filter(|(n, number)| {
                        (states.is_empty() || states.contains(&store.order(*number).unwrap().state))
                            && day.is_none_or(|day| number.day == day)
                            && match text {
                                Some("nobody") => false,
                                Some(text) => !text.starts_with("23023班") || class(*n) == "23023班",
                                None => true,
                            }
                    })
                    .map(|(_, number)| *number)
                    .collect();
                assert_eq!(numbers(&store, &query), expected, "{states:?} {day:?} {text:?}");
                assert_eq!(
                    store.count(&query).unwrap() as usize,
                    expected.len(),
                    "{states:?} {day:?} {text:?}"
                );
                for limit in [1, 7] {
                    let mut page = Query { limit, ..query.clone() };
                    let mut paged = Vec::new();
                    while let Some(last) = { numbers(&store, &page).last().copied() } {
                        paged.extend(numbers(&store, &page));
                        page.after = Some(last);
                    }
                    assert_eq!(paged, expected, "in pages of {limit}: {states:?} {day:?} {text:?}");
                }
            }
        }
    }
}

#[test]
fn a_retake_changes_what_an_order_is_found_by() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let mut again = retake(1, 1);
    again.person.name = Some("单明伟".to_owned());
    store.accept(&again, TODAY).unwrap();
    for (typed, there) in
        [("明伟", true), ("shanmw", false), ("smw", true), ("第1号", false), ("ceshi", false)]
    {
        assert_eq!(numbers(&store, &find(typed)), if there { vec![number] } else { vec![] }, "{typed}");
    }
}

#[test]
fn searches_count_up_to_a_bound_and_listings_exactly() {
    let folder = Folder::new();
    drop(folder.open());
    let most = Store::MOST_COUNTED;
    copies(&folder, most + 50);
    let store = folder.open();
    assert_eq!(store.count(&find("测试")).unwrap(), most + 1, "more than are counted");
    assert_eq!(store.count(&Query::default()).unwrap(), most + 50);
    assert_eq!(store.count(&Query { states: vec![OrderState::Returned], ..Query::default() }).unwrap(), 0);
}

/// Orders as an older program left them, without words: the same order under other numbers.
fn copies(folder: &Folder, orders: u32) {
    folder.open().accept(&visit(1), TODAY).unwrap();
    let conn = raw(&folder.file());
    conn.execute(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO orders (id, day, station, counter, state, version, profile, code_key, code, id_number, name,
                             student_number, school, college, class, accepted_at, changed_at, digest)
         SELECT id || i, day, station, i, state, version, profile, CAST(format('%032d', i) AS BLOB), code, id_number, name,
                student_number, school, college, class, accepted_at, changed_at, digest
         FROM orders, n",
        [orders],
    )
    .unwrap();
    // As if the rules of the words had changed since.
    conn.execute("UPDATE order_words_rules SET version = 0", []).unwrap();
}

/// Where one list has few places and the other many, the words of single orders are looked at instead of the index.
#[test]
fn few_orders_among_many_are_found_whichever_list_is_short() {
    let folder = Folder::new();
    drop(folder.open());
    copies(&folder, 4_000);
    let conn = raw(&folder.file());
    conn.execute_batch(
        "UPDATE orders SET class = CASE WHEN counter % 5 = 0 OR counter BETWEEN 3000 AND 3300 THEN '甲班' ELSE '乙班' END;
         UPDATE orders SET state = 'returned' WHERE counter % 97 = 0 OR counter BETWEEN 1000 AND 1200;",
    )
    .unwrap();
    let store = folder.open();
    for (text, of_class) in [("甲班", true), ("乙", false)] {
        let falling: Vec<u32> = (1..=4_000)
            .rev()
            .filter(|n| (n % 5 == 0 || (3_000..=3_300).contains(n)) == of_class)
            .filter(|n| n % 97 == 0 || (1_000..=1_200).contains(n))
            .collect();
        let all = Query { states: vec![OrderState::Returned], ..find(text) };
        assert_eq!(store.count(&all).unwrap() as usize, falling.len(), "{text}");
        for limit in [1, 7, 50] {
            let mut page = Query { limit, ..all.clone() };
            let mut paged = Vec::new();
            while let Some(last) = { numbers(&store, &page).last().copied() } {
                paged.extend(numbers(&store, &page).iter().map(|number| number.counter));
                page.after = Some(last);
            }
            assert_eq!(paged, falling, "{text} in pages of {limit}");
        }
    }
}

#[test]
fn the_index_is_made_anew_when_its_rules_change() {
    let folder = Folder::new();
    drop(folder.open());
    copies(&folder, 20);
    assert_eq!(folder.open().count(&find("测试")).unwrap(), 20);
    assert_eq!(folder.open().count(&find(&student_number(1))).unwrap(), 20);
}

#[test]
fn nothing_of_a_purged_orders_words_stays_in_the_file() {
    let folder = Folder::new();
    let plainly = || Store::open(&folder.file(), plain()).unwrap();
    let mut store = plainly();
    let mut unlike = visit(2);
    unlike.person.name = Some("欧阳齉龘".to_owned());
    unlike.person.student_number = Some("Q7654321".to_owned());
    for new in [&visit(1), &unlike, &visit(3)] {
        store.accept(new, TODAY).unwrap();
    }
    drop(store);
    let conn = Connection::open(folder.file()).unwrap();
    let id_number = id_number(2);
    let four = &id_number.canonical()[14..];
    let words = ["齉龘", "ouyang", "q7654321", &format!("†{four}")];
    let there = || {
        let bytes = std::fs::read(folder.file().parent().unwrap().join(FILE_NAME)).unwrap();
        words.map(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    };
    let checkpoint = || conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    checkpoint();
    assert_eq!(there(), [true; 4]);
    // What a purge does to the rows that hold a person, and nothing about the index.
    conn.execute_batch(
        "PRAGMA secure_delete = ON;  -- as every connection of the store has it
         UPDATE orders SET state = 'purged', id_number = NULL, name = NULL, student_number = NULL WHERE counter = 2;",
    )
    .unwrap();
    checkpoint();
    assert_eq!(there(), [false; 4], "{words:?}");
    conn.execute("INSERT INTO order_index (order_index, rank) VALUES ('integrity-check', 1)", []).unwrap();
    let store = plainly();
    assert_eq!(numbers(&store, &find("测试")).len(), 2);
    let purged = Query { states: vec![OrderState::Purged], ..Query::default() };
    assert_eq!((numbers(&store, &purged).len(), store.count(&purged).unwrap()), (1, 1));
}
