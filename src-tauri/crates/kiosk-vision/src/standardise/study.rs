//! From a shot to everything that the photo and its checks are made of: face, outline, crop.

use std::time::Instant;

use image::{GrayImage, Luma, RgbImage};
use kiosk_core::report::{PlateUse, Timings};
use kiosk_core::{Fault, FaultCode, Profile, Transform};

use super::crop::{self, Crop, Head, Source};
use super::{Nets, cutout, head, resample};
use crate::checks::Sitting;
use crate::face::{FaceReading, Mesh};
use crate::landmarks as lm;
use crate::matting::raster::{Colour, Raster};
use crate::matting::{Matte, Sitter, Subject, matte};
use crate::plate;
use crate::processor::Processor;
use crate::sampling::Pyramid;
use crate::segment::PersonMask;

/// How closely the outline is looked at, in working pixels a photo pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Detail {
    /// For a photo. Hair is thinner than a photo pixel: alpha found at one and a quarter times the size and then reduced keeps single hairs;
    /// one and a half costs 40 % more time and shows no difference.
    Photo,
    /// For checks, which measure regions and the top of the hair and not strands.
    Checks,
}

impl Detail {
    fn working(self) -> f64 {
        match self {
            Self::Photo => 1.25,
            Self::Checks => 1.0,
        }
    }
}

/// Room around the first crop, as a share of its size, for the crop that follows once the hair's top is known.
const ROOM: f64 = 0.04;
const ROOM_ABOVE: f64 = 0.08;

/// Distance of the hair's top from the shot's upper edge below which it counts as cut off, in face widths: the matte fades a little at the
/// edge of the picture.
const CUT: f64 = 0.02;

/// A part of the shot at working size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Left and top in the shot.
    pub origin: [f64; 2],
    /// Working pixels a shot pixel.
    pub scale: f64,
    /// Working columns.
    pub columns: usize,
    /// Working rows.
    pub rows: usize,
}

impl Window {
    /// The crop with room around it, inside the shot.
    fn around(crop: &Crop, profile: &Profile, shot: &RgbImage, detail: Detail) -> Self {
        let Transform { scale, offset_x, offset_y } = crop.transform;
        let (width, height) =
            (f64::from(profile.photo.size.width) / scale, f64::from(profile.photo.size.height) / scale);
        let left = (offset_x - ROOM * width).max(0.0);
        let top = (offset_y - ROOM_ABOVE * height).max(0.0);
        let right = (offset_x + (1.0 + ROOM) * width).min(f64::from(shot.width()));
        let bottom = (offset_y + (1.0 + ROOM) * height).min(f64::from(shot.height()));
        // A whole number of columns from side to side and of rows up from the lower edge, so that where the body leaves the shot
        // the matte reaches as far as the picture; a fraction of a row is lost above the head.
        let columns = ((right - left) * (detail.working() * scale).min(1.0)).round().max(8.0);
        let working = columns / (right - left);
        let rows = ((bottom - top) * working).floor().max(8.0);
        Self {
            origin: [left, bottom - rows / working],
            scale: working,
            columns: columns as usize,
            rows: rows as usize,
        }
    }

    /// The whole picture as it is.
    fn whole(picture: &RgbImage) -> Self {
        let (columns, rows) = (picture.width() as usize, picture.height() as usize);
        Self { origin: [0.0; 2], scale: 1.0, columns, rows }
    }

    /// Left, top, width and height in the shot.
    fn part(&self, shot: &RgbImage) -> [f64; 4] {
        let [left, top] = self.origin;
        let (width, height) = (self.columns as f64 / self.scale, self.rows as f64 / self.scale);
        [left, top, width.min(f64::from(shot.width()) - left), height.min(f64::from(shot.height()) - top)]
    }

    /// The net's mask at working size.
    fn mask(&self, mask: &PersonMask) -> Raster<f32> {
        let data = mask.window(self.origin, self.scale, self.columns, self.rows);
        Raster { width: self.columns, height: self.rows, data }
    }

    /// A shot point in working pixels.
    pub fn point(&self, p: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| ((f64::from(p[axis]) - self.origin[axis]) * self.scale) as f32)
    }

    /// A working point in shot pixels.
    pub fn shot_point(&self, p: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| (f64::from(p[axis]) / self.scale + self.origin[axis]) as f32)
    }

    /// Shot to photo as working to photo.
    pub fn transform(&self, shot: Transform) -> Transform {
        Transform {
            scale: shot.scale / self.scale,
            offset_x: (shot.offset_x - self.origin[0]) * self.scale,
            offset_y: (shot.offset_y - self.origin[1]) * self.scale,
        }
    }
}

/// A studied picture.
pub struct Study {
    /// The upright picture.
    pub shot: RgbImage,
    /// Faces and landmarks, pixels of the shot.
    pub reading: FaceReading,
    /// Landmarks of the main face, pixels of the shot.
    pub mesh: Mesh,
    /// Where the matte lies.
    pub window: Window,
    /// The net's mask.
    pub mask: PersonMask,
    /// The sitter cut out.
    pub matte: Matte,
    /// The crop.
    pub crop: Crop,
    /// Hair touches the upper edge of the shot.
    pub crown_cut: bool,
    /// What became of the plate, when there was one.
    pub plate: Option<PlateUse>,
    /// A finished photo, taken as it is.
    finished: bool,
}

