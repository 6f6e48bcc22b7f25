//! Whatever happens to a model file, loading it is a typed error or a net that runs.

use crate::models::model;
use kiosk_vision::embed;
use kiosk_vision::face::{CanonicalFace, FaceNets};
use kiosk_vision::model::{Model, ModelError};
use kiosk_vision::net::Net;

/// A fixed sequence of numbers (xorshift): the same damage every time.
struct Damage(u64);

impl Damage {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Truncations at many lengths, bit flips at many places: more of them where the structure lies, near both ends.
fn damage(file: &[u8], rounds: usize, mut load: impl FnMut(&[u8])) {
    let mut damage = Damage(0x5eed_cafe);
    for round in 0..rounds {
        load(&file[..file.len() * round / rounds]);
        let mut copy = file.to_vec();
        for _ in 0..=damage.below(3) {
            let reach = if damage.below(4) == 0 { file.len() } else { file.len().min(60_000) };
            let at =
                if damage.below(2) == 0 { damage.below(reach) } else { file.len() - 1 - damage.below(reach) };
            copy[at] ^= 1 << damage.below(8);
        }
        load(&copy);
    }
}

fn run_if_loaded(name: &str, file: &[u8], signature: &kiosk_vision::model::Signature) {
    // A net of other sizes is refused by its wrapper; running it would only cost time.
    if let Ok(mut net) = Net::from_tflite(name, file)
        && net.signature() == *signature
    {
        net.run();
    }
}

#[test]
fn damaged_nets_never_panic() {
    let (Some(packed), Some(selfie)) = (model("face-mesh"), model("selfie-segmentation")) else {
        return;
    };
    let parts = ["face-detection-short-range", "face-landmark", "face-landmark-with-attention"];
    let mut files: Vec<_> = parts.iter().map(|part| (*part, packed.part(part).unwrap())).collect();
    files.push((selfie.name(), selfie.bytes()));
    for (name, file) in files {
        let signature = Net::from_tflite(name, file).unwrap().signature();
        damage(file, 60, |damaged| run_if_loaded(name, damaged, &signature));
    }
}

#[test]
fn damaged_geometry_and_weights_never_panic() {
    let Some(packed) = model("face-mesh") else { return };
    damage(packed.part("face-geometry").unwrap(), 400, |damaged| drop(CanonicalFace::parse(damaged)));
    let (Some(weights), Some(manifest)) = (model("face-embedding"), model("face-embedding-weights")) else {
        return;
    };
    damage(manifest.bytes(), 15, |damaged| drop(embed::network(damaged, weights.bytes())));
    let short = &weights.bytes()[..weights.bytes().len() / 2];
    assert!(matches!(embed::network(manifest.bytes(), short), Err(ModelError::Malformed { .. })));
}

#[test]
fn a_wrong_net_is_refused_by_name() {
    let Some(selfie) = model("selfie-segmentation") else {
        return;
    };
    assert!(matches!(FaceNets::load(&selfie), Err(ModelError::Malformed { .. })), "no such part");
    let net = Net::from_tflite("selfie-segmentation", selfie.bytes()).unwrap();
    let refused = kiosk_vision::face::FaceDetector::new(Box::new(net)).err();
    assert!(matches!(refused, Some(ModelError::Unsupported { .. })));
    assert!(matches!(Net::from_tflite("x", b""), Err(ModelError::Malformed { .. })));
}
