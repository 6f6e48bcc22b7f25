//! The same work for many pictures, on several threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosk_core::{Fault, FaultCode};
use kiosk_vision::embed::FaceEmbedder;
use kiosk_vision::model::ModelBytes;
use kiosk_vision::standardise::{Nets, Standardiser};

/// Threads at work: more would say nothing else, sooner, on a machine that others use too.
const THREADS: usize = 2;

/// Does `work` for every item; results in the items' order. `set_up` makes what a thread works with.
///
/// # Errors
/// The first of `set_up` and `work`.
pub fn in_parallel<T: Sync, U: Send, S>(
    items: &[T],
    set_up: impl Fn() -> Result<S, Fault> + Sync,
    work: impl Fn(&mut S, &T) -> Result<U, Fault> + Sync,
) -> Result<Vec<U>, Fault> {
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, U)>> = Mutex::new(Vec::with_capacity(items.len()));
    let thread = || -> Result<(), Fault> {
        let mut tools = set_up()?;
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { return Ok(()) };
            let result = work(&mut tools, item)?;
            if let Ok(mut found) = found.lock() {
                found.push((i, result));
            }
        }
    };
    std::thread::scope(|threads| {
        let workers: Vec<_> = (0..THREADS).map(|_| threads.spawn(thread)).collect();
        let died = || Err(Fault::new(FaultCode::Internal, "a thread of the benchmark died"));
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| died()))
    })?;
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(i, _)| *i);
    Ok(found.into_iter().map(|(_, result)| result).collect())
}

/// A standardiser with the files named by [`crate::MODELS`].
///
/// # Errors
/// `model_wrong`.
pub fn standardiser(models: &[ModelBytes; 2]) -> Result<Standardiser, Fault> {
    Ok(Standardiser::new(Some(Nets::load(&models[0], &models[1])?)))
}

/// The same, which also tells whose face it is, with those named by [`crate::FACE_MODELS`].
///
/// # Errors
/// `model_wrong`.
pub fn face_teller(models: &[ModelBytes; 2], faces: &[ModelBytes; 2]) -> Result<Standardiser, Fault> {
    let wrong = |e: kiosk_vision::model::ModelError| Fault::new(FaultCode::ModelWrong, e.to_string());
    let embedder = FaceEmbedder::load(&faces[0], &faces[1]).map_err(wrong)?;
    Ok(Standardiser::new(Some(Nets::load(&models[0], &models[1])?.with_embedder(embedder))))
}
