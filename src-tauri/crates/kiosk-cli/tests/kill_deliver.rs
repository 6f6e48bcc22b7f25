//! A whole `kiosk deliver` is killed at random moments of its work: an order is delivered only when a medium holds it, verified, and the
//! same command, run again, finishes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::invented::data_with_orders;
use support::{Run, font_is_there, kiosk};

/// Rounds; `KIOSK_KILL_ROUNDS` runs more.
const ROUNDS: u64 = 6;
const ORDERS: u32 = 60;
const PHOTO_BYTES: usize = 30_000;
const WORDS: &str = "4821-0935-7714-2086-1193-5570";

/// One way out of the studio, in a folder of its own.
struct Delivery {
    data: PathBuf,
    stick: PathBuf,
    words: PathBuf,
    zip: bool,
}

impl Delivery {
    fn arguments(&self) -> Vec<String> {
        let mut arguments =
            vec!["deliver".to_owned(), "--json".to_owned(), "--data".to_owned(), text(&self.data)];
        if self.zip {
            arguments.extend(["--zip".to_owned(), text(&self.stick.join("school.zip"))]);
            arguments.extend(["--passphrase-file".to_owned(), text(&self.words)]);
        } else {
            arguments.extend(["--to".to_owned(), text(&self.stick)]);
        }
        arguments
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(self.arguments())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn verify(&self, place: &Path) -> Run {
        let mut arguments = vec!["verify", "--json"];
        let (place, words) = (text(place), text(&self.words));
        if self.zip {
            arguments.extend(["--passphrase-file", &words]);
        }
        arguments.push(&place);
        kiosk(&arguments)
    }

    fn delivered(&self) -> usize {
        let listed = kiosk(&["orders", "--json", "--data", &text(&self.data)]);
        assert_eq!(listed.code, 0, "{listed:?}");
        listed.lines().iter().filter(|order| order["state"] == "delivered").count()
    }

    /// Finished ones, and unfinished ones.
    fn on_the_stick(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let names = fs::read_dir(&self.stick).unwrap().map(|entry| entry.unwrap().path());
        names.partition(|path| path.extension().is_none_or(|ending| ending != "partial"))
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Waits until the command says that it writes.
fn until_it_writes(child: &mut Child) {
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().starts_with("Writing")), "it never wrote");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn an_order_is_delivered_only_when_a_medium_holds_it() {
    if !font_is_there() {
        return;
    }
    let rounds = std::env::var("KIOSK_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template");
    fs::create_dir(&template).unwrap();
    data_with_orders(&template, ORDERS, PHOTO_BYTES);
    assert_eq!(kiosk(&["doctor", "--data", &text(&template)]).code, 0);
    let words = folder.path().join("words");
    fs::write(&words, WORDS).unwrap();
    let fresh = |name: &str, zip: bool| {
        let place = folder.path().join(name);
        copy(&template, &place.join("data"));
        fs::create_dir(place.join("stick")).unwrap();
        Delivery { data: place.join("data"), stick: place.join("stick"), words: words.clone(), zip }
    };

    // How long the whole takes, and how long after it begins to write.
    let usual = [false, true].map(|zip| {
        let whole = fresh(&format!("usual {zip}"), zip);
        let started = Instant::now();
        let mut child = whole.start();
        until_it_writes(&mut child);
        let writing = Instant::now();
        assert!(child.wait().unwrap().success());
        (started.elapsed(), writing.elapsed())
    });

    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut unfinished, mut unrecorded, mut finished, mut early) = (0, 0, 0, 0);
    for round in 0..rounds {
        let delivery = fresh(&format!("round {round}"), round % 3 == 2);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = |time: Duration| time.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
        let (whole, writing) = usual[usize::from(delivery.zip)];
        let mut child = delivery.start();
        // Every fourth kill falls anywhere, the others into the writing, reading back and recording.
        if round % 4 == 3 {
            std::thread::sleep(share(whole));
        } else {
            until_it_writes(&mut child);
            std::thread::sleep(share(writing));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let (whole, partial) = delivery.on_the_stick();
        let delivered = delivery.delivered();
        match (&whole[..], &partial[..]) {
            ([], []) => early += 1,
            ([], _) => unfinished += 1,
            _ if delivered == 0 => unrecorded += 1,
            _ => finished += 1,
        }
        for place in &partial {
            let seen = delivery.verify(place);
            // Once everything was read back, only the name is missing; before that it is refused.
            assert!(seen.code != 0 || seen.lines()[0]["ok"] == ORDERS, "round {round}: {seen:?}");
        }
        for place in &whole {
            let seen = delivery.verify(place);
            assert!(seen.code == 0 && seen.lines()[0]["ok"] == ORDERS, "round {round}: {seen:?}");
        }
        if whole.is_empty() {
            assert_eq!(delivered, 0, "round {round}: delivered, and no medium holds it");
        } else {
            assert!(delivered == 0 || delivered == ORDERS as usize, "round {round}: {delivered}");
        }

        if delivered == 0 {
            let arguments = delivery.arguments();
            let again = kiosk(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(again.code, 0, "round {round}: {again:?}");
        }
        assert_eq!(delivery.delivered(), ORDERS as usize, "round {round}");
        let (whole, partial) = delivery.on_the_stick();
        assert_eq!((whole.len(), partial.len()), (1, 0), "round {round}: nothing is left beside it");
        assert_eq!(delivery.verify(&whole[0]).code, 0, "round {round}");
        assert_eq!(kiosk(&["doctor", "--data", &text(&delivery.data)]).code, 0, "round {round}");
        fs::remove_dir_all(delivery.stick.parent().unwrap()).unwrap();
    }
    eprintln!(
        "{rounds} killed: {early} before writing, {unfinished} unfinished, {unrecorded} unrecorded, {finished} finished"
    );
    assert!(unfinished > 0, "no kill fell into the work");
}
