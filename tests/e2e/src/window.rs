use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::{Driver, Result};

/// How often a condition is looked at again.
const LOOK: Duration = Duration::from_millis(100);

/// The kiosk's window.
pub struct Window {
    client: Client,
    shots: PathBuf,
}

impl Window {
    /// Opens the built app with these arguments.
    pub async fn open(driver: &Driver, arguments: &[&str]) -> Result<Self> {
        let app = app();
        if !app.is_file() {
            return Err(format!("{} is not built", app.display()).into());
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("tauri:options".to_owned(), json!({ "application": app, "args": arguments }));
        capabilities.insert("browserName".to_owned(), json!("wry"));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await?;
        let shots = std::env::var_os("KIOSK_SCREENSHOTS")
            .map_or_else(|| workspace().join("target/e2e-screenshots"), PathBuf::from);
        std::fs::create_dir_all(&shots)?;
        Ok(Self { client, shots })
    }

    /// Waits until the element with this test id is shown.
    pub async fn wait_for(&self, test_id: &str, patience: Duration) -> Result<Element> {
        let deadline = Instant::now() + patience;
        let selector = selector(test_id);
        loop {
            if let Ok(element) = self.client.find(Locator::Css(&selector)).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return Ok(element);
            }
            if Instant::now() > deadline {
                self.screenshot(&format!("missing-{test_id}")).await?;
                return Err(format!("{test_id} did not appear within {patience:?}").into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the picture with this test id is decoded and drawn.
    pub async fn wait_for_picture(&self, test_id: &str, patience: Duration) -> Result<()> {
        self.wait_for(test_id, patience).await?;
        let script = "const img = document.querySelector(arguments[0]); return !!img && img.complete && img.naturalWidth > 0";
        let deadline = Instant::now() + patience;
        while self.client.execute(script, vec![json!(selector(test_id))]).await? != json!(true) {
            if Instant::now() > deadline {
                self.screenshot(&format!("blank-{test_id}")).await?;
                return Err(format!("{test_id} stayed blank for {patience:?}").into());
            }
            tokio::time::sleep(LOOK).await;
        }
        // Decoded is not yet painted.
        tokio::time::sleep(LOOK * 3).await;
        Ok(())
    }

    /// Whether the element with this test id is there now.
    pub async fn shows(&self, test_id: &str) -> bool {
        self.client.find(Locator::Css(&selector(test_id))).await.is_ok()
    }

    /// Clicks it as soon as it can be clicked.
    pub async fn click(&self, test_id: &str) -> Result<()> {
        let element = self.wait_for(test_id, Duration::from_secs(10)).await?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while !element.is_enabled().await? && Instant::now() < deadline {
            tokio::time::sleep(LOOK).await;
        }
        Ok(element.click().await?)
    }

    /// Types into it.
    pub async fn type_into(&self, test_id: &str, text: &str) -> Result<()> {
        let element = self.wait_for(test_id, Duration::from_secs(10)).await?;
        element.click().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Empties it.
    pub async fn clear(&self, test_id: &str) -> Result<()> {
        Ok(self.wait_for(test_id, Duration::from_secs(10)).await?.clear().await?)
    }

    /// Clicks a check box whose own box is drawn by its label.
    pub async fn click_label(&self, test_id: &str) -> Result<()> {
        let script = "document.querySelector(arguments[0]).closest('label').click()";
        self.client.execute(script, vec![json!(selector(test_id))]).await?;
        Ok(())
    }

    /// Its text.
    pub async fn text(&self, test_id: &str) -> Result<String> {
        Ok(self.wait_for(test_id, Duration::from_secs(10)).await?.text().await?)
    }

    /// Everything that stands on the screen.
    pub async fn all_text(&self) -> Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Runs a script in the page, with `arguments` as `arguments[…]`; its result.
    pub async fn script(&self, script: &str, arguments: Vec<serde_json::Value>) -> Result<serde_json::Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Keeps a picture of the window for people to look at.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        // The page is there before it is painted.
        tokio::time::sleep(LOOK * 4).await;
        let picture = tokio::time::timeout(Duration::from_secs(20), self.client.screenshot()).await??;
        std::fs::write(self.shots.join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// Closes the window.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// The root of the repository.
pub(crate) fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

fn app() -> PathBuf {
    if let Some(app) = std::env::var_os("KIOSK_APP") {
        return app.into();
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    target.join("debug/photo-kiosk")
}

fn selector(test_id: &str) -> String {
    format!("[data-testid=\"{test_id}\"]")
}
