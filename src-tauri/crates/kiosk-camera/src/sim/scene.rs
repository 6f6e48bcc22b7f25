//! What stands in the drawn studio: data only.

use std::sync::Arc;

use super::sitter::Sitter;

/// Everything that decides a picture. The same scene draws the same pixels.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The person in front of the camera.
    pub sitting: Option<Sitting>,
    /// A hand that holds a phone with a code up to the camera.
    pub phone: Option<Phone>,
    /// Lights.
    pub lamps: Lamps,
    /// Colour of the wall, sRGB.
    pub backdrop: [u8; 3],
    /// Exposure against the normal one, stops.
    pub exposure: f32,
    /// Deviation of the sensor's noise, 8-bit steps.
    pub noise: f32,
    /// Chooses the noise of this frame.
    pub noise_seed: u64,
    /// Radius of the lens's blur, pixels at 1280×720; about 0.5 is a focused webcam.
    pub defocus: f32,
}

impl Default for Scene {
    /// An empty wall under two lamps.
    fn default() -> Self {
        Self {
            sitting: None,
            phone: None,
            lamps: Lamps::default(),
            backdrop: [203, 207, 211],
            exposure: 0.0,
            noise: 1.4,
            noise_seed: 0,
            defocus: 0.5,
        }
    }
}

impl Scene {
    /// `sitter` in the pose that the standard wants.
    #[must_use]
    pub fn portrait(sitter: Arc<Sitter>) -> Self {
        let sitting = Sitting { sitter, pose: Pose::default(), expression: Expression::default() };
        Self { sitting: Some(sitting), ..Self::default() }
    }
}

/// A person, where and how.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// Who.
    pub sitter: Arc<Sitter>,
    /// Where the head is.
    pub pose: Pose,
    /// What the face does.
    pub expression: Expression,
}

/// Head and shoulders. The rotation is `Rz(roll) · Ry(yaw) · Rx(pitch)` in axes x to the picture's right, y up,
/// z to the camera; angles in degrees as the session's measures have them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// Turn; positive when the face is turned to the sitter's left, the picture's right.
    pub yaw: f32,
    /// Nod; positive when the face looks up.
    pub pitch: f32,
    /// Lean; positive when the head leans to the sitter's left shoulder: clockwise in the picture.
    pub roll: f32,
    /// From the good place, centimetres, to the picture's right.
    pub x: f32,
    /// From the good place, centimetres, up.
    pub y: f32,
    /// From the good place, centimetres, to the camera (which is 118 cm away).
    pub z: f32,
    /// Slope of the shoulders, degrees, as `roll`.
    pub shoulders: f32,
}

/// What the face does. All values 0–1 unless stated.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Expression {
    /// 1 is closed; the sitter's right and left eye.
    pub blink: [f32; 2],
    /// 1 is wide open.
    pub mouth_open: f32,
    /// 1 is broad.
    pub smile: f32,
    /// 1 is surprise.
    pub brows_up: f32,
    /// Degrees off the lens: to the picture's right, up.
    pub gaze: [f32; 2],
}

/// The studio's lights: strengths against the standard set-up, 1.0 each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamps {
    /// The lamp on the picture's left.
    pub left: f32,
    /// The lamp on the picture's right.
    pub right: f32,
    /// Light from everywhere.
    pub ambient: f32,
    /// Angle of both lamps from the camera's axis, degrees. The standard says 45.
    pub angle: f32,
    /// Height of both lamps over the sitter's eyes, degrees. The standard says shoulder height.
    pub height: f32,
    /// Distance of the sitter from the wall, centimetres: near casts a shadow.
    pub wall_distance: f32,
    /// Colour of the light, linear RGB.
    pub colour: [f32; 3],
}

impl Default for Lamps {
    fn default() -> Self {
        Self {
            left: 0.92,
            right: 1.0,
            ambient: 1.0,
            angle: 45.0,
            height: 14.0,
            wall_distance: 60.0,
            colour: [1.0, 1.0, 1.0],
        }
    }
}

/// A phone in a hand, its screen to the camera.
#[derive(Debug, Clone, PartialEq)]
pub struct Phone {
    /// What the code on the screen says.
    pub payload: Arc<[u8]>,
    /// Centre of the screen from the picture's centre, centimetres: right, up, to the camera.
    pub place: [f32; 3],
    /// Tilt in degrees: yaw, pitch, roll.
    pub tilt: [f32; 3],
    /// Brightness of the screen, 1 is well visible.
    pub brightness: f32,
    /// White modules on black.
    pub dark_mode: bool,
}