/// What is fixed about a study.
#[derive(Clone, Copy)]
pub struct Brief<'a> {
    /// The recipient.
    pub profile: &'a Profile,
    /// The studio without a sitter.
    pub plate: Option<&'a RgbImage>,
    /// The picture is a finished photo: no crop, no scale.
    pub finished: bool,
    /// How closely the outline is looked at.
    pub detail: Detail,
}

impl Study {
    /// Finds the face, cuts the sitter out and solves the crop.
    ///
    /// # Errors
    /// `no_face`.
    pub fn of(
        shot: RgbImage,
        nets: &mut Nets,
        brief: Brief<'_>,
        timings: &mut Timings,
    ) -> Result<Self, Fault> {
        let started = Instant::now();
        let pyramid = Pyramid::new(&shot);
        let reading = nets.finder.find_in(&pyramid);
        let no_face = || Fault::new(FaultCode::NoFace, "no face was found in the picture");
        let mesh = reading.mesh.clone().ok_or_else(no_face)?;
        // The mesh's passes over its region are the landmarks; all the rest of the search is finding the face.
        let search = milliseconds(started);
        timings.landmarks = nets.finder.mesh_time().as_secs_f64() * 1e3;
        timings.face = search - timings.landmarks;

        let started = Instant::now();
        let mask = nets.segmenter.segment_in(&pyramid, reading.faces.first());
        drop(pyramid);
        // A plate of another wall would cost the sitter their outline; without one the wall is found in the shot itself.
        let outcome = brief.plate.map(|plate| plate::judged(&shot, plate, &mask));
        let brief = Brief { plate: brief.plate.filter(|_| outcome == Some(PlateUse::Used)), ..brief };
        let mut head = head::measured(&mesh, head::rough_crown(&mask, &mesh));
        let processor = nets.processor;
        let mut study = Self::cut(processor, shot, reading, mesh, mask, &mut head, brief)?;
        if !brief.finished && !study.covers(brief.profile) {
            // The hair's top was far from where the coarse mask had put it: look again around the better crop.
            study =
                Self::cut(processor, study.shot, study.reading, study.mesh, study.mask, &mut head, brief)?;
        }
        timings.matting = milliseconds(started);
        study.plate = outcome;
        Ok(study)
    }

    #[allow(clippy::too_many_arguments, reason = "the first look and the second have all of it in common")]
    fn cut(
        processor: Processor,
        shot: RgbImage,
        reading: FaceReading,
        mesh: Mesh,
        mask: PersonMask,
        head: &mut Head,
        Brief { profile, plate, finished, detail }: Brief<'_>,
    ) -> Result<Self, Fault> {
        let size = profile.photo.size;
        let bounds = Source {
            width: f64::from(shot.width()),
            height: f64::from(shot.height()),
            cut_left: true,
            cut_right: true,
        };
        let window = if finished {
            Window::whole(&shot)
        } else {
            Window::around(&crop::solve(*head, bounds, size, &profile.bands), profile, &shot, detail)
        };
        let matte = cut_out(processor, &shot, &window, &mesh, &mask, plate)?;

        let [x, y] = window.point([head.centre_x as f32, head.eye_line as f32]).map(f64::from);
        let row = head::crown(&matte.alpha, x, y, head.face_width * window.scale);
        if let Some(row) = row {
            head.crown = row / window.scale + window.origin[1];
        }
        let crown_cut = head.crown < CUT * head.face_width;
        let crop = if finished {
            as_it_is(*head)
        } else {
            let touches = |column: usize| (0..window.rows).any(|y| matte.alpha.row(y)[column] > 0.5);
            let right = window.origin[0] + window.columns as f64 / window.scale;
            let source = Source {
                cut_left: window.origin[0] < 1.0 && touches(0),
                cut_right: right > bounds.width - 2.0 && touches(window.columns - 1),
                ..bounds
            };
            crop::solve(*head, source, size, &profile.bands)
        };
        let plate = None;
        Ok(Self { shot, reading, mesh, window, mask, matte, crop, crown_cut, plate, finished })
    }

    /// Whether the matte reaches as far as the crop, where the shot does.
    fn covers(&self, profile: &Profile) -> bool {
        let size = profile.photo.size;
        let t = self.crop.transform;
        let (right, bottom) =
            (t.offset_x + f64::from(size.width) / t.scale, t.offset_y + f64::from(size.height) / t.scale);
        let [left, top, width, height] = self.window.part(&self.shot);
        let slack = 1.0 / self.window.scale;
        left <= t.offset_x.max(0.0) + slack
            && top <= t.offset_y.max(0.0) + slack
            && left + width >= right.min(f64::from(self.shot.width())) - slack
            && top + height >= bottom.min(f64::from(self.shot.height())) - slack
    }

