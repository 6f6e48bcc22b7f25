//! A portrait with what has to be known about it to spoil it believably: landmarks, outline, colours.

use image::RgbImage;
use kiosk_core::{Fault, FaultCode, Profile};
use kiosk_vision::face::{FaceFinder, FaceNets, Mesh};
use kiosk_vision::landmarks as lm;
use kiosk_vision::model::ModelBytes;
use kiosk_vision::segment::PersonSegmenter;
use kiosk_vision::standardise::{Nets, Options, Standardiser};

use crate::light::{Light, luminance, smoothstep};

/// A known portrait.
pub struct Portrait {
    /// File stem.
    pub name: String,
    /// The file.
    pub file: Vec<u8>,
    /// The picture.
    pub light: Light,
    /// Landmarks in its pixels.
    pub mesh: Mesh,
    /// Share of person in each pixel.
    pub alpha: Vec<f32>,
    /// Cheek to cheek, pixels.
    pub face: f32,
    /// Top row of the hair.
    pub crown: f32,
    /// Colour of the hair, or of dark hair where there is none.
    pub hair: [f32; 3],
    /// Colour of the cheeks.
    pub skin: [f32; 3],
}

/// Studies portraits.
pub struct Studies {
    standardiser: Standardiser,
    finder: FaceFinder,
    segmenter: PersonSegmenter,
}

impl Studies {
    /// With the verified files `face-mesh` and `selfie-segmentation`.
    ///
    /// # Errors
    /// `model_wrong`.
    pub fn new(models: &[ModelBytes; 2]) -> Result<Self, Fault> {
        let wrong = |e: kiosk_vision::model::ModelError| Fault::new(FaultCode::ModelWrong, e.to_string());
        let [mesh, segmentation] = models;
        Ok(Self {
            standardiser: Standardiser::new(Some(Nets::load(mesh, segmentation)?)),
            finder: FaceFinder::new(FaceNets::load(mesh).map_err(wrong)?),
            segmenter: PersonSegmenter::load(segmentation).map_err(wrong)?,
        })
    }

    /// Learns what there is to know about a picture file.
    ///
    /// # Errors
    /// `image_unreadable`, `no_face`.
    pub fn study(&mut self, name: &str, file: Vec<u8>, profile: &Profile) -> Result<Portrait, Fault> {
        let picture = kiosk_vision::standardise::decode::decode(&file)?;
        let reading = self.finder.find(&picture);
        let mesh = reading.mesh.ok_or_else(|| Fault::new(FaultCode::NoFace, name.to_owned()))?;
        let mask = self.segmenter.segment(&picture, reading.faces.first());
        let made = self.standardiser.standardise(&file, profile, Options::default())?;
        let (transform, matte) = (made.report.transform, made.matte());
        let size = profile.photo.size;
        let (left, top) = (transform.offset_x, transform.offset_y);
        let right = left + f64::from(size.width) / transform.scale;
        let bottom = top + f64::from(size.height) / transform.scale;
        let alpha = matte.enumerate_pixels().map(|(x, y, value)| {
            let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            if x > left && x < right && y > top && y < bottom {
                f32::from(value.0[0]) / 255.0
            } else {
                smoothstep(0.3, 0.7, mask.at(x as f32, y as f32))
            }
        });
        let alpha = alpha.collect();
        let crown = (made.report.geometry.head_top / transform.scale + top) as f32;
        Ok(Portrait::new(name, file, &picture, mesh, alpha, crown))
    }
}

