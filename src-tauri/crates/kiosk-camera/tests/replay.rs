//! Recordings as a camera.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, RgbImage};
use kiosk_camera::{CameraError, FrameSource, Pacing, Replay, ReplayOptions};

const SOON: Duration = Duration::from_secs(1);

fn jpeg(shade: u8) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let image = RgbImage::from_pixel(32, 16, image::Rgb([shade; 3]));
    DynamicImage::from(image).write_to(&mut out, ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

fn once() -> ReplayOptions {
    ReplayOptions { pacing: Pacing::Simulated, looping: false, ..ReplayOptions::default() }
}

#[test]
fn a_folder_is_played_by_name_and_each_picture_held() {
    let folder = tempfile::tempdir().unwrap();
    for (name, shade) in [("b.JPG", 200), ("a.jpg", 50), ("notes.txt", 1)] {
        fs::write(folder.path().join(name), jpeg(shade)).unwrap();
    }
    let mut replay = Replay::open(folder.path(), ReplayOptions { hold: 2, ..once() }).unwrap();
    let frames: Vec<_> = std::iter::from_fn(|| replay.next_frame(SOON).ok()).collect();
    let expected = [jpeg(50), jpeg(50), jpeg(200), jpeg(200)];
    assert_eq!(frames.iter().map(|f| f.jpeg.to_vec()).collect::<Vec<_>>(), expected);
    assert_eq!((frames[0].width, frames[0].height), (32, 16));
    assert!((frames[3].at.as_secs_f64() - 0.1).abs() < 1e-6);
    assert_eq!(replay.next_frame(SOON).unwrap_err(), CameraError::EndOfRecording);
}

#[test]
fn a_damaged_file_is_named_and_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let whole = jpeg(90);
    fs::write(folder.path().join("1.jpg"), &whole[..whole.len() / 2]).unwrap();
    fs::write(folder.path().join("2.jpg"), b"").unwrap();
    fs::write(folder.path().join("3.jpg"), &whole).unwrap();
    let mut replay = Replay::open(folder.path(), once()).unwrap();
    for name in ["1.jpg", "2.jpg"] {
        let CameraError::Truncated(why) = replay.next_frame(SOON).unwrap_err() else { panic!("{name}") };
        assert!(why.starts_with(name), "{why}");
    }
    assert_eq!(replay.next_frame(SOON).unwrap().jpeg[..], whole[..]);
}

#[test]
fn a_stream_is_cut_into_pictures_and_loops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visit.mjpeg");
    let (first, second) = (jpeg(10), jpeg(240));
    let half = &first[..first.len() - 40];
    fs::write(&path, [&first[..], half, &second].concat()).unwrap();
    let options = ReplayOptions { looping: true, ..once() };
    let mut replay = Replay::open(&path, options).unwrap();
    let round: Vec<_> = (0..4).map(|_| replay.next_frame(SOON).map(|f| f.jpeg.to_vec())).collect();
    assert_eq!(round[0], Ok(first.clone()));
    assert!(matches!(round[1], Err(CameraError::Truncated(_))));
    assert_eq!(round[2], Ok(second));
    assert_eq!(round[3], Ok(first));
}

#[test]
fn nothing_to_play_is_a_named_fault() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Replay::open(folder.path(), once()), Err(CameraError::NotFound(_))));
    assert!(matches!(Replay::open(&folder.path().join("absent"), once()), Err(CameraError::NotFound(_))));
    fs::write(folder.path().join("x.jpg"), b"no picture").unwrap();
    assert!(matches!(Replay::open(folder.path(), once()), Err(CameraError::Truncated(_))));
}
