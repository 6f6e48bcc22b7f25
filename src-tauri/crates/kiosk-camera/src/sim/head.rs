//! The head: the canonical face, closed with a skull, given an identity and moved by an expression.

use std::sync::LazyLock;

use glam::{Vec2, Vec3, Vec3Swizzles};

use super::canonical::{
    CANONICAL, EYES, LIPS_INNER_BOTTOM, LIPS_INNER_TOP, LIPS_OUTER_BOTTOM, LIPS_OUTER_TOP, OVAL,
};
use super::mesh::{Subdivision, Triangle};
use super::rng::{Rng, smoothstep};
use super::scene::Expression;
use super::sitter::Sitter;

/// Centre and radii of the skull behind the face, centimetres in the canonical axes: about 15.5 wide and 19
/// deep, the crown 13.2 above the origin (adult head breadth and length after Farkas, 1994).
pub(crate) const SKULL_CENTRE: Vec3 = Vec3::new(0.0, 3.9, -4.0);
pub(crate) const SKULL_RADII: Vec3 = Vec3::new(7.8, 9.3, 9.5);
/// Rings of control vertices from the face's outline to the back of the head.
const SKULL_RINGS: usize = 7;

/// Connectivity of face and skull, the same for everybody.
pub(crate) struct HeadTopology {
    pub(crate) fine: Subdivision,
    pub(crate) fine_uv: Vec<Vec2>,
}

pub(crate) static HEAD: LazyLock<HeadTopology> = LazyLock::new(|| {
    let face = &*CANONICAL;
    let mut triangles: Vec<Triangle> = face.triangles.iter().copied().filter(|t| !fills_a_hole(*t)).collect();
    let mut uv = face.uv.clone();
    let mut ring: Vec<u32> = OVAL.to_vec();
    for _ in 0..SKULL_RINGS {
        let next: Vec<u32> = (0..OVAL.len()).map(|i| (uv.len() + i) as u32).collect();
        uv.extend(OVAL.map(|i| face.uv[i as usize]));
        stitch(&ring, &next, &mut triangles);
        ring = next;
    }
    let pole = uv.len() as u32;
    uv.push(Vec2::new(0.5, 0.05));
    for i in 0..ring.len() {
        triangles.push([ring[i], ring[(i + 1) % ring.len()], pole]);
    }
    let fine = Subdivision::new(uv.len(), &triangles, 2);
    let fine_uv = fine.apply(&uv);
    HeadTopology { fine, fine_uv }
});

/// The canonical face paints eyes and mouth on; ours are holes.
fn fills_a_hole(triangle: Triangle) -> bool {
    let inside = |rim: &dyn Fn(usize) -> bool| triangle.iter().all(|i| rim(*i as usize));
    let mouth = |i: usize| LIPS_INNER_TOP.contains(&i) || LIPS_INNER_BOTTOM.contains(&i);
    inside(&mouth)
        || EYES.iter().any(|eye| {
            inside(&|i| i == eye.outer || i == eye.inner || eye.upper.contains(&i) || eye.lower.contains(&i))
        })
}

fn stitch(ring: &[u32], next: &[u32], triangles: &mut Vec<Triangle>) {
    for i in 0..ring.len() {
        let j = (i + 1) % ring.len();
        triangles.push([ring[i], ring[j], next[j]]);
        triangles.push([ring[i], next[j], next[i]]);
    }
}

/// One person's control vertices at rest.
#[derive(Debug, Clone)]
pub(crate) struct HeadShape {
    face: Vec<Vec3>,
    /// Centres of the eyeballs: the sitter's right and left.
    pub(crate) eyes: [Vec3; 2],
}

impl HeadShape {
    pub(crate) fn of(sitter: &Sitter) -> Self {
        let mut face = CANONICAL.positions.clone();
        close_lips(&mut face);
        identify(&mut face, sitter);
        let eyes = [0, 1].map(|side| eye_centre(&face, side));
        Self { face, eyes }
    }

