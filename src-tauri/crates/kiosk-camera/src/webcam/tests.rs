use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::worker::Mishap;
use super::*;
use crate::FaultKind;

const SOON: Duration = Duration::from_secs(20);

/// Not a test of its own: the process that the tests below start is this test binary, asked for this function.
#[test]
fn worker_process() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|a| a == WORKER_COMMAND) {
        let code = camera_worker_main(&args[at + 1..]);
        std::process::exit(if code == ExitCode::SUCCESS { 0 } else { 3 });
    }
}

fn program() -> WorkerProgram {
    let arguments = ["webcam::tests::worker_process", "--exact", "--nocapture"].map(OsString::from);
    WorkerProgram { path: std::env::current_exe().unwrap(), arguments: arguments.into() }
}

fn open(mishaps: &[(u64, Mishap)], silence: Duration) -> Webcam {
    let order = Order::Simulated { width: 160, height: 90, mishaps: mishaps.to_vec() };
    let options = WebcamOptions { silence, opening: SOON, ..WebcamOptions::default() };
    Webcam::open_order(program(), order, options).unwrap()
}

/// The first error that frames lead to.
fn first_error(webcam: &mut Webcam) -> CameraError {
    (0..500).find_map(|_| webcam.next_frame(SOON).err()).unwrap()
}

#[test]
fn frames_cross_the_process_border() {
    let mut webcam = open(&[(2, Mishap::Chatter)], SOON);
    assert_eq!((webcam.info().width, webcam.info().height), (160, 90));
    let frames: Vec<Frame> = (0..6).map(|_| webcam.next_frame(SOON).unwrap()).collect();
    assert!(frames.windows(2).all(|pair| pair[0].seq < pair[1].seq && pair[0].at < pair[1].at));
    let image = image::load_from_memory(&frames[5].jpeg).unwrap();
    assert_eq!((image.width(), image.height()), (160, 90));
    assert_eq!(webcam.health(), Health::Ok);
}

#[test]
fn a_wish_for_less_light_crosses_the_process_border_and_outlives_a_worker() {
    fn grey(webcam: &mut Webcam) -> f64 {
        let picture = (0..20).map(|_| webcam.next_frame(SOON)).filter_map(Result::ok).last().unwrap();
        let picture = image::load_from_memory(&picture.jpeg).unwrap().to_luma8();
        picture.iter().map(|value| f64::from(*value)).sum::<f64>()
            / f64::from(picture.width() * picture.height())
    }
    let mut webcam = open(&[(45, Mishap::Crash)], SOON);
    let own = grey(&mut webcam);
    webcam.lower_exposure(4);
    let lowered = grey(&mut webcam);
    assert!(lowered < 0.5 * own, "{lowered:.0} of {own:.0}");
    assert!(matches!(first_error(&mut webcam), CameraError::WorkerLost(_)));
    let again = grey(&mut webcam);
    assert!((again - lowered).abs() < 0.1 * own, "{again:.0} of {own:.0}");
    webcam.lower_exposure(0);
    assert!(grey(&mut webcam) > 0.9 * own);
}

#[test]
fn a_hanging_worker_is_killed_and_replaced() {
    let silence = Duration::from_millis(1200);
    let mut webcam = open(&[(4, Mishap::Hang)], silence);
    let last = std::iter::from_fn(|| webcam.next_frame(silence / 10).ok()).last();
    // A caller with less patience than the supervisor hears of the wait, and the worker lives on.
    assert!(webcam.link.is_some());
    let began = Instant::now();
    assert_eq!(first_error(&mut webcam), CameraError::Stalled(silence));
    assert!(began.elapsed() < silence * 3, "{:?}", began.elapsed());
    assert!(webcam.link.is_none());
    assert!(matches!(webcam.health(), Health::Lost(_)));
    let next = webcam.next_frame(SOON).unwrap();
    assert!(last.is_none_or(|last| next.seq > last.seq && next.at > last.at), "counting goes on");
    assert_eq!(webcam.health(), Health::Ok);
}

#[test]
fn a_crashed_worker_is_started_again_with_growing_pauses() {
    let mut webcam = open(&[(0, Mishap::Crash)], SOON);
    assert!(matches!(first_error(&mut webcam), CameraError::WorkerLost(_)));
    assert_eq!(webcam.pause, FIRST_PAUSE * 2);
    let soon = webcam.next_frame(Duration::from_millis(20)).unwrap_err();
    assert!(matches!(soon, CameraError::WorkerLost(_)), "still pausing: {soon:?}");
    assert!(matches!(webcam.next_frame(SOON), Err(CameraError::WorkerLost(_))));
    assert_eq!(webcam.pause, FIRST_PAUSE * 4);
}

#[test]
fn an_unplugged_camera_is_named_and_a_damaged_frame_survived() {
    let mishaps = [(1, Mishap::Fault(FaultKind::Truncated)), (3, Mishap::Fault(FaultKind::Unplug))];
    let mut webcam = open(&mishaps, SOON);
    assert!(matches!(first_error(&mut webcam), CameraError::Truncated(_)));
    assert!(matches!(webcam.health(), Health::Degraded(_)));
    assert!(webcam.link.is_some());
    assert_eq!(first_error(&mut webcam), CameraError::Unplugged);
    let found = (0..5).any(|_| webcam.next_frame(SOON).is_ok());
    assert!(found, "found again after the pause");
}

#[test]
fn a_program_that_is_no_worker_is_an_error() {
    let absent = WorkerProgram { path: "/no/such/program".into(), arguments: Vec::new() };
    assert!(matches!(Webcam::open(absent, WebcamOptions::default()), Err(CameraError::Io(_))));
}

#[test]
fn listing_answers_even_without_a_camera() {
    match list_webcams(&program(), SOON) {
        Ok(devices) => assert!(devices.iter().all(|d| !d.id.is_empty())),
        Err(error) => assert!(!matches!(error, CameraError::Stalled(_)), "{error:?}"),
    }
}
