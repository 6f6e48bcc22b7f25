//! What is due to be deleted, the deletion, and its certificate as a file that a school can be given.

use std::path::{Path, PathBuf};

use kiosk_core::Fault;
use kiosk_core::order::UnixMillis;
use kiosk_store::{Certificate, Store};

use crate::contract::{PurgeMade, RetentionBatch, RetentionView};
use crate::order_log::OrderLog;
use crate::{Settings, clock, files};

/// Certificates lie here, in the data folder.
const FOLDER: &str = "certificates";

/// Retention in one order log.
pub struct Retention {
    order_log: OrderLog,
    data: PathBuf,
    days: u32,
    utc_offset_minutes: i32,
}

impl Retention {
    /// As the studio's settings want it.
    #[must_use]
    pub fn new(settings: &Settings, order_log: OrderLog) -> Self {
        Self {
            order_log,
            data: settings.data.clone(),
            days: settings.retention_days,
            utc_offset_minutes: settings.utc_offset_minutes,
        }
    }

    /// What is due, what will be, and which files beside the order log still hold people's data. Nothing is written.
    pub fn overview(&self) -> Result<RetentionView, Fault> {
        let days = self.days;
        let batches = match days {
            0 => Vec::new(),
            _ => self.order_log.call(move |store| store.retention(clock::now(), days))?,
        };
        let batches: Vec<RetentionBatch> = batches
            .into_iter()
            .map(|batch| RetentionBatch {
                medium: batch.medium,
                since: batch.since,
                due_at: batch.due_at,
                orders: batch.orders,
                due: batch.due,
            })
            .collect();
        Ok(RetentionView {
            days,
            due: batches.iter().map(|batch| batch.due).sum(),
            batches,
            elsewhere: elsewhere(&self.data),
        })
    }

    /// Deletes what is due and writes the certificate; `None` when nothing is. What an earlier purge could not sweep out of the file,
    /// because another program had it open, is swept now.
    pub fn purge(&self, actor: &str) -> Result<Option<PurgeMade>, Fault> {
        let (days, actor) = (self.days, actor.to_owned());
        let id = uuid::Uuid::now_v7().to_string();
        let work = move |store: &mut Store| {
            let made = if days == 0 { None } else { store.purge(&id, days, &actor, clock::now())? };
            Ok((made, store.sweep()?))
        };
        let (made, swept) = self.order_log.call(work)?;
        let Some(certificate) = made else { return Ok(None) };
        let elsewhere = elsewhere(&self.data);
        let path = self.write(&certificate, swept, &elsewhere)?;
        tracing::info!(orders = certificate.orders.len(), swept, "purged");
        Ok(Some(PurgeMade {
            orders: u32::try_from(certificate.orders.len()).unwrap_or(u32::MAX),
            pictures: certificate.pictures,
            bytes: certificate.bytes,
            certificate: path.display().to_string(),
            swept,
            elsewhere,
        }))
    }

    /// The certificate as text, and beside it as JSON, whose SHA-256 the audit holds.
    fn write(&self, certificate: &Certificate, swept: bool, elsewhere: &[String]) -> Result<PathBuf, Fault> {
        let name = format!("purge-{}", clock::stamp(certificate.at, self.utc_offset_minutes));
        let folder = self.data.join(FOLDER);
        let json = serde_json::to_vec(certificate)
            .map_err(|e| Fault::new(kiosk_core::FaultCode::Internal, e.to_string()))?;
        files::write_whole(&folder.join(format!("{name}.json")), &json)?;
        let path = folder.join(format!("{name}.txt"));
        let text = words(certificate, swept, elsewhere, &|at| clock::stamp(at, self.utc_offset_minutes));
        files::write_whole(&path, text.as_bytes())?;
        Ok(path)
    }
}

/// Files of the data folder, besides the order log, that may still hold what was purged: only people can say who needs them.
fn elsewhere(data: &Path) -> Vec<String> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let copies = names(data).into_iter().filter(|name| {
        let rest = name.strip_prefix(kiosk_store::FILE_NAME).unwrap_or_default();
        rest.starts_with(".before-schema-") || rest.starts_with(".replaced")
    });
    let made = ["sheets", "deliveries"]
        .into_iter()
        .flat_map(|folder| names(&data.join(folder)).into_iter().map(move |name| format!("{folder}/{name}")));
    let mut found: Vec<String> = copies.chain(made).collect();
    found.sort();
    found
}

/// The certificate for people, in both languages.
fn words(
    certificate: &Certificate,
    swept: bool,
    elsewhere: &[String],
    time: &dyn Fn(UnixMillis) -> String,
) -> String {
    let Certificate {
        id, station, retention_days, pictures, bytes, roster_lines, codes, audit_sha256, ..
    } = certificate;
    let at = time(certificate.at);
    let orders = certificate.orders.len();
    let rest = if swept {
        "文件中的空闲页与写入日志已清空。 Free pages and the write-ahead log of the file were emptied."
    } else {
        "另一程序正在使用订单文件，写入日志将在其关闭后清空。 The write-ahead log is emptied when the other program that has the \
         file open is closed."
    };
    let list: Vec<String> = certificate
        .orders
        .iter()
        .map(|order| format!("{}  {}", order.number, order.photo_sha256.join(" ")))
        .collect();
    let list = list.join("\n");
    let remaining = if elsewhere.is_empty() {
        "（无 none）".to_owned()
    } else {
        elsewhere.iter().map(|name| format!("  {name}")).collect::<Vec<_>>().join("\n")
    };
    format!(
        "个人信息删除凭证 · Certificate of deletion\n\n\
         编号 No.            {id}\n\
         时间 Time           {at}\n\
         机位 Station        {station}\n\
         执行人 Carried out by {actor}\n\
         保存期限 Kept for     {retention_days} 天 days\n\
         订单 Orders         {orders}\n\
         照片与原始画面 Pictures {pictures}（{bytes} bytes）\n\
         名单行 Roster lines  {roster_lines}\n\
         付款后未到者的采集码 Codes of people who paid and never came {codes}\n\
         此前的操作记录 Audit before (SHA-256)\n  {audit_sha256}\n\n\
         已删除：照片、原始画面、证件号、姓名、学号、学校院系班级、采集码、测量数据、放行原因、名单中的相应行。\n\
         Deleted: photos, shots, ID numbers, names, student numbers, school, college and class, codes, measures, words of\n\
         overrides, and the persons' lines in rosters. {rest}\n\
         保留：订单号、日期、状态、款项、哈希值与操作记录。 Kept: numbers, days, states, money, hashes and the audit.\n\n\
         本凭证不涵盖 Not covered: 已交付的光盘与 U 盘、另存的备份 media that were handed over, backups kept elsewhere;\n\
         数据文件夹中仍可能含有个人信息的文件 files of the data folder that may still hold personal data:\n{remaining}\n\n\
         订单号与照片的 SHA-256 · Order numbers with the SHA-256 of their photos\n{list}\n",
        actor = certificate.actor,
    )
}
