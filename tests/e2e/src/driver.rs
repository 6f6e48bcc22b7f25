use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;

/// Longest wait for both drivers to listen.
const START: Duration = Duration::from_secs(20);

/// tauri-driver with the `WebKitWebDriver` that it starts. Both end with it.
pub struct Driver {
    process: Child,
    /// Where WebDriver clients connect.
    pub port: u16,
}

impl Driver {
    /// Starts the drivers on free ports and waits until both listen.
    pub fn start() -> Result<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let mut command = Command::new(tauri_driver());
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        // The renderer that the app chooses without a GPU never finishes a screenshot of a page that stands still.
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "0");
        own_group(&mut command);
        let process = command.stdout(Stdio::null()).spawn()?;
        let driver = Self { process, port };
        let deadline = Instant::now() + START;
        for port in [port, native] {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
                if Instant::now() > deadline {
                    return Err(format!("no driver listens on port {port}").into());
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", self.process.id())]).status();
        let _ = self.process.wait();
    }
}

/// Installed for this repository by `cargo xtask`, else the one in `PATH`.
fn tauri_driver() -> PathBuf {
    let own = crate::window::workspace().join("target/tools/bin/tauri-driver");
    if own.is_file() { own } else { PathBuf::from("tauri-driver") }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A process group of its own, so that the native driver and the app end with it even after a failed test.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Elsewhere there is no such driver.
#[cfg(not(unix))]
fn own_group(_: &mut Command) {}
