//! A whole visit with clicks and keys in the built app, then the operator's side of it.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use kiosk_camera::sim::{Expression, Pose};
use kiosk_camera::{FrameSource, InventedStudent, Pacing, SimulatedStudio, StudioOptions};
use kiosk_e2e::{Driver, Result, Window};
use kiosk_engine::keys::{KeyStoreChoice, Keys};
use kiosk_store::{Opening, Query, Store};

const SEED: u64 = 7;
const PIN: &str = "246810";
/// Loading, two agreeing reads, a sitter who finds the place: generous, since machines differ.
const SOON: Duration = Duration::from_secs(20);
const LATER: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_student_is_photographed_and_the_school_gets_the_photo() -> Result<()> {
    let data = tempfile::tempdir()?;
    let folder = data.path().join("data");
    let driver = Driver::start()?;
    let window = open(&driver, &folder).await?;

    visit(&window).await?;
    let number = window.text("order-number").await?;
    window.screenshot("06-done").await?;
    window.click("finish").await?;
    window.wait_for("screen-scanning", SOON).await?;
    window.screenshot("01-scanning").await?;
    assert_nothing_is_left(&window).await?;

    let delivered = desk(&window, number.trim(), data.path()).await?;
    window.close().await?;
    drop(driver);

    let key = Keys::of(&folder, KeyStoreChoice::File).key()?;
    let store = Store::open(&folder.join(kiosk_store::FILE_NAME), Opening::at_station('A').with_key(key))?;
    let orders = store.orders(&Query::default())?;
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].number.to_string(), number.trim());
    assert_eq!(orders[0].state, kiosk_core::OrderState::Delivered);
    assert_eq!(store.doctor()?, vec![]);
    let photo = store.photo(orders[0].number)?;
    let name = format!("{}.jpg", student().id_number);
    assert_eq!(std::fs::read(Path::new(&delivered).join("data").join(name))?, photo.jpeg);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_leaves_leaves_nothing_behind() -> Result<()> {
    let data = tempfile::tempdir()?;
    let driver = Driver::start()?;
    let window = open(&driver, data.path()).await?;
    window.wait_for("screen-identifying", LATER).await?;
    window.type_into("id-number", &student().id_number).await?;
    window.click("leave").await?;
    if window.shows("leave-confirm").await {
        window.click("leave-confirm").await?;
    }
    window.wait_for("screen-scanning", SOON).await?;
    assert_nothing_is_left(&window).await?;
    // The next student's code opens an empty screen.
    window.wait_for("screen-identifying", LATER).await?;
    let typed =
        window.script("return document.querySelector('[data-testid=\"id-number\"]').value", vec![]).await?;
    assert_eq!(typed, "");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_helps_with_a_file_and_takes_the_empty_studio() -> Result<()> {
    let data = tempfile::tempdir()?;
    // Nobody presses the shutter, so that the visit waits for the file.
    std::fs::write(data.path().join("kiosk.toml"), "[policy]\nautomatic_shutter = false\n")?;
    let driver = Driver::start()?;
    let window = open(&driver, data.path()).await?;
    identify(&window).await?;
    window.wait_for("screen-framing", SOON).await?;
    unlock(&window).await?;

    // The sitter is before the camera: that is no empty studio.
    window.click("nav-studio").await?;
    window.click("take-plate").await?;
    window.wait_for("plate-fault", SOON).await?;
    window.screenshot("11-studio-occupied").await?;

    window.click("nav-visit").await?;
    window.wait_for("import-zone", SOON).await?;
    window.script(DROP_A_FILE, vec![drawn_sitter()?.into()]).await?;
    window.wait_for("screen-review", LATER).await?;
    assert!(window.text("origin").await?.contains("导入的文件"));
    window.wait_for_picture("review-photo", SOON).await?;
    window.screenshot("12-imported").await?;
    window.close().await
}

/// Lets a file fall onto the page, as from a folder.
const DROP_A_FILE: &str = "
    const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'album.jpg', { type: 'image/jpeg' }));
    const zone = document.querySelector('[data-testid=\"import-zone\"]');
    zone.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
";

/// A frame of an invented sitter, in Base64.
fn drawn_sitter() -> Result<String> {
    let options = StudioOptions { pacing: Pacing::Simulated, auto: None, seed: SEED, ..Default::default() };
    let mut studio = SimulatedStudio::new(options);
    studio.control().set_pose(Pose::default(), Expression::default());
    let frame = studio.next_frame(Duration::from_secs(1))?;
    Ok(base64::engine::general_purpose::STANDARD.encode(&frame.jpeg))
}

async fn open(driver: &Driver, folder: &Path) -> Result<Window> {
    let seed = SEED.to_string();
    let folder = folder.to_string_lossy().into_owned();
    Window::open(driver, &["--windowed", "--camera", "simulated", "--seed", &seed, "--data", &folder]).await
}