    /// Fine vertices of face and skull with `expression`; the first 468 are the landmarks.
    pub(crate) fn expressed(&self, expression: &Expression) -> Vec<Vec3> {
        let mut control = self.face.clone();
        self.blink(&mut control, expression);
        smile(&mut control, &self.face, expression.smile);
        raise_brows(&mut control, &self.face, expression.brows_up);
        open_mouth(&mut control, &self.face, expression.mouth_open);
        add_skull(&mut control);
        HEAD.fine.apply(&control)
    }

    fn blink(&self, control: &mut [Vec3], expression: &Expression) {
        for (side, eye) in EYES.iter().enumerate() {
            let closed = (expression.blink[side] + expression.smile * 0.12).clamp(0.0, 1.0);
            for i in 0..7 {
                let (up, low, fold) = (eye.upper[i], eye.lower[i], eye.fold[i]);
                let (top, bottom) = (self.face[up], self.face[low]);
                // Lids meet low: the upper one travels four fifths of the way.
                let mut meet = bottom.lerp(top, 0.2);
                meet.z = self.lid_depth(side, meet).max(meet.z);
                control[up] = top.lerp(meet + Vec3::new(0.0, 0.02, 0.02), closed);
                control[low] = bottom.lerp(meet - Vec3::new(0.0, 0.02, 0.0), closed);
                control[fold] = self.face[fold] + (control[up] - top) * 0.35;
            }
        }
    }

    /// Where a lid lies on the eyeball.
    fn lid_depth(&self, side: usize, at: Vec3) -> f32 {
        let offset = (at - self.eyes[side]).xy() / EYE_RADII.xy();
        self.eyes[side].z + EYE_RADII.z * (1.0 - offset.length_squared()).max(0.0).sqrt() + 0.06
    }
}

/// Radii of the eyeball with its wrapping, centimetres. Wider than the 1.2 of an eye, so that it fills the corners.
pub(crate) const EYE_RADII: Vec3 = Vec3::new(1.52, 1.4, 1.42);

fn eye_centre(face: &[Vec3], side: usize) -> Vec3 {
    let eye = &EYES[side];
    let corners = face[eye.outer].midpoint(face[eye.inner]);
    let lids = face[eye.upper[3]].midpoint(face[eye.lower[3]]);
    Vec3::new(corners.x, corners.y.midpoint(lids.y), lids.z - 0.1 - EYE_RADII.z)
}

/// The canonical lips are a little apart. Nobody's are at rest.
fn close_lips(face: &mut [Vec3]) {
    let before = face.to_vec();
    let mut moved: Vec<(usize, Vec3)> = Vec::new();
    for i in 1..10 {
        let (top, bottom) = (LIPS_INNER_TOP[i], LIPS_INNER_BOTTOM[i]);
        let meet = before[top].midpoint(before[bottom]);
        moved.push((top, meet + Vec3::new(0.0, 0.012, 0.02) - before[top]));
        moved.push((bottom, meet - Vec3::new(0.0, 0.012, 0.0) - before[bottom]));
    }
    let rim: Vec<usize> = moved.iter().map(|(i, _)| *i).collect();
    for (i, shift) in &moved {
        face[*i] += *shift;
    }
    let outer = |i: usize| LIPS_OUTER_TOP.contains(&i) || LIPS_OUTER_BOTTOM.contains(&i);
    for i in 0..before.len() {
        if rim.contains(&i) || outer(i) || before[i].distance(before[13]) > 4.0 {
            continue;
        }
        let nearest = moved.iter().min_by(|a, b| {
            before[a.0].distance_squared(before[i]).total_cmp(&before[b.0].distance_squared(before[i]))
        });
        if let Some((j, shift)) = nearest {
            let falloff = (-(before[*j].distance(before[i]) / 0.45).powi(2)).exp();
            face[i] += *shift * falloff * 0.8;
        }
    }
}

