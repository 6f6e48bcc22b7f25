//! `purge`: deletes what has been kept long enough.

use std::path::Path;

use kiosk_core::Fault;
use kiosk_engine::COMMAND_LINE;
use kiosk_engine::contract::{PurgeMade, RetentionView};
use kiosk_engine::retention::Retention;
use serde::Serialize;

use super::{existing, with_log};
use crate::output::{Exit, Output};

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    view: &'a RetentionView,
    purged: Option<PurgeMade>,
}

pub fn purge(data: &Path, days: Option<u32>, dry_run: bool, output: &mut Output) -> Result<Exit, Fault> {
    let mut settings = existing(data)?;
    settings.retention_days = days.unwrap_or(settings.retention_days);
    let (view, purged) = with_log(&settings, |log| {
        let retention = Retention::new(&settings, log);
        let view = retention.overview()?;
        let purged = if dry_run { None } else { retention.purge(COMMAND_LINE)? };
        Ok((view, purged))
    })?;
    let report = Report { view: &view, purged };
    output.line(&report, || for_people(&view, report.purged.as_ref(), dry_run));
    Ok(Exit::unless(report.purged.as_ref().is_none_or(|purged| purged.swept)))
}

fn for_people(view: &RetentionView, purged: Option<&PurgeMade>, dry_run: bool) -> String {
    let mut lines = vec![match view.days {
        0 => "Nothing is ever due: retention_days is 0.".to_owned(),
        days => format!("Orders are kept for {days} day(s) after their last delivery; {} due.", view.due),
    }];
    lines.extend(view.batches.iter().map(|batch| {
        let what = batch.medium.as_deref().unwrap_or("returned orders");
        format!("  {what}: {} order(s), {} due", batch.orders, batch.due)
    }));
    match purged {
        Some(purged) => {
            let PurgeMade { orders, pictures, bytes, certificate, .. } = purged;
            lines.push(format!(
                "Purged {orders} order(s), {pictures} picture(s), {bytes} bytes.\n{certificate}"
            ));
            if !purged.swept {
                lines.push(
                    "Another program has the order log open: close it and purge again to empty the log."
                        .to_owned(),
                );
            }
        }
        None if dry_run => lines.push("Nothing was deleted.".to_owned()),
        None => {}
    }
    if !view.elsewhere.is_empty() {
        lines.push("May still hold personal data; delete what nobody needs any more:".to_owned());
        lines.extend(view.elsewhere.iter().map(|name| format!("  {name}")));
    }
    lines.join("\n")
}