    /// The crop plainly resized, wall and all.
    pub fn plain(&self, processor: Processor, profile: &Profile) -> Result<RgbImage, Fault> {
        if self.finished {
            return Ok(self.shot.clone());
        }
        resample::photo(processor, &self.shot, self.crop.transform, profile.photo.size)
    }

    /// Alpha and alpha-weighted colour of the sitter in the photo's size.
    pub fn cutout(&self, profile: &Profile) -> Raster<[f32; 4]> {
        self.cutout_of(&self.matte.alpha, &self.matte.colour, profile)
    }

    /// The same of another matte of the same window.
    pub fn cutout_of(
        &self,
        alpha: &Raster<f32>,
        colour: &Raster<Colour>,
        profile: &Profile,
    ) -> Raster<[f32; 4]> {
        cutout::premultiplied(alpha, colour, self.window.transform(self.crop.transform), profile.photo.size)
    }

    /// What was matted: the window of the shot, and the net's mask in it.
    ///
    /// # Errors
    /// `internal` when the window cannot be resampled.
    pub fn matted(&self) -> Result<(Raster<Colour>, Raster<f32>), Fault> {
        Ok((self.in_window(&self.shot)?, self.window.mask(&self.mask)))
    }

    /// Another picture of the shot's size, in the window that was matted.
    ///
    /// # Errors
    /// `internal` when the window cannot be resampled.
    pub fn in_window(&self, picture: &RgbImage) -> Result<Raster<Colour>, Fault> {
        let Window { columns, rows, .. } = self.window;
        resample::raster(Processor::default(), picture, self.window.part(picture), columns, rows)
    }

    /// Ready to be measured. `plain` and `alpha` are those of this study.
    pub fn sitting<'a>(
        &'a self,
        plain: &'a RgbImage,
        alpha: &'a Raster<f32>,
        mesh: &'a Mesh,
        profile: &'a Profile,
    ) -> Sitting<'a> {
        Sitting {
            photo: plain,
            shot: &self.shot,
            transform: self.crop.transform,
            alpha,
            mesh,
            pose: self.reading.pose.unwrap_or_default(),
            faces: self.reading.faces.len(),
            geometry: self.crop.geometry,
            missing: self.crop.missing,
            crown_cut: self.crown_cut,
            scale: (!self.finished).then_some(self.crop.transform.scale),
            profile,
        }
    }

    /// Landmarks in pixels of the photo.
    pub fn mesh_in_photo(&self) -> Mesh {
        let t = self.crop.transform;
        let points = self.mesh.points.iter().map(|&[x, y, z]| {
            let [u, v] = t.apply([f64::from(x), f64::from(y)]);
            [u as f32, v as f32, z * t.scale as f32]
        });
        Mesh { points: points.collect() }
    }

    /// The matte in the shot's size, 255 is person.
    pub fn matte_at_source(&self) -> GrayImage {
        let (alpha, window) = (&self.matte.alpha, &self.window);
        GrayImage::from_fn(self.shot.width(), self.shot.height(), |x, y| {
            let [u, v] = window.point([x as f32 + 0.5, y as f32 + 0.5]);
            let inside = u >= 0.0 && v >= 0.0 && u < alpha.width as f32 && v < alpha.height as f32;
            Luma([if inside { (bilinear(alpha, u - 0.5, v - 0.5) * 255.0).round() as u8 } else { 0 }])
        })
    }
}

fn as_it_is(head: Head) -> Crop {
    let transform = Transform { scale: 1.0, offset_x: 0.0, offset_y: 0.0 };
    Crop { transform, geometry: crop::geometry(head, transform), gives: Vec::new(), missing: 0.0 }
}

fn cut_out(
    processor: Processor,
    shot: &RgbImage,
    window: &Window,
    mesh: &Mesh,
    mask: &PersonMask,
    plate: Option<&RgbImage>,
) -> Result<Matte, Fault> {
    let raster = |picture: &RgbImage| -> Result<_, Fault> {
        resample::raster(processor, picture, window.part(shot), window.columns, window.rows)
    };
    let plate = plate.map(raster).transpose()?;
    let image = raster(shot)?;
    let person = window.mask(mask);
    let sitter = Sitter {
        oval: lm::FACE_OVAL.iter().map(|&i| window.point(mesh.point(i))).collect(),
        chin: window.point(mesh.point(lm::CHIN))[1],
        face_width: (head::face_width(mesh) * window.scale) as f32,
    };
    Ok(matte(processor, Subject { image: &image, mask: &person, sitter: &sitter, plate: plate.as_ref() }))
}

fn bilinear(raster: &Raster<f32>, x: f32, y: f32) -> f32 {
    let (x, y) = (x.clamp(0.0, (raster.width - 1) as f32), y.clamp(0.0, (raster.height - 1) as f32));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(raster.width - 1), (y0 + 1).min(raster.height - 1));
    let at = |x: usize, y: usize| raster.data[y * raster.width + x];
    let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * x.fract();
    let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * x.fract();
    upper + (lower - upper) * y.fract()
}

/// Time since `started`.
pub fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
