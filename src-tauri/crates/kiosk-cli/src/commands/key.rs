//! `key`: the recovery code of the order log's key.

use std::io::Read as _;
use std::path::Path;

use kiosk_core::{Fault, FaultCode};
use kiosk_engine::keys::{KeyState, Keys};
use kiosk_engine::order_log;
use serde::Serialize;

use super::existing;
use crate::output::{self, Exit, Output};

/// Longest text that is read as a recovery code, bytes.
const LONGEST: u64 = 4096;

#[derive(Serialize)]
struct Shown {
    /// Four lines of four groups of six digits; `None` when it was shown before.
    recovery_code: Option<String>,
}

pub fn show(data: &Path, again: bool, output: &mut Output) -> Result<Exit, Fault> {
    let code = order_log::recovery_code(&existing(data)?, again)?;
    let shown = Shown { recovery_code: code };
    output.line(&shown, || match &shown.recovery_code {
        Some(code) => format!(
            "恢复码 · Recovery code\n\n{code}\n\n请抄写或打印，与电脑分开保管。电脑损坏或密钥丢失时，只有它能打开订单与备份。\n\
             Write it down and keep it away from the computer: when the computer or its key is lost, nothing else\n\
             opens the order log and its backups."
        ),
        None => "The recovery code was shown before. `kiosk key show --again` shows it once more, and the order log \
                 remembers that."
            .to_owned(),
    });
    Ok(Exit::unless(shown.recovery_code.is_some()))
}

pub fn restore(data: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let settings = existing(data)?;
    output::note("恢复码 · Recovery code (96 digits, then Ctrl-D):");
    let mut code = String::new();
    let unusable = |e: std::io::Error| Fault::new(FaultCode::PathUnusable, format!("standard input: {e}"));
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut code).map_err(unusable)?;
    Keys::of(&settings.data, settings.key_store).restore(&code)?;
    output.line(&serde_json::json!({ "restored": true }), || "The key is in its place.".to_owned());
    Ok(Exit::Done)
}

/// A line for people about where the key is.
pub fn told(state: Option<KeyState>) -> String {
    let Some(state) = state else { return "There is no key yet.".to_owned() };
    let place = match state.kept {
        kiosk_engine::keys::Kept::KeyStore => "in the key store of this account",
        kiosk_engine::keys::Kept::File => "in the file orders.key, which only this account may read",
    };
    let noted = if state.noted {
        "the recovery code was shown"
    } else {
        "the recovery code was never shown: run `kiosk key show` and write it down"
    };
    format!("Its key lies {place}; {noted}.")
}
