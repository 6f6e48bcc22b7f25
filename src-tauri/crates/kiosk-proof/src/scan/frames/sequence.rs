//! A hand brings a phone before the camera and holds it there.

use std::f32::consts::TAU;

use image::GrayImage;
use qrcode::{EcLevel, QrCode, Version};

use super::light::{Light, draw_phone, room};
use super::look::{Look, Reflection};
use super::pose::Hold;
use super::random::Random;
use super::{Trouble, bytes, camera};

/// Frames that the camera delivers in a second.
pub const FRAMES_A_SECOND: usize = 30;
/// Seconds from the first sight of the phone until it is held.
const ARRIVAL: f32 = 0.4;
/// Share of the time between two frames that the sensor is exposed.
const SHUTTER: f32 = 0.5;
/// Versions of the codes.
const VERSIONS: [usize; 2] = [6, 20];
/// Turned away from the camera at most, radians: 35°.
const MOST_TILT: f32 = 0.61;

/// One presentation of a phone, from its first sight on.
pub struct Sequence {
    pub payload: Vec<u8>,
    pub version: u8,
    code: QrCode,
    /// How it is held in the end.
    hold: Hold,
    look: Look,
    room: Light,
    reflection: Option<Reflection>,
    /// Where it comes from: pixels from its final place, and turn.
    from: [f32; 2],
    turned: [f32; 2],
    tremor: Tremor,
    seed: u64,
}

/// What a hand does that holds still: amplitude in pixels, frequency in hertz, phase; across and down.
struct Tremor([[[f32; 3]; 2]; 2]);

impl Tremor {
    fn of(trouble: Trouble, random: &mut Random) -> Self {
        let shaken = trouble == Trouble::MotionBlur;
        Self([(); 2].map(|()| {
            let slow = if shaken {
                [random.between(12.0, 26.0), random.between(1.4, 2.4), random.between(0.0, TAU)]
            } else {
                [random.between(2.0, 8.0), random.between(0.3, 0.8), random.between(0.0, TAU)]
            };
            [slow, [random.between(0.3, 1.2), random.between(5.0, 9.0), random.between(0.0, TAU)]]
        }))
    }

    fn at(&self, seconds: f32) -> [f32; 2] {
        self.0
            .map(|axis| axis.iter().map(|[a, hertz, phase]| a * (TAU * hertz * seconds + phase).sin()).sum())
    }
}

impl Sequence {
    pub fn of(trouble: Trouble, seed: u64) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x1_0003).wrapping_add(trouble as u64));
        let (payload, code) = code(&mut random);
        let hold = Hold::of(trouble, code.width() as f32, &mut random).facing(MOST_TILT);
        let look = Look { motion: [0.0; 2], ..Look::of(trouble, &mut random) };
        let room = room(&mut random);
        let middle =
            hold.pose(code.width() as f32).pixel(code.width() as f32 / 2.0, code.width() as f32 / 2.0);
        let half = code.width() as f32 * hold.scale() / 2.0;
        // On the code, where it hurts.
        let reflection = look
            .reflection(&mut random)
            .map(|lamp| Reflection { centre: middle.map(|axis| axis + random.between(-half, half)), ..lamp });
        Self {
            version: ((code.width() - 17) / 4) as u8,
            payload,
            hold,
            look,
            room,
            reflection,
            from: [random.between(-250.0, 250.0), random.between(350.0, 600.0)],
            turned: [random.between(-0.5, 0.5), random.between(0.3, 0.8)],
            tremor: Tremor::of(trouble, &mut random),
            code,
            seed,
        }
    }

    /// The frame of this number.
    pub fn frame(&self, number: usize) -> GrayImage {
        let mut random = Random::new(self.seed.wrapping_add(number as u64 * 0x9e37));
        let seconds = number as f32 / FRAMES_A_SECOND as f32;
        let exposed = SHUTTER / FRAMES_A_SECOND as f32;
        let (here, there) = (self.offset(seconds), self.offset(seconds + exposed));
        let moved = |axis: usize| here[axis] / self.hold.scale();
        let left = 1.0 - arrived(seconds);
        let [x, y, z] = self.hold.centre;
        let hold = Hold {
            centre: [x + moved(0), y + moved(1), z],
            roll: self.hold.roll + left * self.turned[0],
            pitch: self.hold.pitch + left * self.turned[1],
            ..self.hold
        };
        let look = Look {
            motion: [there[0] - here[0], there[1] - here[1]],
            phase: (here[0] + here[1]) * 0.9,
            ..self.look.clone()
        };
        let mut light = self.room.clone();
        draw_phone(&mut light, &self.code, &hold.pose(self.code.width() as f32), &look);
        look.optics(&mut light, self.reflection.as_ref());
        camera(&light, &look, &mut random)
    }

    /// Pixels from the place where it is held in the end.
    fn offset(&self, seconds: f32) -> [f32; 2] {
        let (left, tremor) = (1.0 - arrived(seconds), self.tremor.at(seconds));
        [0, 1].map(|axis| left * self.from[axis] + tremor[axis])
    }
}

/// How much of the way is done: fast first, then slower, as hands approach.
fn arrived(seconds: f32) -> f32 {
    1.0 - (1.0 - (seconds / ARRIVAL).min(1.0)).powi(2)
}

/// Any version with any level that holds any of the lengths.
fn code(random: &mut Random) -> (Vec<u8>, QrCode) {
    let version = random.count(VERSIONS[0], VERSIONS[1] + 1);
    let mut longest = 400;
    loop {
        let payload = bytes(random.count(128, longest + 1), random);
        let level = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H][random.count(0, 4)];
        if let Ok(code) = QrCode::with_version(&payload, Version::Normal(version as i16), level) {
            return (payload, code);
        }
        longest = 128.max(longest - 20);
    }
}
