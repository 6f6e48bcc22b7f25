//! How people move: functions of the seconds since they came.

use std::time::Duration;

use crate::sim::rng::{noise, smoothstep};
use crate::sim::{Expression, Pose};

/// How long leaving takes.
pub(super) const LEAVING: Duration = Duration::from_millis(1300);

/// Key poses of sitting down, with their seconds: too far and low, then to one side, then tilted and turned, then good.
/// A side of +1 comes from the picture's right.
const SITTING_DOWN: [(f32, Pose); 8] = [
    (0.0, Pose { x: 52.0, y: -5.0, z: -42.0, yaw: -25.0, pitch: 0.0, roll: 0.0, shoulders: 0.0 }),
    (1.1, Pose { x: 7.0, y: -7.0, z: -40.0, yaw: -6.0, pitch: -6.0, roll: 2.0, shoulders: 1.0 }),
    (1.9, Pose { x: 8.0, y: -6.0, z: -38.0, yaw: -2.0, pitch: -3.0, roll: 1.0, shoulders: 0.0 }),
    (2.7, Pose { x: 7.5, y: -4.5, z: -1.0, yaw: 0.0, pitch: 0.0, roll: 1.0, shoulders: 0.0 }),
    (3.4, Pose { x: 7.0, y: -4.0, z: 0.0, yaw: 2.0, pitch: 0.0, roll: 3.0, shoulders: 1.5 }),
    (4.1, Pose { x: 0.5, y: -0.5, z: 0.0, yaw: 11.0, pitch: -3.0, roll: 7.5, shoulders: 2.0 }),
    (4.8, Pose { x: 0.2, y: 0.0, z: 0.0, yaw: 9.0, pitch: -2.0, roll: 7.0, shoulders: 1.5 }),
    (5.6, Pose { x: 0.0, y: 0.0, z: 0.0, yaw: 0.0, pitch: 0.0, roll: 0.0, shoulders: 0.0 }),
];
/// From here on a sitter who was not released smiles and looks about now and then.
const PATIENCE: f32 = 24.0;

/// Pose and face `t` seconds after the sitter came.
pub(super) fn sitting(t: f32, seed: u64) -> (Pose, Expression) {
    let mut pose = between(&SITTING_DOWN, t);
    if seed & 1 == 1 {
        (pose.x, pose.yaw, pose.roll, pose.shoulders) = (-pose.x, -pose.yaw, -pose.roll, -pose.shoulders);
    }
    let wander = |speed: f32, axis: u32| noise(t * speed, 0.5, seed as u32 ^ axis << 8);
    pose.x += wander(0.5, 1) * 0.12;
    pose.y += wander(0.4, 2) * 0.08 + (t * 1.6).sin() * 0.02;
    pose.z += wander(0.3, 3) * 0.2;
    pose.yaw += wander(0.6, 4) * 0.7;
    pose.pitch += wander(0.5, 5) * 0.6;
    pose.roll += wander(0.4, 6) * 0.5;
    let mut expression = Expression { blink: [blink(t, seed); 2], ..Expression::default() };
    expression.gaze = [wander(0.8, 7) * 0.8, wander(0.8, 8) * 0.6];
    restless(t, &mut pose, &mut expression);
    (pose, expression)
}

/// The way out, to the side.
pub(super) fn leaving(t: f32) -> Pose {
    let gone = smoothstep(0.0, LEAVING.as_secs_f32(), t);
    Pose { x: 62.0 * gone, y: 3.0 * (gone * 3.1).sin(), yaw: 40.0 * gone, ..Pose::default() }
}

/// A phone comes up from below and stays, not quite still: place and tilt.
pub(super) fn phone(t: f32, seed: u64) -> ([f32; 3], [f32; 3]) {
    let up = smoothstep(0.0, 0.7, t);
    let wander = |speed: f32, axis: u32| noise(t * speed, 0.5, seed as u32 ^ axis << 8);
    let lean = |axis: u32| noise(seed as f32 * 0.37, 3.7, axis);
    let place = [
        lean(1) * 1.6 + wander(0.7, 11) * 0.25,
        lean(2) * 0.9 - 14.0 * (1.0 - up) + wander(0.6, 12) * 0.25,
        71.0 + wander(0.4, 13) * 0.8,
    ];
    let tilt = [
        lean(3) * 11.0 + wander(0.5, 14) * 2.0,
        lean(4) * 9.0 + wander(0.5, 15) * 2.0,
        lean(5) * 6.0 + wander(0.4, 16) * 1.2,
    ];
    (place, tilt)
}

fn between(keys: &[(f32, Pose)], t: f32) -> Pose {
    let Some(i) = keys.windows(2).position(|pair| t < pair[1].0) else {
        return keys[keys.len() - 1].1;
    };
    let ((t0, a), (t1, b)) = (keys[i], keys[i + 1]);
    let k = smoothstep(t0, t1, t);
    let mix = |p: f32, q: f32| p + (q - p) * k;
    Pose {
        yaw: mix(a.yaw, b.yaw),
        pitch: mix(a.pitch, b.pitch),
        roll: mix(a.roll, b.roll),
        x: mix(a.x, b.x),
        y: mix(a.y, b.y),
        z: mix(a.z, b.z),
        shoulders: mix(a.shoulders, b.shoulders),
    }
}

/// Lids close for about a sixth of a second, every three to five seconds.
fn blink(t: f32, seed: u64) -> f32 {
    let period = 3.2 + (seed % 7) as f32 * 0.28;
    let phase = (t + 1.3) % period;
    let close = smoothstep(0.0, 0.07, phase);
    let open = smoothstep(0.10, 0.22, phase);
    (close - open).max(0.0)
}

fn restless(t: f32, pose: &mut Pose, expression: &mut Expression) {
    if t < PATIENCE {
        return;
    }
    let episode = ((t - PATIENCE) / 9.0) as u32;
    let within = (t - PATIENCE) % 9.0;
    let strength = smoothstep(0.0, 0.6, within) * smoothstep(3.0, 2.4, within);
    match episode % 3 {
        0 => expression.smile = strength,
        1 => pose.yaw += 18.0 * strength,
        _ => expression.mouth_open = 0.5 * strength,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sitter_is_badly_placed_first_and_holds_still_in_the_end() {
        let (early, _) = sitting(1.5, 2);
        assert!(early.z < -30.0 && early.x.abs() > 4.0);
        for tenth in 60..230 {
            let (pose, expression) = sitting(tenth as f32 / 10.0, 5);
            assert!(pose.x.abs() < 0.3 && pose.yaw.abs() < 1.5 && pose.roll.abs() < 1.0, "{pose:?}");
            assert!(expression.smile == 0.0 && expression.mouth_open == 0.0);
        }
        let blinks = (0..2400).filter(|i| sitting(*i as f32 / 100.0, 5).1.blink[0] > 0.9).count();
        assert!(blinks > 10, "{blinks}");
    }

    #[test]
    fn nothing_jumps() {
        for seed in 0..3 {
            for i in 1..3000 {
                let (a, b) = (sitting((i - 1) as f32 / 60.0, seed).0, sitting(i as f32 / 60.0, seed).0);
                assert!((a.x - b.x).abs() < 1.5 && (a.yaw - b.yaw).abs() < 1.5, "{i}: {a:?} {b:?}");
            }
        }
    }
}