/// A soft push: everything within about `radius` of `centre` (both sides of the face) moves by `by`.
fn push(face: &mut [Vec3], rest: &[Vec3], centre: Vec3, radius: f32, by: Vec3) {
    for (p, r) in face.iter_mut().zip(rest) {
        let side = if r.x < 0.0 { -1.0 } else { 1.0 };
        let folded = Vec3::new(r.x.abs(), r.y, r.z);
        let weight = (-(folded.distance(centre) / radius).powi(2)).exp();
        *p += Vec3::new(by.x * side, by.y, by.z) * weight;
    }
}

/// Gives the face its proportions. Every change is small beside the canonical face: a recogniser of landmarks
/// must still find them where they are.
fn identify(face: &mut [Vec3], sitter: &Sitter) {
    let rest = face.to_vec();
    let mut rng = Rng::new(sitter.seed ^ 0xFACE);
    let soft = if sitter.soft_features { 1.0 } else { 0.0 };
    // A flatter bridge and brow ridge, a slightly wider nose base, fuller cheeks.
    push(face, &rest, Vec3::new(0.0, 3.3, 5.3), 1.7, Vec3::new(0.0, 0.0, -0.32));
    push(face, &rest, Vec3::new(0.0, -0.6, 7.4), 1.5, Vec3::new(0.0, 0.1, -0.35 + rng.range(-0.2, 0.15)));
    push(face, &rest, Vec3::new(1.4, -1.3, 5.6), 0.9, Vec3::new(0.12 + rng.range(-0.08, 0.1), 0.0, 0.0));
    push(face, &rest, Vec3::new(5.2, -1.8, 2.2), 2.4, Vec3::new(0.12, 0.0, 0.15 + rng.range(-0.1, 0.2)));
    // Jaw and chin.
    push(
        face,
        &rest,
        Vec3::new(6.0, -6.2, -0.6),
        2.8,
        Vec3::new(-0.15 - soft * 0.6 + rng.range(-0.2, 0.2), 0.1, 0.0),
    );
    push(
        face,
        &rest,
        Vec3::new(0.0, -9.0, 4.3),
        2.6,
        Vec3::new(0.0, 0.2 + soft * 0.15 + rng.range(-0.25, 0.25), 0.0),
    );
    // Lips.
    push(face, &rest, Vec3::new(0.0, -5.1, 5.4), 0.7, Vec3::new(0.0, -0.04 - soft * 0.06, 0.1 + soft * 0.08));
    push(face, &rest, Vec3::new(0.0, -3.5, 5.8), 0.7, Vec3::new(0.0, 0.02 + soft * 0.04, 0.0));
    // Brows a little lower and flatter than the canonical surprise.
    push(face, &rest, Vec3::new(3.4, 4.9, 4.6), 1.5, Vec3::new(0.0, -0.25 + rng.range(-0.12, 0.12), 0.05));
    open_eyes(face, &mut rng, soft);
}

fn open_eyes(face: &mut [Vec3], rng: &mut Rng, soft: f32) {
    // The canonical eyes are small beside the face.
    for eye in &EYES {
        let middle = face[eye.outer].midpoint(face[eye.inner]);
        for i in eye.upper.iter().chain(&eye.lower).chain([&eye.outer, &eye.inner]) {
            face[*i].x = middle.x + (face[*i].x - middle.x) * 1.07;
        }
    }
    let (lift, slant) = (0.1 + soft * 0.05 + rng.range(-0.03, 0.05), rng.range(0.02, 0.16));
    for eye in &EYES {
        face[eye.outer].y += slant;
        for i in 0..7 {
            let along = (i as f32 + 1.0) / 8.0;
            let arch = (along * std::f32::consts::PI).sin();
            let rise = slant * (1.0 - along);
            face[eye.upper[i]].y += lift * arch + rise;
            face[eye.lower[i]].y += rise - 0.04 * arch;
            face[eye.fold[i]].y += lift * arch * 0.9 + rise;
        }
    }
}