impl Portrait {
    fn new(name: &str, file: Vec<u8>, picture: &RgbImage, mesh: Mesh, alpha: Vec<f32>, crown: f32) -> Self {
        let light = Light::of(picture);
        let face = mesh.distance(lm::RIGHT_CHEEK, lm::LEFT_CHEEK);
        let name = name.to_owned();
        let mut portrait =
            Self { name, file, light, mesh, alpha, face, crown, hair: [0.0; 3], skin: [0.0; 3] };
        let cheek = |i: usize| portrait.median(portrait.mesh.point(i), 0.06);
        let (right, left) = (cheek(50), cheek(280));
        portrait.skin = std::array::from_fn(|k| f32::midpoint(right[k], left[k]));
        let forehead = portrait.mesh.point(lm::FOREHEAD_TOP);
        let middle = portrait.crown + 0.4 * (forehead[1] - portrait.crown);
        portrait.hair = portrait.median([forehead[0], middle], 0.1);
        // Where there is none, somebody else's.
        if luminance(portrait.hair) > 0.85 * luminance(portrait.skin) {
            portrait.hair = [0.021, 0.015, 0.012];
        }
        portrait
    }

    /// Median colour of a square; `side` in widths of the face.
    fn median(&self, at: [f32; 2], side: f32) -> [f32; 3] {
        let reach = (side * self.face / 2.0) as i32;
        let mut values: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::new());
        for y in -reach..=reach {
            for x in -reach..=reach {
                let pixel = self.light.at(at[0] + x as f32, at[1] + y as f32);
                (0..3).for_each(|k| values[k].push(pixel[k]));
            }
        }
        values.map(|mut v| {
            v.sort_by(f32::total_cmp);
            v[v.len() / 2]
        })
    }

    /// Landmark `index`.
    pub fn point(&self, index: usize) -> [f32; 2] {
        self.mesh.point(index)
    }

    /// Middle between the pupils.
    pub fn eyes(&self) -> [f32; 2] {
        self.mesh.mean(&[lm::RIGHT_PUPIL, lm::LEFT_PUPIL])
    }

    /// Lowest point of the chin.
    pub fn chin(&self) -> [f32; 2] {
        self.point(lm::CHIN)
    }

    /// Slope of the eye line, degrees, clockwise in the picture.
    pub fn lean(&self) -> f32 {
        let (a, b) = (self.point(lm::RIGHT_PUPIL), self.point(lm::LEFT_PUPIL));
        (b[1] - a[1]).atan2(b[0] - a[0]).to_degrees()
    }

    /// Share of person at a position.
    pub fn person(&self, x: f32, y: f32) -> f32 {
        let clamp = |v: f32, n: usize| (v.max(0.0) as usize).min(n - 1);
        self.alpha[clamp(y, self.light.height) * self.light.width + clamp(x, self.light.width)]
    }

    /// A position in the face's own axes: widths of the face to the picture's right along the eye line, and down, from the middle
    /// between the pupils. Brows lie at −0.15, the chin at 0.8.
    pub fn local(&self, x: f32, y: f32) -> [f32; 2] {
        let (sin, cos) = self.lean().to_radians().sin_cos();
        let [ex, ey] = self.eyes();
        let (dx, dy) = ((x - ex) / self.face, (y - ey) / self.face);
        [dx * cos + dy * sin, dy * cos - dx * sin]
    }

    /// The inverse of [`Portrait::local`].
    pub fn place(&self, u: f32, v: f32) -> [f32; 2] {
        let (sin, cos) = self.lean().to_radians().sin_cos();
        let [ex, ey] = self.eyes();
        [ex + (u * cos - v * sin) * self.face, ey + (v * cos + u * sin) * self.face]
    }

    /// Slope of the line over both shoulders, degrees, clockwise in the picture.
    pub fn slope(&self) -> f32 {
        let [middle, chin] = self.chin();
        let top = |reach: f32| {
            let x = middle + reach * self.face;
            let mut y = self.light.height as f32 - 1.0;
            while y > chin && self.person(x, y) > 0.5 {
                y -= 1.0;
            }
            y
        };
        let mut angles: Vec<f32> = (0..9)
            .map(|i| 0.65 + 0.03 * i as f32)
            .map(|reach| (top(reach) - top(-reach)).atan2(2.0 * reach * self.face).to_degrees())
            .collect();
        angles.sort_by(f32::total_cmp);
        angles[angles.len() / 2]
    }
}
