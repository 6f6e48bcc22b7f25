//! The room, and the light that reaches the sensor.

use qrcode::QrCode;

use super::look::{Look, Reflection};
use super::pose::Pose;
use super::random::Random;
use super::{HEIGHT, WIDTH};

/// Linear-ish light per pixel, unclipped.
#[derive(Clone)]
pub(super) struct Light(pub Vec<f32>);

impl Light {
    fn at(&self, x: i32, y: i32) -> f32 {
        let (x, y) = (x.clamp(0, WIDTH as i32 - 1) as usize, y.clamp(0, HEIGHT as i32 - 1) as usize);
        self.0[y * WIDTH as usize + x]
    }

    fn map(&mut self, value: impl Fn(&Self, i32, i32) -> f32) {
        let pixels = (0..HEIGHT as i32).flat_map(|y| (0..WIDTH as i32).map(move |x| (x, y)));
        self.0 = pixels.map(|(x, y)| value(self, x, y)).collect();
    }

    pub(super) fn motion_blur(&mut self, along: [f32; 2]) {
        let taps: Vec<[i32; 2]> =
            (-4..=4).map(|i| along.map(|a| (a * i as f32 / 8.0).round() as i32)).collect();
        self.map(|light, x, y| {
            taps.iter().map(|t| light.at(x + t[0], y + t[1])).sum::<f32>() / taps.len() as f32
        });
    }

    /// Separable Gaussian.
    pub(super) fn defocus(&mut self, sigma: f32) {
        let reach = (2.5 * sigma).ceil() as i32;
        let weight = |i: i32| (-(i * i) as f32 / (2.0 * sigma * sigma)).exp();
        let total: f32 = (-reach..=reach).map(weight).sum();
        let weights: Vec<(i32, f32)> = (-reach..=reach).map(|i| (i, weight(i) / total)).collect();
        self.map(|light, x, y| weights.iter().map(|(i, w)| light.at(x + i, y) * w).sum());
        self.map(|light, x, y| weights.iter().map(|(i, w)| light.at(x, y + i) * w).sum());
    }

    pub(super) fn reflect(&mut self, lamp: &Reflection) {
        let ([cx, cy], radius) = (lamp.centre, lamp.radius);
        self.map(|light, x, y| {
            let d = ((x as f32 - cx) / radius).powi(2) + ((y as f32 - cy) / (radius * 0.6)).powi(2);
            light.at(x, y) + lamp.strength * (-d).exp()
        });
    }
}

/// A wall with a gradient, furniture with edges, a head and shoulders.
pub(super) fn room(random: &mut Random) -> Light {
    let base = random.between(90.0, 150.0);
    let slope = [random.between(-0.04, 0.04), random.between(-0.04, 0.04)];
    let boxes: Vec<[f32; 5]> = (0..14)
        .map(|_| {
            let (x, y) = (random.between(0.0, 1280.0), random.between(0.0, 720.0));
            [x, y, random.between(10.0, 200.0), random.between(10.0, 200.0), random.between(20.0, 230.0)]
        })
        .collect();
    let mut light = Light(vec![0.0; (WIDTH * HEIGHT) as usize]);
    light.map(|_, x, y| {
        let (x, y) = (x as f32, y as f32);
        let head = ((x - 640.0) / 130.0).powi(2) + ((y - 300.0) / 170.0).powi(2) < 1.0;
        let body = y > 520.0 && (x - 640.0).abs() < 320.0;
        let inside = |b: &&[f32; 5]| (b[0]..b[0] + b[2]).contains(&x) && (b[1]..b[1] + b[3]).contains(&y);
        match boxes.iter().find(inside) {
            _ if head => 170.0 + 20.0 * (x / 60.0).sin(),
            _ if body => 60.0 + 15.0 * (x / 9.0).sin(),
            Some(b) => b[4],
            None => base + slope[0] * x + slope[1] * y,
        }
    });
    light
}

pub(super) fn draw_phone(light: &mut Light, code: &QrCode, pose: &Pose, look: &Look) {
    let n = pose.modules;
    let reach = [[-10.0, -n * 0.6], [n + 10.0, -n * 0.6], [n + 10.0, n * 1.5], [-10.0, n * 1.5]];
    let outline = reach.map(|[u, v]| pose.pixel(u, v));
    let low = [0, 1].map(|i| outline.iter().map(|p| p[i]).fold(f32::MAX, f32::min).max(0.0) as u32);
    let high = [0, 1].map(|i| outline.iter().map(|p| p[i]).fold(f32::MIN, f32::max).max(0.0) as u32);
    for y in low[1]..high[1].min(HEIGHT) {
        for x in low[0]..high[0].min(WIDTH) {
            let under = light.0[(y * WIDTH + x) as usize];
            light.0[(y * WIDTH + x) as usize] = pixel_light(under, x, y, code, pose, look);
        }
    }
}

/// Nine rays a pixel.
fn pixel_light(under: f32, x: u32, y: u32, code: &QrCode, pose: &Pose, look: &Look) -> f32 {
    let mut sum = 0.0;
    for ray in 0..9 {
        let at = [x as f32 + (ray % 3) as f32 / 3.0 + 0.167, y as f32 + (ray / 3) as f32 / 3.0 + 0.167];
        let on_phone = pose
            .module(at[0], at[1])
            .and_then(|[u, v]| look.phone(code, u, v).map(|level| level + look.beat(u, v) * level / 255.0));
        sum += on_phone.unwrap_or(under);
    }
    sum / 9.0
}
