//! What printpdf 0.12 leaves wrong is set right in the finished document: version, dates, identity, colour intent
//! and print scaling.

use kiosk_core::order::UnixMillis;
use lopdf::{Dictionary, Document, Object, Stream, StringFormat, dictionary};
use printpdf::{PdfDocument, PdfSaveOptions, PdfWarnMsg};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{SheetPdfError, colour};

pub(crate) fn to_bytes(document: &PdfDocument, created_at: UnixMillis) -> Result<Vec<u8>, SheetPdfError> {
    let options = PdfSaveOptions { image_optimization: None, ..PdfSaveOptions::default() };
    let mut warnings: Vec<PdfWarnMsg> = Vec::new();
    let mut pdf = printpdf::serialize::to_lopdf_doc(document, &options, &mut warnings);
    for warning in warnings {
        tracing::debug!(page = warning.page, operation = warning.op_id, "printpdf: {}", warning.msg);
    }
    "1.7".clone_into(&mut pdf.version);
    correct_catalog(&mut pdf)?;
    correct_info(&mut pdf, created_at)?;
    pdf.trailer.remove(b"ID");
    pdf.prune_objects();
    pdf.renumber_objects();
    pdf.compress();
    let content = save(&mut pdf)?;
    let id = Sha256::digest(&content)[..16].to_vec();
    let id = Object::String(id, StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    save(&mut pdf)
}

fn save(pdf: &mut Document) -> Result<Vec<u8>, SheetPdfError> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).map_err(|e| SheetPdfError::Writer(e.to_string()))?;
    Ok(bytes)
}

fn correct_catalog(pdf: &mut Document) -> Result<(), SheetPdfError> {
    let profile = Stream::new(dictionary! { "N" => 3, "Alternate" => "DeviceRGB" }, colour::srgb_profile());
    let profile = pdf.add_object(profile);
    let srgb = || Object::string_literal("sRGB IEC61966-2.1");
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => srgb(),
        "Info" => srgb(),
        "RegistryName" => Object::string_literal("http://www.color.org"),
        "DestOutputProfile" => profile,
    };
    let catalog = pdf.catalog_mut().map_err(writer)?;
    catalog.remove(b"Metadata");
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    // Scaled to fit, 48.0 mm become 44.5 mm.
    catalog.set("ViewerPreferences", dictionary! { "PrintScaling" => "None", "PickTrayByPDFSize" => true });
    catalog.set("Lang", Object::string_literal("zh-CN"));
    Ok(())
}

fn correct_info(pdf: &mut Document, created_at: UnixMillis) -> Result<(), SheetPdfError> {
    let date = OffsetDateTime::from_unix_timestamp(created_at.div_euclid(1000))
        .map_err(|_| SheetPdfError::Writer("the time is out of range".to_owned()))?;
    let (month, day) = (u8::from(date.month()), date.day());
    let (hour, minute, second) = date.to_hms();
    let date = format!("D:{:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z", date.year());
    let id = pdf.trailer.get(b"Info").and_then(Object::as_reference).map_err(writer)?;
    let title = pdf.get_dictionary(id).and_then(|info| info.get(b"Title")).map_err(writer)?.clone();
    let mut info = Dictionary::new();
    info.set("Title", title);
    info.set("Producer", Object::string_literal("photo-kiosk"));
    info.set("CreationDate", Object::string_literal(date.clone()));
    info.set("ModDate", Object::string_literal(date));
    pdf.set_object(id, info);
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "an adapter for map_err")]
fn writer(error: lopdf::Error) -> SheetPdfError {
    SheetPdfError::Writer(error.to_string())
}