/// Up to the screen with the order number.
async fn visit(window: &Window) -> Result<()> {
    let student = student();
    // The first student may hold up the phone before the driver sees the window.
    window.wait_for("screen-identifying", LATER).await?;
    window.wait_for("not-real", SOON).await?;
    // The wrong four first: the screen says so and keeps the place.
    window.type_into("last-four", "0000").await?;
    window.type_into("id-number", &student.id_number).await?;
    window.click("identify").await?;
    window.wait_for("tries-left", SOON).await?;
    window.screenshot("02-identifying-refused").await?;
    window.clear("last-four").await?;
    window.clear("id-number").await?;
    identify(window).await?;

    window.wait_for("screen-framing", SOON).await?;
    window.wait_for("instruction", SOON).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    window.screenshot("04-framing").await?;

    // The shutter releases by itself once the framing holds.
    window.wait_for("screen-review", LATER).await?;
    window.wait_for_picture("review-photo", SOON).await?;
    window.screenshot("05-review").await?;
    window.click("accept").await?;
    window.wait_for("screen-done", SOON).await?;
    Ok(())
}

/// Who it is, and that they agree.
async fn identify(window: &Window) -> Result<()> {
    let student = student();
    window.wait_for("screen-identifying", LATER).await?;
    window.type_into("last-four", &student.id_number[14..]).await?;
    window.type_into("id-number", &student.id_number).await?;
    window.click("identify").await?;
    window.wait_for("screen-consenting", SOON).await?;
    // Nothing is ticked beforehand, and nobody agrees without the separate consent.
    let agree = window.wait_for("agree", SOON).await?;
    assert!(!agree.is_enabled().await?, "agreed without a tick");
    window.wait_for("notice-version", SOON).await?;
    window.click_label("tick-face-data").await?;
    window.screenshot("03-consenting").await?;
    window.click("agree").await
}

/// Opens the desk for the first time: the PIN is chosen and repeated.
async fn unlock(window: &Window) -> Result<()> {
    window.click("operator").await?;
    window.wait_for("screen-access", SOON).await?;
    for _ in 0..2 {
        window.type_into("pin", PIN).await?;
        window.click("pin-submit").await?;
    }
    window.wait_for("nav-orders", SOON).await.map(drop)
}

/// PIN, list, sheet, delivery; the folder of the delivery.
async fn desk(window: &Window, number: &str, medium: &Path) -> Result<String> {
    unlock(window).await?;
    window.wait_for("screen-orders", SOON).await?;
    window.wait_for(&format!("order-{number}"), SOON).await?;
    assert!(!window.all_text().await?.contains(&student().id_number), "a whole ID number on the desk");
    window.click(&format!("open-{number}")).await?;
    window.wait_for_picture("order-photo", SOON).await?;
    window.screenshot("07-orders").await?;
    window.click("close-detail").await?;

    window.click_label(&format!("select-{number}")).await?;
    window.click("make-sheet").await?;
    window.click("paper-6r").await?;
    window.wait_for("sheet-preview", SOON).await?;
    window.click("sheet-make").await?;
    let sheet = window.text("sheet-path").await?;
    window.screenshot("08-sheet").await?;
    assert!(std::fs::read(sheet.trim())?.starts_with(b"%PDF-"), "{sheet} is no PDF");
    window.click("sheet-finish").await?;

    window.wait_for("screen-orders", SOON).await?;
    if !window.shows("make-delivery").await {
        window.click_label(&format!("select-{number}")).await?;
    }
    window.click("make-delivery").await?;
    window.wait_for("delivery-to", SOON).await?;
    window.clear("delivery-to").await?;
    window.type_into("delivery-to", &medium.join("stick").to_string_lossy()).await?;
    window.click("delivery-show-plan").await?;
    window.wait_for("delivery-plan", SOON).await?;
    window.screenshot("09-delivery-plan").await?;
    assert!(!medium.join("stick").exists(), "nothing may be written before the plan was seen");
    window.click("delivery-confirm").await?;
    let delivered = window.text("delivery-path").await?;
    window.screenshot("10-delivered").await?;
    window.click("delivery-finish").await?;
    window.click("lock").await?;
    Ok(delivered.trim().to_owned())
}

/// Nothing of the person on the glass or in the page.
async fn assert_nothing_is_left(window: &Window) -> Result<()> {
    let page = window.script("return document.documentElement.outerHTML", vec![]).await?.to_string();
    let student = student();
    for secret in [&student.id_number, &student.name, &student.student_number] {
        assert!(!page.contains(secret.as_str()), "something of the person is left on the start screen");
    }
    Ok(())
}

fn student() -> InventedStudent {
    InventedStudent::new(SEED, 0)
}