fn smile(control: &mut [Vec3], rest: &[Vec3], amount: f32) {
    if amount > 0.0 {
        push(control, rest, Vec3::new(2.45, -4.35, 4.2), 1.5, Vec3::new(0.55, 0.5, -0.35) * amount);
        push(control, rest, Vec3::new(4.0, -1.0, 3.8), 1.6, Vec3::new(0.15, 0.28, 0.28) * amount);
    }
}

fn raise_brows(control: &mut [Vec3], rest: &[Vec3], amount: f32) {
    if amount > 0.0 {
        push(control, rest, Vec3::new(3.4, 4.8, 4.6), 1.7, Vec3::new(0.0, 0.6, 0.0) * amount);
    }
}

/// Turns the jaw about the axis through both joints.
fn open_mouth(control: &mut [Vec3], rest: &[Vec3], amount: f32) {
    if amount <= 0.0 {
        return;
    }
    let joint = Vec3::new(0.0, -0.5, -2.5);
    let turn = glam::Mat3::from_rotation_x(amount * 14f32.to_radians());
    for (i, (p, r)) in control.iter_mut().zip(rest).enumerate() {
        let spread = 0.05 + 1.2 * smoothstep(1.9, 4.2, r.x.abs());
        let mut weight = smoothstep(-4.27 + spread, -4.27 - spread, r.y);
        if LIPS_INNER_TOP[1..10].contains(&i) {
            weight = 0.0;
        } else if LIPS_INNER_BOTTOM[1..10].contains(&i) {
            weight = 1.0;
        }
        let turned = joint + turn * (*p - joint);
        *p = p.lerp(turned, weight);
    }
}

/// Rings from the outline of the face over the skull to the back of the head.
fn add_skull(control: &mut Vec<Vec3>) {
    let back = Vec3::new(0.0, -0.28, -1.0).normalize();
    let starts: Vec<Vec3> =
        OVAL.iter().map(|i| (control[*i as usize] - SKULL_CENTRE) / SKULL_RADII).collect();
    for ring in 1..=SKULL_RINGS {
        let t = ring as f32 / (SKULL_RINGS + 1) as f32;
        for start in &starts {
            let radius = start.length();
            let direction = slerp(*start / radius, back, t);
            let radius = radius + (1.0 - radius) * smoothstep(0.0, 0.75, t);
            control.push(SKULL_CENTRE + direction * radius * SKULL_RADII);
        }
    }
    control.push(SKULL_CENTRE + back * SKULL_RADII);
}

fn slerp(from: Vec3, to: Vec3, t: f32) -> Vec3 {
    let angle = from.dot(to).clamp(-1.0, 1.0).acos();
    if angle < 1e-4 {
        return from;
    }
    (from * ((1.0 - t) * angle).sin() + to * (t * angle).sin()) / angle.sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landmarks_stay_near_the_canonical_ones() {
        for seed in 0..20 {
            let fine = HeadShape::of(&Sitter::from_seed(seed)).expressed(&Expression::default());
            for (i, (p, c)) in fine.iter().zip(&CANONICAL.positions).enumerate() {
                assert!(p.distance(*c) < 1.3, "seed {seed}, landmark {i}: {p} from {c}");
            }
        }
    }

    #[test]
    fn expressions_do_what_they_say() {
        let shape = HeadShape::of(&Sitter::from_seed(3));
        let gap = |e: Expression, a: usize, b: usize| {
            let fine = shape.expressed(&e);
            fine[a].distance(fine[b])
        };
        let rest = Expression::default();
        assert!(gap(rest, 159, 145) > 0.6 && gap(rest, 13, 14) < 0.06);
        assert!(gap(Expression { blink: [1.0, 0.0], ..rest }, 159, 145) < 0.12);
        assert!(gap(Expression { blink: [1.0, 0.0], ..rest }, 386, 374) > 0.6);
        assert!(gap(Expression { mouth_open: 1.0, ..rest }, 13, 14) > 1.2);
        assert!(gap(Expression { smile: 1.0, ..rest }, 61, 291) > gap(rest, 61, 291) + 0.6);
    }
}
