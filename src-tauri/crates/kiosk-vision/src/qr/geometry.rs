//! Where modules lie: quadrilaterals, the projective map onto them, and the modules whose colour is known beforehand.

/// A point in pixels, `[x, y]`.
pub(super) type Point = [f32; 2];
/// Corners of the module area: top-left, top-right, bottom-right, bottom-left of the code.
pub(super) type Quad = [Point; 4];

pub(super) fn distance(a: Point, b: Point) -> f32 {
    libm::hypotf(a[0] - b[0], a[1] - b[1])
}

/// Twice the signed area of the triangle; positive when origin → a → b turns clockwise on screen (y down).
pub(super) fn turn(origin: Point, a: Point, b: Point) -> f32 {
    (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])
}

/// Projective map from module coordinates (0..size in both axes) to pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection([f32; 8]);

impl Projection {
    /// Heckbert's square-to-quadrilateral solution ("Fundamentals of Texture Mapping", 1989, section 2.2.3).
    pub(super) fn onto(quad: &Quad, size: f32) -> Self {
        let [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = *quad;
        let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let area = dx1 * dy2 - dx2 * dy1;
        let area = if area.abs() < 1e-6 { 1e-6 } else { area };
        let (g, h) = ((sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area);
        Self([
            (x1 - x0 + g * x1) / size,
            (x3 - x0 + h * x3) / size,
            x0,
            (y1 - y0 + g * y1) / size,
            (y3 - y0 + h * y3) / size,
            y0,
            g / size,
            h / size,
        ])
    }

    pub(super) fn pixel(&self, u: f32, v: f32) -> Point {
        let m = &self.0;
        let depth = m[6] * u + m[7] * v + 1.0;
        [(m[0] * u + m[1] * v + m[2]) / depth, (m[3] * u + m[4] * v + m[5]) / depth]
    }
}

/// A module whose colour every symbol of that size shares: its centre in module coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownModule {
    pub u: f32,
    pub v: f32,
    pub dark: bool,
}

/// Finder patterns with separators, timing lines and alignment patterns (ISO/IEC 18004, 6.3) of a code `size` wide.
pub(super) fn known_modules(size: usize) -> Vec<KnownModule> {
    let size = size as i32;
    let mut modules = Vec::new();
    let mut push = |x: i32, y: i32, dark: bool| {
        if (0..size).contains(&x) && (0..size).contains(&y) {
            modules.push(KnownModule { u: x as f32 + 0.5, v: y as f32 + 0.5, dark });
        }
    };
    for [left, top] in [[0, 0], [size - 7, 0], [0, size - 7]] {
        for (dx, dy) in square(-1..8) {
            let ring = (dx - 3).abs().max((dy - 3).abs());
            push(left + dx, top + dy, ring != 2 && ring != 4);
        }
    }
    for i in 8..size - 8 {
        push(i, 6, i % 2 == 0);
        push(6, i, i % 2 == 0);
    }
    for [x, y] in alignment_centres(size) {
        for (dx, dy) in square(-2..3) {
            push(x + dx, y + dy, dx.abs().max(dy.abs()) != 1);
        }
    }
    modules
}

fn square(range: std::ops::Range<i32>) -> impl Iterator<Item = (i32, i32)> {
    range.clone().flat_map(move |y| range.clone().map(move |x| (x, y)))
}

/// Centres of the alignment patterns: the closed form of annex E's table (version 32 is the table's one exception).
fn alignment_centres(size: i32) -> Vec<[i32; 2]> {
    let version = (size - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = if version == 32 { 26 } else { (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2 };
    let mut places: Vec<i32> = (0..count - 1).map(|i| size - 7 - i * step).collect();
    places.push(6);
    let finder = |x, y| [(6, 6), (6, size - 7), (size - 7, 6)].contains(&(x, y));
    let all = places.iter().flat_map(|&y| places.iter().map(move |&x| (x, y)));
    all.filter(|&(x, y)| !finder(x, y)).map(|(x, y)| [x, y]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projection_meets_the_corners() {
        let quad = [[10.0, 20.0], [110.0, 30.0], [100.0, 140.0], [5.0, 120.0]];
        let map = Projection::onto(&quad, 25.0);
        for (module, corner) in [[0.0, 0.0], [25.0, 0.0], [25.0, 25.0], [0.0, 25.0]].into_iter().zip(quad) {
            assert!(distance(map.pixel(module[0], module[1]), corner) < 1e-2);
        }
    }

    #[test]
    fn alignment_centres_follow_annex_e() {
        let places = |version: i32| {
            let mut xs: Vec<i32> = alignment_centres(17 + 4 * version).iter().map(|c| c[0]).collect();
            xs.sort_unstable();
            xs.dedup();
            xs
        };
        assert_eq!(places(1), [] as [i32; 0]);
        assert_eq!(places(7), [6, 22, 38]);
        assert_eq!(places(15), [6, 26, 48, 70]);
        assert_eq!(places(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(places(40), [6, 30, 58, 86, 114, 142, 170]);
    }

    #[test]
    fn known_modules_match_an_encoder() {
        for version in [1, 2, 7, 11, 20, 32] {
            let code =
                qrcode::QrCode::with_version(b"17", qrcode::Version::Normal(version), qrcode::EcLevel::L);
            let code = code.unwrap();
            for module in known_modules(code.width()) {
                let dark = code[(module.u as usize, module.v as usize)] == qrcode::Color::Dark;
                assert_eq!(dark, module.dark, "version {version}: {module:?}");
            }
        }
    }
}
