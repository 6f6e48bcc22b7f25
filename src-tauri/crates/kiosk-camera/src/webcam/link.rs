//! One worker process and the thread that listens to it.

use std::collections::VecDeque;
use std::io::{BufReader, ErrorKind, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::protocol::Message;
use super::worker::Order;
use super::{Device, WORKER_COMMAND, WorkerProgram};
use crate::{CameraError, Frame, SourceInfo};

/// News of a worker.
#[derive(Debug)]
pub(super) enum Heard {
    Opened(SourceInfo),
    Frame(Frame),
    Fault(CameraError),
    Devices(Vec<Device>),
    /// The process is gone; how it ended.
    Ended(String),
}

/// A running worker. Dropping it kills the process.
pub(super) struct Link {
    child: Option<Child>,
    /// Its closing tells the worker to end, also when this process dies; a byte is a wish for another exposure.
    lifeline: Option<ChildStdin>,
    news: Arc<(Mutex<News>, Condvar)>,
}

struct News {
    /// Only the newest frame is kept: a slow reader drops, and never lags.
    frame: Option<Frame>,
    words: VecDeque<Heard>,
    open: bool,
    ended: Option<String>,
    last_heard: Instant,
}

impl Link {
    pub(super) fn start(program: &WorkerProgram, order: &Order) -> Result<Self, CameraError> {
        let json = serde_json::to_string(order).map_err(|error| CameraError::Io(error.to_string()))?;
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).arg(WORKER_COMMAND).arg(json);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        without_window(&mut command);
        let mut child = command.spawn()?;
        let lifeline = child.stdin.take();
        let news = News {
            frame: None,
            words: VecDeque::new(),
            open: false,
            ended: None,
            last_heard: Instant::now(),
        };
        let news = Arc::new((Mutex::new(news), Condvar::new()));
        if let Some(output) = child.stdout.take() {
            let news = Arc::clone(&news);
            thread::Builder::new().name("camera-link".to_owned()).spawn(move || listen(output, &news))?;
        }
        Ok(Self { child: Some(child), lifeline, news })
    }

    /// Asks for an exposure of so many stops below the camera's own.
    pub(super) fn lower_exposure(&mut self, stops: u8) {
        let told = self.lifeline.as_mut().map(|line| line.write_all(&[stops]).and_then(|()| line.flush()));
        if let Some(Err(error)) = told {
            // A worker that is gone is noticed where frames are waited for.
            tracing::debug!(%error, "the camera worker does not listen");
        }
    }

    /// Whether the worker has opened its camera.
    pub(super) fn is_open(&self) -> bool {
        self.lock().open
    }

    /// When it last said anything.
    pub(super) fn last_heard(&self) -> Instant {
        self.lock().last_heard
    }

    /// The next news, words before frames, until `deadline`.
    pub(super) fn wait(&self, deadline: Instant) -> Option<Heard> {
        let mut news = self.lock();
        loop {
            if let Some(words) = news.words.pop_front() {
                return Some(words);
            }
            if let Some(frame) = news.frame.take() {
                return Some(Heard::Frame(frame));
            }
            if let Some(how) = &news.ended {
                return Some(Heard::Ended(how.clone()));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.news.1.wait_timeout(news, left);
            news = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, News> {
        self.news.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        if let Err(error) = child.kill() {
            tracing::warn!(%error, "the camera worker could not be killed");
        }
        // A process that hangs in its driver may take its time to die; nobody has to wait for it.
        let reaper = thread::Builder::new().name("camera-reaper".to_owned()).spawn(move || child.wait());
        if let Err(error) = reaper {
            tracing::warn!(%error, "the camera worker is left unreaped");
        }
    }
}

fn listen(output: ChildStdout, news: &(Mutex<News>, Condvar)) {
    let mut input = BufReader::with_capacity(1 << 16, output);
    loop {
        let message = Message::read(&mut input);
        let mut lock = news.0.lock().unwrap_or_else(PoisonError::into_inner);
        lock.last_heard = Instant::now();
        match message {
            Ok(Message::Frame(frame)) => lock.frame = Some(frame),
            Ok(Message::Opened(info)) => {
                lock.open = true;
                lock.words.push_back(Heard::Opened(info));
            }
            Ok(Message::Fault(error)) => lock.words.push_back(Heard::Fault(error)),
            Ok(Message::Devices(devices)) => lock.words.push_back(Heard::Devices(devices)),
            Err(error) => {
                let how = match error.kind() {
                    ErrorKind::UnexpectedEof => "it ended by itself".to_owned(),
                    _ => error.to_string(),
                };
                lock.ended = Some(how);
                news.1.notify_all();
                return;
            }
        }
        news.1.notify_all();
    }
}

/// A worker of a windowed program must not open a console.
#[cfg(windows)]
fn without_window(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn without_window(_command: &mut Command) {}
