//! Which failed check leads to which words.

use crate::{Check, CheckId, Instruction, Verdict};

/// What the sitter can do about a check that stands as `check` does. `light_balance` as in
/// [`crate::instruction::FaceMeasures`]. `None` for what no sitter can mend, or what the framing measures itself.
#[must_use]
pub fn remedy(check: &Check, light_balance: Option<f64>) -> Option<Instruction> {
    use Instruction as I;
    let positive = check.value.is_some_and(|value| value > 0.0);
    let either = |when_positive, otherwise| Some(if positive { when_positive } else { otherwise });
    match check.id {
        CheckId::SingleFace => Some(I::OnePersonOnly),
        CheckId::Recapture => Some(I::RealPersonOnly),
        // Too little light also shows as noise and as a flat face.
        CheckId::UnderExposure | CheckId::Noise | CheckId::Contrast => Some(I::MoreLight),
        CheckId::ShouldersComplete => Some(I::StepBack),
        CheckId::Yaw => either(I::TurnRight, I::TurnLeft),
        CheckId::Pitch => either(I::LowerChin, I::RaiseChin),
        CheckId::Roll => either(I::TiltRight, I::TiltLeft),
        CheckId::ShouldersLevel => Some(I::LevelShoulders),
        CheckId::LeftRightLight => match light_balance {
            Some(balance) if balance > 0.0 => Some(I::RightLamp),
            Some(_) => Some(I::LeftLamp),
            None => Some(I::MoreLight),
        },
        CheckId::OverExposure => Some(I::LessLight),
        CheckId::Highlights => Some(I::LowerLamps),
        CheckId::ColourCast => Some(I::LampColour),
        CheckId::BackgroundShadow => Some(I::MoveFromWall),
        CheckId::BackgroundUniform => Some(I::ClearBackground),
        CheckId::HairOverBrows => Some(I::ShowBrows),
        CheckId::EarsVisible => Some(I::ShowEars),
        CheckId::GlassesGlare => Some(I::NoGlare),
        CheckId::GlassesTint => Some(I::ClearGlasses),
        CheckId::HeadCovering => Some(I::BareHead),
        CheckId::ClothesVsBackground => Some(I::ChangeClothes),
        CheckId::EyesOpen => Some(I::OpenEyes),
        CheckId::Gaze => Some(I::LookAtLens),
        CheckId::MouthClosed => Some(I::CloseMouth),
        CheckId::Expression => Some(I::RelaxFace),
        CheckId::Sharpness => Some(I::SitStill),
        // The framing measures place and size on every frame, with the crown that the last whole look found.
        CheckId::HeadTop
        | CheckId::EyeLine
        | CheckId::FaceWidth
        | CheckId::Centred
        | CheckId::SubjectSize => None,
        // Red pupils come from a lamp at the lens; the rest is about the finished file.
        CheckId::RedEye | CheckId::Resolution | CheckId::FileBytes | CheckId::FileFormat | CheckId::Dpi => {
            None
        }
    }
}

/// Whether a check keeps the shutter from releasing by itself: it failed, and the sitter can mend it.
#[must_use]
pub fn blocks(check: &Check) -> bool {
    check.verdict == Verdict::Fail && remedy(check, None).is_some()
}
