//! The files of a BagIt bag (RFC 8493) around the photos.

use time::{OffsetDateTime, UtcOffset};

use super::About;

/// Hashes of the photos.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Hashes of everything else.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// Lies in a delivery until it was read back.
pub const UNFINISHED: &str = "未完成-UNFINISHED.txt";
/// Folder of the photos.
pub const PAYLOAD: &str = "data";

/// RFC 8493, 2.1.1.
pub(super) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// RFC 8493, 2.2.2. Says nothing of any person.
pub(super) fn info(about: &About, photos: usize, photo_bytes: u64) -> String {
    let date = local(about).date();
    format!(
        "Bag-Software-Agent: {}\nBagging-Date: {date}\nExternal-Identifier: {}\nPayload-Oxum: {photo_bytes}.{photos}\n",
        one_line(&about.software),
        one_line(&about.title),
    )
}

/// How anybody can verify the delivery with what a computer has anyway.
pub(super) fn instructions(about: &About, photos: usize, absent: Option<usize>, receipt: bool) -> String {
    let stamp = minute(about);
    let scope =
        if about.scope.is_empty() { String::new() } else { format!("范围 {}\n", one_line(&about.scope)) };
    let listed = absent.map_or_else(String::new, |count| {
        format!("未采集.xlsx, .csv   学校名单中不在本次交付里的 {count} 人及原因\n")
    });
    let receipt = if receipt { "交接单.pdf       打印后双方签字留存\n" } else { "" };
    // Windows' own editor wants CRLF.
    format!(
        "{title}\n\
         {scope}制作时间 {stamp} · 照片 {photos} 张\n\
         \n\
         data 文件夹      照片\n\
         名单.xlsx        已拍摄名单（用 Excel/WPS 打开；证件号码为文本，不会丢位）\n\
         名单.csv         同一份名单，供系统导入（请勿用 Excel 直接打开后保存）\n\
         {listed}\
         index.html       照片总览，双击用浏览器打开，可按姓名、班级查找，无需联网\n\
         {receipt}\
         manifest-sha256.txt, tagmanifest-sha256.txt   每个文件的 SHA-256 校验值\n\
         \n\
         如何核对文件没有丢失或改变（任选其一，在本文件夹中运行，不需要安装软件）：\n\
         \n\
         Linux:    sha256sum --quiet -c manifest-sha256.txt\n\
         macOS:    shasum -a 256 -c manifest-sha256.txt | grep -v ': OK'\n\
         Windows:  在文件夹空白处按住 Shift 点右键，打开 PowerShell，粘贴下面一行：\n\
         \n\
         Get-Content -Encoding UTF8 manifest-sha256.txt | ForEach-Object {{ $h,$f = $_ -split '  ',2; \
         if ((Get-FileHash -LiteralPath $f -Algorithm SHA256).Hash -ne $h) {{ \"不符: $f\" }} }}\n\
         \n\
         没有任何输出即照片全部一致；把 manifest 换成 tagmanifest 可核对其余文件。\n\
         清单本身的校验值印在 交接单.pdf 上。文件夹名以 .partial 结尾，或含有 未完成-UNFINISHED.txt 的，是没有写完的交付，请勿使用。\n\
         文件夹结构遵循 BagIt 1.0 (RFC 8493)。\n\
         \n\
         How to verify: run one of the lines above in this folder; no output means that every photo is unchanged.\n",
        title = one_line(&about.title),
    )
    .replace('\n', "\r\n")
}

/// Text of the marker in an unfinished delivery; `identity` tells which photos it is about.
pub(super) fn unfinished(identity: &str) -> String {
    format!("此文件夹尚未完成，请勿使用。\r\nThis delivery is not finished: do not use it.\r\n{identity}\r\n")
}

/// Day and minute on the wall's clock.
pub(super) fn minute(about: &About) -> String {
    let at = local(about);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

pub(super) fn local(about: &About) -> OffsetDateTime {
    wall_clock(about.at, about.utc_offset_minutes)
}

pub(super) fn wall_clock(at: i64, offset_minutes: i16) -> OffsetDateTime {
    let utc = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let offset = UtcOffset::from_whole_seconds(i32::from(offset_minutes) * 60).unwrap_or(UtcOffset::UTC);
    utc.checked_to_offset(offset).unwrap_or(utc)
}

fn one_line(text: &str) -> String {
    text.split(['\r', '\n']).collect::<Vec<_>>().join(" ")
}
