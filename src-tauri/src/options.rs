//! How the window is started.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use kiosk_core::Fault;
use kiosk_engine::{Assets, CameraChoice, Settings};

/// The degree-photo kiosk.
#[derive(Debug, Parser)]
#[command(name = "photo-kiosk", version)]
pub struct Options {
    /// Folder of the order log, sheets and deliveries.
    #[arg(long, env = "KIOSK_DATA")]
    pub data: Option<PathBuf>,
    /// `auto`, `webcam`, `webcam:ID`, `simulated` or `replay:DIR`; `auto` takes the webcam when there is one.
    #[arg(long)]
    pub camera: Option<CameraChoice>,
    /// Seed of the simulated studio; without it every start shows other students.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Folder that holds `models.toml`.
    #[arg(long, env = "KIOSK_ASSETS")]
    pub assets: Option<PathBuf>,
    /// A window instead of the whole screen.
    #[arg(long)]
    pub windowed: bool,
}

impl Options {
    /// The assets and the settings of the data folder, with what the command line says instead.
    pub fn settings(&self) -> Result<(Arc<Assets>, Settings), Fault> {
        let assets = Arc::new(Assets::find(self.assets.as_deref())?);
        let data = match &self.data {
            Some(data) => data.clone(),
            None => kiosk_engine::default_data_folder()?,
        };
        let mut settings = Settings::read(&data)?;
        if let Some(camera) = &self.camera {
            settings.camera = camera.clone();
        }
        settings.seed = self.seed.or(settings.seed);
        Ok((assets, settings))
    }
}
