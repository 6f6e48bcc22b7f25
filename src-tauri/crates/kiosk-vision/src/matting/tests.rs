use super::raster::distance;
use super::*;

const SIZE: usize = 240;
const WALL: Colour = [0.72, 0.73, 0.75];
const HAIR: Colour = [0.12, 0.1, 0.1];
const SHIRT: Colour = [0.3, 0.35, 0.6];

/// A drawn sitter with known alpha: an ellipse with strands on top of a block, mask blurred like the net's.
struct Studio {
    image: Raster<Colour>,
    mask: Raster<f32>,
    truth: Raster<f32>,
    sitter: Sitter,
}

fn studio(extra: impl Fn(f32, f32) -> f32) -> Studio {
    let truth = Raster::from_index(SIZE, SIZE, |i| {
        let (x, y) = ((i % SIZE) as f32 + 0.5, (i / SIZE) as f32 + 0.5);
        let head = 1.0 - (((x - 120.0) / 48.0).powi(2) + ((y - 90.0) / 60.0).powi(2)).sqrt();
        let body = (y - 165.0).min(90.0 - (x - 120.0).abs());
        let neck = (y - 120.0).min(20.0 - (x - 120.0).abs());
        let solid = (head * 50.0).max(body).max(neck) + 0.5;
        solid.clamp(0.0, 1.0).max(extra(x, y))
    });
    let image = Raster::from_index(SIZE, SIZE, |i| {
        let (x, y) = (i % SIZE, i / SIZE);
        let person = if y > 150 { SHIRT } else { HAIR };
        let grain = ((x * 7 + y * 13) % 5) as f32 / 400.0;
        let shade = x as f32 / 4000.0;
        std::array::from_fn(|c| person[c] * truth.data[i] + (WALL[c] + grain - shade) * (1.0 - truth.data[i]))
    });
    let coarse = truth.map(|&a| [f32::from(u8::from(a > 0.6))]);
    let mask = filters::box_mean(&coarse, 3).map(|&[p]| p);
    let oval = (0..36)
        .map(|i| {
            let t = (i as f32) * std::f32::consts::TAU / 36.0;
            [120.0 + 36.0 * t.cos(), 96.0 + 44.0 * t.sin()]
        })
        .collect();
    Studio { image, mask, truth, sitter: Sitter { oval, chin: 148.0, face_width: 84.0 } }
}

fn cut(s: &Studio) -> Matte {
    matte(Processor::default(), Subject { image: &s.image, mask: &s.mask, sitter: &s.sitter, plate: None })
}

fn mean_error(alpha: &Raster<f32>, truth: &Raster<f32>) -> f32 {
    alpha.data.iter().zip(&truth.data).map(|(a, b)| (a - b).abs()).sum::<f32>() / truth.data.len() as f32
}

#[test]
fn a_plain_sitter_is_cut_out_and_the_inside_is_untouched() {
    let s = studio(|_, _| 0.0);
    let cut = cut(&s);
    assert!(mean_error(&cut.alpha, &s.truth) < 0.004, "{}", mean_error(&cut.alpha, &s.truth));
    for i in 0..cut.alpha.data.len() {
        if cut.alpha.data[i] >= 0.999 {
            assert!(distance(&cut.colour.data[i], &s.image.data[i]) < 1e-6);
        }
    }
}

#[test]
fn a_strand_that_the_mask_does_not_know_is_found() {
    let strand = |x: f32, y: f32| {
        if y < 75.0 && y > 60.0 && x > 150.0 && x < 176.0 {
            (1.2 - (y - 68.0).abs()).clamp(0.0, 1.0)
        } else {
            0.0
        }
    };
    let s = studio(strand);
    let cut = cut(&s);
    let at = 68 * SIZE + 172;
    assert!(s.truth.data[at] > 0.6 && s.mask.data[at] < 0.6);
    assert!((cut.alpha.data[at] - s.truth.data[at]).abs() < 0.25, "{}", cut.alpha.data[at]);
    assert!(distance(&cut.colour.data[at], &HAIR) < 0.2);
}

#[test]
fn an_island_that_does_not_touch_the_sitter_is_dropped() {
    let s = studio(|x, y| f32::from(u8::from(x < 20.0 && y > 40.0 && y < 110.0)));
    let cut = cut(&s);
    assert!(s.mask.data[80 * SIZE + 8] > 0.9);
    assert!(cut.alpha.data[80 * SIZE + 8] < 0.01);
}

#[test]
fn wall_between_locks_is_wall_although_the_mask_says_person() {
    // A lock from the side of the head to the shoulder closes in a patch of wall beside the neck.
    let lock = |x: f32, y: f32| f32::from(u8::from(y > 90.0 && y < 170.0 && x > 155.0 && x < 168.0));
    let mut s = studio(lock);
    for (i, p) in s.mask.data.iter_mut().enumerate() {
        let (x, y) = (i % SIZE, i / SIZE);
        if (138..168).contains(&x) && (90..170).contains(&y) {
            *p = 1.0;
        }
    }
    let cut = cut(&s);
    let gap = 142 * SIZE + 149;
    assert!(s.truth.data[gap] < 0.01 && s.mask.data[gap] > 0.99);
    assert!(cut.alpha.data[gap] < 0.1, "{}", cut.alpha.data[gap]);
    assert!(cut.alpha.data[120 * SIZE + 161] > 0.9);
}

#[test]
fn holes_in_clothes_are_filled() {
    let mut s = studio(|_, _| 0.0);
    for (i, p) in s.mask.data.iter_mut().enumerate() {
        let (x, y) = ((i % SIZE) as f32, (i / SIZE) as f32);
        if (x - 120.0).hypot(y - 205.0) < 8.0 {
            *p = 0.0;
            s.image.data[i] = WALL;
        }
    }
    assert!(cut(&s).alpha.data[205 * SIZE + 120] > 0.99);
}
