//! Third-party readers panic on some files: rqrr's `geometry.rs` on a public test picture, rxing's line tracer by its own comments,
//! readers of workbooks on damaged ones. Such a panic is a miss. It must not end the kiosk, and it must not print: its message may hold
//! what is in a cell.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic inside becomes `None` and prints nothing.
///
/// The panic hook is process-wide, so it is wrapped once, for good: panics of other threads, and of this thread
/// outside `work`, go to the hook that was there before. Swapping hooks around each call would race.
/// Needs `panic = "unwind"`, the default of every profile here.
pub fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    static WRAPPED: Once = Once::new();
    WRAPPED.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                previous(info);
            }
        }));
    });
    let outer = CONTAINED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(outer);
    outcome.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn only_contained_panics_are_silent() {
        static PRINTED: AtomicUsize = AtomicUsize::new(0);
        contain(|| ()); // wraps whatever hook is there
        let inner = take_hook();
        set_hook(Box::new(move |info| {
            PRINTED
                .fetch_add(usize::from(info.payload().downcast_ref() == Some(&"counted")), Ordering::SeqCst);
            if info.payload().downcast_ref() != Some(&"counted") {
                inner(info);
            }
        }));
        assert_eq!(contain(|| 7), Some(7));
        assert_eq!(contain(|| -> u8 { panic!("silent") }), None);
        assert!(!CONTAINED.get(), "the mark is taken back after a panic");
        assert!(std::thread::spawn(|| panic!("counted")).join().is_err());
        assert_eq!(PRINTED.load(Ordering::SeqCst), 1, "other panics still reach the hook");
    }
}
