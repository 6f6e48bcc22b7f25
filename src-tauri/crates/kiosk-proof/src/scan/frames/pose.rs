//! Where the phone is.

use super::random::Random;
use super::{HEIGHT, Trouble, WIDTH};

/// A plane in front of a pinhole camera, measured in modules.
pub(super) struct Pose {
    origin: [f32; 3],
    right: [f32; 3],
    down: [f32; 3],
    pub modules: f32,
}

/// How the phone is held: where its code's middle is, in modules from the camera, and its turn in radians.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    pub centre: [f32; 3],
    pub roll: f32,
    pub yaw: f32,
    pub pitch: f32,
}

/// Focal length in pixels: about 62° across 1280 pixels.
const FOCAL: f32 = 1060.0;

impl Hold {
    pub(super) fn of(trouble: Trouble, modules: f32, random: &mut Random) -> Self {
        let mixed = trouble == Trouble::Mixed;
        let (mut roll, mut yaw, mut pitch) = (random.between(-0.1, 0.1), 0.0, random.between(-0.1, 0.1));
        if trouble == Trouble::Tilt {
            roll = random.between(0.1, 3.1) * random.sign();
        }
        if trouble == Trouble::Perspective {
            yaw = random.between(0.3, 0.8) * random.sign();
            pitch = random.between(-0.5, 0.5);
        }
        if mixed {
            roll = random.between(-0.8, 0.8);
            yaw = random.between(-0.6, 0.6);
            pitch = random.between(-0.5, 0.5);
        }
        let pixels = match trouble {
            Trouble::Small => random.between(2.0, 2.8),
            Trouble::Mixed => random.between(2.6, 5.0),
            _ => random.between(3.2, 5.5),
        };
        let pixels = pixels.min(600.0 / modules);
        let depth = FOCAL / pixels;
        let room_for = |side: u32| ((side as f32 / 2.0 - modules * pixels * 0.72) / pixels).max(0.0);
        let (dx, dy) = (room_for(WIDTH), room_for(HEIGHT));
        let centre = [random.between(-dx, dx), random.between(-dy, dy), depth];
        Self { centre, roll, yaw, pitch }
    }

    /// The same turned away from the camera by no more than `most`.
    pub(super) fn facing(self, most: f32) -> Self {
        let share = (most / self.yaw.hypot(self.pitch).max(most)).min(1.0);
        Self { yaw: self.yaw * share, pitch: self.pitch * share, ..self }
    }

    /// Pixels a module at the code's middle.
    pub(super) fn scale(&self) -> f32 {
        FOCAL / self.centre[2]
    }

    /// A code so many modules wide, held so.
    pub(super) fn pose(&self, modules: f32) -> Pose {
        let (centre, half) = (self.centre, modules / 2.0);
        let (right, down) = axes(self.roll, self.yaw, self.pitch);
        let origin = [0, 1, 2].map(|i| centre[i] - half * right[i] - half * down[i]);
        Pose { origin, right, down, modules }
    }
}

impl Pose {
    /// Module coordinates to pixels.
    pub(super) fn pixel(&self, u: f32, v: f32) -> [f32; 2] {
        let [x, y, z] = [0, 1, 2].map(|i| self.origin[i] + u * self.right[i] + v * self.down[i]);
        [x / z * FOCAL + WIDTH as f32 / 2.0, y / z * FOCAL + HEIGHT as f32 / 2.0]
    }

    /// Pixels to module coordinates: where the pixel's ray meets the plane.
    pub(super) fn module(&self, x: f32, y: f32) -> Option<[f32; 2]> {
        let ray = [(x - WIDTH as f32 / 2.0) / FOCAL, (y - HEIGHT as f32 / 2.0) / FOCAL, 1.0];
        let normal = cross(self.right, self.down);
        let facing = dot(ray, normal);
        if facing.abs() < 1e-6 {
            return None;
        }
        let t = dot(self.origin, normal) / facing;
        let on_plane = [0, 1, 2].map(|i| ray[i] * t - self.origin[i]);
        Some([dot(on_plane, self.right), dot(on_plane, self.down)])
    }
}

fn axes(roll: f32, yaw: f32, pitch: f32) -> ([f32; 3], [f32; 3]) {
    let turn = |[x, y, z]: [f32; 3]| {
        let [x, y] = [x * roll.cos() - y * roll.sin(), x * roll.sin() + y * roll.cos()];
        let [x, z] = [x * yaw.cos() + z * yaw.sin(), z * yaw.cos() - x * yaw.sin()];
        [x, y * pitch.cos() - z * pitch.sin(), y * pitch.sin() + z * pitch.cos()]
    };
    (turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]))
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
