//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use kiosk_core::OrderState;
use kiosk_core::calibration::Orientation;
use kiosk_core::money::{PaymentKind, WaiverReason};
use kiosk_core::order::LocalDay;
use kiosk_core::sheet::{Paper, PrintFormat};
use kiosk_engine::CameraChoice;

/// Degree photos: scan, check, standardise, print, deliver.
#[derive(Debug, Parser)]
#[command(name = "kiosk", version)]
pub struct Args {
    /// One JSON object a line on standard output and nothing else there.
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder that holds `models.toml`.
    #[arg(long, global = true, env = "KIOSK_ASSETS", value_name = "DIR")]
    pub assets: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One capability each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the codes in pictures.
    Scan {
        /// Pictures.
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<PathBuf>,
    },
    /// Measure shots or portraits against the standard.
    Check {
        /// Pictures.
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<PathBuf>,
        /// Recipient profile.
        #[arg(long, value_name = "ID")]
        profile: Option<String>,
        /// Calibration of the camera that took them.
        #[arg(long, value_name = "FILE.toml")]
        camera: Option<PathBuf>,
    },
    /// Measure a camera on a picture of a neutral grey card, or of the empty neutral wall.
    Calibrate {
        /// The picture: the card fills the middle third.
        #[arg(value_name = "GREYCARD_IMAGE")]
        image: PathBuf,
        /// Name of the calibration.
        #[arg(long, value_name = "ID")]
        id: String,
        /// The calibration; an existing file is not replaced.
        #[arg(long, value_name = "FILE.toml")]
        out: PathBuf,
        /// What the card reflects, as 0.18: measures the exposure as well.
        #[arg(long, value_name = "SHARE", value_parser = share)]
        reflectance: Option<f64>,
        /// Degrees, clockwise, that bring the camera's pictures upright: 0, 90, 180 or 270.
        #[arg(long, default_value_t = 0, value_name = "DEGREES", value_parser = orientation)]
        orientation: u16,
    },
    /// Make standardised photos of shots.
    #[command(alias = "standardize")]
    Standardise {
        /// Shots.
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<PathBuf>,
        /// Folder for the photos.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Recipient profile.
        #[arg(long, value_name = "ID")]
        profile: Option<String>,
        /// The empty studio, taken with the same camera.
        #[arg(long, value_name = "IMAGE")]
        clean_plate: Option<PathBuf>,
        /// Calibration of the camera that took them.
        #[arg(long, value_name = "FILE.toml")]
        camera: Option<PathBuf>,
        /// `stem`, or a list that names each picture's student.
        #[arg(long, default_value = "stem", value_name = "stem|FILE.csv")]
        name_from: String,
        /// Also write the alpha matte at source resolution (one input only).
        #[arg(long, value_name = "PNG")]
        matte: Option<PathBuf>,
    },
    /// Test finished photos as the recipient would.
    Validate {
        /// Finished photos.
        #[arg(required = true, value_name = "JPEG")]
        photos: Vec<PathBuf>,
        /// Recipient profile.
        #[arg(long, value_name = "ID")]
        profile: Option<String>,
    },
    /// Lay out paper copies as a PDF.
    Sheet {
        /// Data folder: every order that may be printed.
        #[arg(long, value_name = "DIR", required_unless_present = "photos", conflicts_with = "photos")]
        data: Option<PathBuf>,
        /// Folder of finished photos.
        #[arg(long, value_name = "DIR", requires = "list")]
        photos: Option<PathBuf>,
        /// List of the students of `--photos`.
        #[arg(long, value_name = "FILE.csv")]
        list: Option<PathBuf>,
        /// Paper: 5r, 6r, a4, or `WIDTHxHEIGHT` in millimetres.
        #[arg(long, default_value = "6r", value_parser = paper)]
        paper: String,
        /// One print in millimetres: 33x48, 25x35, 35x49 or any other.
        #[arg(long, default_value = "33x48", value_name = "WIDTHxHEIGHT", value_parser = format)]
        size: String,
        /// Prints of each student.
        #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=32))]
        copies: u32,
        /// Use every place of every page, without labels; else a student's prints stay together.
        #[arg(long)]
        ganged: bool,
        /// No name and numbers beside the prints.
        #[arg(long)]
        no_label: bool,
        /// Millimetres between neighbours; at 0 they share a cut.
        #[arg(long, default_value_t = 0.0, value_name = "MM")]
        gap: f64,
        /// The PDF.
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Write a delivery and verify it.
    Deliver {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What it is written as, and where.
        #[command(flatten)]
        medium: MediumArgs,
        /// Recipient profile.
        #[arg(long, value_name = "ID")]
        profile: Option<String>,
        /// Which orders; all with a photo that was not returned when nothing is said.
        #[command(flatten)]
        choice: ChoiceArgs,
        /// Only tell what it would hold; nothing is written.
        #[arg(long)]
        plan: bool,
    },
    /// Burn a disc image, and read the whole disc back.
    Burn {
        /// The image, as `deliver --iso` writes it.
        #[arg(value_name = "IMAGE")]
        image: PathBuf,
        /// The burner: `/dev/sr0`, `E:`; `stdio:FILE` is a file instead of a drive.
        #[arg(long, value_name = "DRIVE", default_value = "/dev/sr0")]
        drive: String,
    },
    /// Read a delivery back and compare every hash.
    Verify {
        /// The delivery: a folder, a disc, an image, an encrypted zip.
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Holds the passphrase of an encrypted zip; `-` is standard input. Else it is asked for.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Run whole visits without a window.
    Visit {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// `simulated`, `replay:DIR`, `webcam`, `webcam:ID`.
        #[arg(long, value_name = "CAMERA")]
        camera: CameraChoice,
        /// How many visits.
        #[arg(long, default_value_t = 1, value_name = "N")]
        students: u32,
        /// Seed of the simulated studio and of the invented students.
        #[arg(long, default_value_t = 1, value_name = "S")]
        seed: u64,
    },
    /// List orders.
    Orders {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Any part of a name, college or class, a name's pinyin or initials, the beginning of a student number or order number, last four,
        /// or a whole code or ID number; several, with blanks between them, must all fit.
        #[arg(long, value_name = "TEXT", default_value = "")]
        find: String,
        /// Only this state: captured, approved, returned, printed, delivered or purged. May be repeated.
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Vec<OrderState>,
        /// Only this day, as 2026-11-21.
        #[arg(long, value_name = "DAY", value_parser = day)]
        day: Option<String>,
        /// Only orders that owe something.
        #[arg(long)]
        unpaid: bool,
        /// Only orders that are listed after this one.
        #[arg(long, value_name = "ORDER")]
        after: Option<String>,
        /// At most so many; 0 for all.
        #[arg(long, value_name = "N", default_value_t = 0)]
        limit: u32,
    },
    /// Take the price of an order, or waive it.
    Pay {
        /// The order, as 261121-A007.
        #[arg(value_name = "ORDER")]
        order: String,
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// cash, wechat, alipay, `school_account` or waived.
        #[arg(long, value_name = "KIND", value_parser = payment_kind)]
        kind: PaymentKind,
        /// How much, in fen; all that is owed when not said.
        #[arg(long, value_name = "FEN")]
        fen: Option<u32>,
        /// Why, when it is waived: `studio_error`, staff, hardship, agreement or other.
        #[arg(long, value_name = "REASON", value_parser = waiver_reason)]
        reason: Option<WaiverReason>,
    },
    /// Give a payment back, or a part of it.
    Refund {
        /// The payment's entry in the ledger, as `kiosk pay` tells it.
        #[arg(value_name = "ENTRY")]
        entry: String,
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// How much, in fen.
        #[arg(long, value_name = "FEN")]
        fen: u32,
    },
    /// Settle a day: sums by payment kind and operator, as xlsx and CSV.
    Settle {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The day, as 2026-11-21; today when not said.
        #[arg(long, value_name = "DAY", value_parser = day)]
        day: Option<String>,
        /// Folder for the files.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// A school's own list: import it, and see who is captured and who is missing.
    #[command(subcommand)]
    Roster(Roster),
    /// Examine the order log and say what to do.
    Doctor {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Delete everything personal of the orders whose time has come, and write a certificate.
    Purge {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Days from the last delivery, instead of the settings'.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        days: Option<u32>,
        /// Only show what is due.
        #[arg(long)]
        dry_run: bool,
    },
    /// The key of the order log, which is encrypted.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Write a whole copy of the order log while it is in use; encrypted with the same key.
    Backup {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Folder for the copy, on another disk.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Put a backup into the place of the order log, which is kept beside it; no kiosk may run.
    Restore {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The backup.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Measure this machine, or the checks.
    Bench {
        /// What to measure instead of this machine.
        #[command(subcommand)]
        what: Option<Bench>,
    },
}

/// What to do with the key.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Print the recovery code, once: write it down and keep it away from the kiosk.
    Show {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Although it was shown before.
        #[arg(long)]
        again: bool,
    },
    /// Make the key from the recovery code, which is read from standard input.
    Restore {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// What a delivery is written as. A passphrase is never an argument, which other programs could see.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct MediumArgs {
    /// Folder or medium; the delivery becomes a new folder in it.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["zip", "disc"])]
    pub to: Option<PathBuf>,
    /// A disc image; beside the folder of `--to`, or alone.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["zip", "disc"])]
    pub iso: Option<PathBuf>,
    /// One encrypted zip: a folder for it, or the new file itself.
    #[arg(long, value_name = "FILE", conflicts_with = "disc")]
    pub zip: Option<PathBuf>,
    /// A blank disc in this drive: `/dev/sr0`, `E:`; `stdio:FILE` is a file instead of a drive.
    #[arg(long, value_name = "DRIVE")]
    pub disc: Option<String>,
    /// Holds the passphrase of the zip; `-` is standard input. Else it is asked for.
    #[arg(long, value_name = "FILE", requires = "zip")]
    pub passphrase_file: Option<PathBuf>,
}

/// Which orders are delivered.
#[derive(Debug, clap::Args)]
pub struct ChoiceArgs {
    /// Orders by number, one after the other or with commas; then nothing else counts.
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    pub orders: Vec<String>,
    /// One school.
    #[arg(long, value_name = "SCHOOL")]
    pub school: Option<String>,
    /// One college.
    #[arg(long, value_name = "COLLEGE")]
    pub college: Option<String>,
    /// One class; the empty text means those without one.
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// One day, as 2026-11-21.
    #[arg(long, value_name = "DAY")]
    pub day: Option<String>,
    /// Only these states: captured, approved, printed, delivered.
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub state: Vec<OrderState>,
    /// Without orders that owe something.
    #[arg(long)]
    pub paid: bool,
}

/// What to do with rosters.
#[derive(Debug, Subcommand)]
pub enum Roster {
    /// Import a list: xlsx, xls, CSV or dBase. Every bad line is named, and left out.
    Import {
        /// The list.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Whose list it is; else the list's own column.
        #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
        school: String,
        /// Only look.
        #[arg(long)]
        dry_run: bool,
    },
    /// Students without a photo.
    Missing(RosterArgs),
    /// Students with a photo.
    Captured(RosterArgs),
}

/// Which students.
#[derive(Debug, clap::Args)]
pub struct RosterArgs {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// One class; the empty text means those without one.
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
}

/// What else can be measured.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// How well the checks see: false accepts and false rejects on pictures whose truth is known.
    Checks(ChecksArgs),
    /// How well people are cut out, beside other ways of doing it.
    Matting(MattingArgs),
    /// How well persons are told apart.
    Faces(FacesArgs),
    /// How well codes are read, beside other decoders.
    Scan(ScanArgs),
}

/// Which pictures, and where the result goes.
#[derive(Debug, clap::Args)]
pub struct FacesArgs {
    /// Portraits; else those of the shared folder.
    #[arg(long, value_name = "DIR")]
    pub portraits: Option<PathBuf>,
    /// Makes the table the committed one.
    #[arg(long)]
    pub bless: bool,
}

/// Which pictures, and where the result goes.
#[derive(Debug, clap::Args)]
pub struct ScanArgs {
    /// Pictures with codes, listed in `expected.json`; else those of the shared folder, else none.
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
    /// One kind of trouble, `pictures` or `hostile`.
    #[arg(long, value_name = "TROUBLE")]
    pub only: Option<String>,
    /// Installs zxing-cpp and a binding of zbar from `PyPI`, once, so that they take part.
    #[arg(long)]
    pub peers: bool,
    /// Makes the table the committed one.
    #[arg(long, conflicts_with = "only")]
    pub bless: bool,
}

/// Which pictures, and where the result goes.
#[derive(Debug, clap::Args)]
pub struct MattingArgs {
    /// Portraits; else those of the shared folder, else none.
    #[arg(long, value_name = "DIR")]
    pub portraits: Option<PathBuf>,
    /// Recipient profile, whose background is put in.
    #[arg(long, value_name = "ID")]
    pub profile: Option<String>,
    /// One wall or one kind of hair.
    #[arg(long, value_name = "WALL|HAIR")]
    pub only: Option<String>,
    /// Writes every photo there, to be looked at.
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
    /// Leaves out closed-form, which takes nine tenths of the time.
    #[arg(long)]
    pub quick: bool,
    /// Makes the table the committed one.
    #[arg(long, conflicts_with_all = ["only", "quick"])]
    pub bless: bool,
}

/// Which pictures, and where the result goes.
#[derive(Debug, clap::Args)]
pub struct ChecksArgs {
    /// Portraits (`*_neutral.jpg`, `*_smiling.jpg`); else those of the shared folder, else none.
    #[arg(long, value_name = "DIR")]
    pub portraits: Option<PathBuf>,
    /// Recipient profile.
    #[arg(long, value_name = "ID")]
    pub profile: Option<String>,
    /// One kind of trouble, or what one check should notice.
    #[arg(long, value_name = "FAMILY|CHECK")]
    pub only: Option<String>,
    /// Writes every judged picture there, to be looked at.
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
    /// Also writes the table there.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
    /// Makes the table the committed one.
    #[arg(long, conflicts_with_all = ["only", "table"])]
    pub bless: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    if (0.02..=1.0).contains(&share) { Ok(share) } else { Err("a card reflects 0.02 to 1".to_owned()) }
}

fn orientation(text: &str) -> Result<u16, String> {
    let degrees: u16 = text.parse().map_err(|_| format!("{text:?} is not a number of degrees"))?;
    Orientation::try_from(degrees).map(Orientation::degrees)
}

fn paper(text: &str) -> Result<String, String> {
    text.parse::<Paper>().map(|paper| paper.to_string()).map_err(|e| e.to_string())
}

fn format(text: &str) -> Result<String, String> {
    text.parse::<PrintFormat>().map(|format| format.to_string()).map_err(|e| e.to_string())
}

fn state(name: &str) -> Result<OrderState, String> {
    name.parse().map_err(|_| "not a state of an order".to_owned())
}

fn payment_kind(name: &str) -> Result<PaymentKind, String> {
    name.parse().map_err(|_| "not a kind of payment".to_owned())
}

fn waiver_reason(name: &str) -> Result<WaiverReason, String> {
    name.parse().map_err(|_| "not a reason to waive a price".to_owned())
}

fn day(text: &str) -> Result<String, String> {
    text.parse::<LocalDay>().map(|day| day.to_string()).map_err(|e| e.to_string())
}
