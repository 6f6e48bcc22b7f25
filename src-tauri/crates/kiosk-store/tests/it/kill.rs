//! A process that accepts orders is killed at any moment; what it acknowledged must be there.

use std::io::{BufRead, BufReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

use kiosk_store::{Query, Store};

use crate::support::{Folder, Random, TODAY, patient, reexec, visit_with_photo};

const FILE: &str = "KIOSK_STORE_KILL_FILE";
const FIRST: &str = "KIOSK_STORE_KILL_FIRST";
const PHOTO_BYTES: usize = 60_000;

/// Not a test by itself: the process that is killed. It prints one line for each acknowledged order.
#[test]
#[ignore = "started by the test below"]
fn accepts_until_killed() {
    let (Some(file), Some(first)) = (std::env::var_os(FILE), std::env::var_os(FIRST)) else {
        return;
    };
    let first: u32 = first.to_str().unwrap().parse().unwrap();
    let mut store = Store::open(file.as_ref(), patient()).unwrap();
    for n in first.. {
        let number = store.accept(&visit_with_photo(n, PHOTO_BYTES), TODAY).unwrap().number;
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nacknowledged {n} {number}").unwrap();
        out.flush().unwrap();
    }
}

/// `KIOSK_KILL_ROUNDS` makes it longer, `KIOSK_KILL_SEED` different.
#[test]
fn no_acknowledged_order_is_lost_and_none_is_doubled() {
    let from_env = |name: &str, usual| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual);
    let rounds = from_env("KIOSK_KILL_ROUNDS", 25);
    let mut random = Random(from_env("KIOSK_KILL_SEED", 20_261_121));
    let folder = Folder::new();
    let mut next = 1;
    let mut unacknowledged = 0;
    for round in 1..=rounds {
        let acknowledged = run_and_kill(&folder, next, &mut random);
        let mut store = Store::open(&folder.file(), patient()).unwrap();
        for (n, number) in &acknowledged {
            let number = number.parse().unwrap();
            let photo = store.photo(number).unwrap();
            let new = visit_with_photo(*n, PHOTO_BYTES);
            assert!(photo.jpeg == new.photo[..], "round {round}: {number} holds another photo");
            assert_eq!(store.accept(&new, TODAY).unwrap().number, number, "round {round}: repeated");
        }
        next += acknowledged.len() as u32;
        // What was under way may be durable without an acknowledgement. Its repetition settles it either way.
        let before = store.count(&Query::default()).unwrap();
        assert!(
            before == next - 1 || before == next,
            "round {round}: {before} orders, {} acknowledged",
            next - 1
        );
        unacknowledged += u64::from(before == next);
        store.accept(&visit_with_photo(next, PHOTO_BYTES), TODAY).unwrap();
        assert_eq!(store.count(&Query::default()).unwrap(), next, "round {round}");
        next += 1;
        if round % 10 == 0 || round == rounds {
            assert_eq!(store.doctor().unwrap(), [], "round {round}");
        }
    }
    println!(
        "{rounds} rounds, {} orders, {unacknowledged} durable but not yet acknowledged when killed",
        next - 1
    );
}

fn run_and_kill(folder: &Folder, first: u32, random: &mut Random) -> Vec<(u32, String)> {
    let (file, first_text) = (folder.file(), first.to_string());
    let env = [(FILE, file.as_os_str()), (FIRST, first_text.as_ref())];
    let mut child = reexec("kill::accepts_until_killed", &env)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // Now and then before the first acknowledgement, even while the file is being created.
    let patience = random.below(12);
    let mut acknowledged: Vec<_> =
        lines.by_ref().filter_map(|line| parse(&line)).take(patience as usize).collect();
    std::thread::sleep(Duration::from_micros(random.below(6_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged.extend(lines.filter_map(|line| parse(&line)));
    for (expected, (n, _)) in (first..).zip(&acknowledged) {
        assert_eq!(*n, expected);
    }
    acknowledged
}

fn parse(line: &str) -> Option<(u32, String)> {
    let (n, number) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
    Some((n.parse().ok()?, number.to_owned()))
}
