//! Draws triangles into a layer: tile by tile, four samples a pixel for visibility, one shading a pixel.
//!
//! The triangles are small (a few pixels), so attributes are interpolated without perspective correction.

use glam::{Vec2, Vec4};

use super::texture::Texture;

/// A vertex after projection and lighting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vertex {
    /// Pixels.
    pub(crate) at: Vec2,
    /// 1 / distance from the camera; 0 and below is behind it.
    pub(crate) nearness: f32,
    /// Texture coordinates.
    pub(crate) uv: Vec2,
    /// Light on the surface, linear RGB, which multiplies the texture; last, reflected light, which is added.
    pub(crate) light: Vec4,
}

/// Premultiplied linear colour with coverage, and depth, of a part of the picture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Red, green, blue, coverage.
    pub(crate) colour: Vec<Vec4>,
    /// Nearness of the nearest surface.
    pub(crate) depth: Vec<f32>,
}

const TILE: usize = 64;
const SAMPLES: usize = 4;
/// A rotated grid: the samples' places differ in every row and column.
const SAMPLE_X: [f32; SAMPLES] = [0.375, 0.875, 0.125, 0.625];
const SAMPLE_Y: [f32; SAMPLES] = [0.125, 0.375, 0.625, 0.875];
const NOTHING: u32 = 0;

/// Collects triangles, then draws them.
pub(crate) struct Raster<'a> {
    size: [usize; 2],
    vertices: Vec<Vertex>,
    triangles: Vec<ScreenTriangle>,
    textures: Vec<&'a Texture>,
}

struct ScreenTriangle {
    /// Weights of the first two corners as planes: x, y, constant.
    weights: [[f32; 3]; 2],
    /// Nearness as a plane.
    nearness: [f32; 3],
    corners: [u32; 3],
    texture: u32,
    /// Pixel bounds: left, top, right, bottom (exclusive).
    bounds: [u32; 4],
}

impl<'a> Raster<'a> {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { size: [width, height], vertices: Vec::new(), triangles: Vec::new(), textures: Vec::new() }
    }

    /// Adds a surface. Triangles that face away are left out unless it is `two_sided`.
    pub(crate) fn add(
        &mut self,
        vertices: &[Vertex],
        triangles: &[[u32; 3]],
        texture: &'a Texture,
        two_sided: bool,
    ) {
        let base = self.vertices.len() as u32;
        self.vertices.extend_from_slice(vertices);
        let texture_index = self.textures.len() as u32;
        self.textures.push(texture);
        for triangle in triangles {
            let corners = triangle.map(|i| i + base);
            if let Some(mut set) = self.set_up(corners, two_sided) {
                set.texture = texture_index;
                self.triangles.push(set);
            }
        }
    }

    fn set_up(&self, corners: [u32; 3], two_sided: bool) -> Option<ScreenTriangle> {
        let [a, b, c] = corners.map(|i| self.vertices[i as usize]);
        // Rows run down, so what is counter-clockwise in space is clockwise here.
        let area = (c.at - a.at).perp_dot(b.at - a.at);
        if (area <= 0.0 && !two_sided)
            || area.abs() < 1e-6
            || a.nearness.min(b.nearness).min(c.nearness) <= 0.0
        {
            return None;
        }
        let low = a.at.min(b.at).min(c.at);
        let high = a.at.max(b.at).max(c.at);
        let clip = |v: f32, limit: usize| v.clamp(0.0, limit as f32) as u32;
        let bounds = [
            clip(low.x, self.size[0]),
            clip(low.y, self.size[1]),
            clip(high.x.ceil(), self.size[0]),
            clip(high.y.ceil(), self.size[1]),
        ];
        if bounds[0] >= bounds[2] || bounds[1] >= bounds[3] {
            return None;
        }
        let plane = |p: Vec2, q: Vec2| {
            // 1 at the third corner, 0 along p–q.
            let n = Vec2::new(p.y - q.y, q.x - p.x) / -area;
            [n.x, n.y, -n.dot(p)]
        };
        let weights = [plane(b.at, c.at), plane(c.at, a.at)];
        let near =
            |k: usize| weights[0][k] * (a.nearness - c.nearness) + weights[1][k] * (b.nearness - c.nearness);
        let nearness = [near(0), near(1), near(2) + c.nearness];
        Some(ScreenTriangle { weights, nearness, corners, texture: 0, bounds })
    }

    /// Draws everything. The layer covers the bounds of the triangles; its memory is that of `used`.
    pub(crate) fn draw(&self, used: Layer) -> Layer {
        let mut low = [self.size[0], self.size[1]];
        let mut high = [0, 0];
        for t in &self.triangles {
            low = [low[0].min(t.bounds[0] as usize), low[1].min(t.bounds[1] as usize)];
            high = [high[0].max(t.bounds[2] as usize), high[1].max(t.bounds[3] as usize)];
        }
        let (left, top) = (low[0].min(high[0]), low[1].min(high[1]));
        let (width, height) = (high[0] - left, high[1] - top);
        let mut layer = Layer { left, top, width, height, ..used };
        layer.colour.clear();
        layer.colour.resize(width * height, Vec4::ZERO);
        layer.depth.clear();
        layer.depth.resize(width * height, 0.0);
        let columns = width.div_ceil(TILE);
        let mut bins: Vec<Vec<u32>> = vec![Vec::new(); columns * height.div_ceil(TILE)];
        for (i, t) in self.triangles.iter().enumerate() {
            for ty in (t.bounds[1] as usize - top) / TILE..=(t.bounds[3] as usize - 1 - top) / TILE {
                for tx in (t.bounds[0] as usize - left) / TILE..=(t.bounds[2] as usize - 1 - left) / TILE {
                    bins[ty * columns + tx].push(i as u32);
                }
            }
        }
        let mut tile = Tile::new();
        for (bin, list) in bins.iter().enumerate() {
            if !list.is_empty() {
                let origin = [left + bin % columns * TILE, top + bin / columns * TILE];
                tile.cover(origin, list, &self.triangles);
                self.shade(&tile, &mut layer);
            }
        }
        layer
    }

    fn shade(&self, tile: &Tile, layer: &mut Layer) {
        let width = TILE.min(layer.left + layer.width - tile.origin[0]);
        let height = TILE.min(layer.top + layer.height - tile.origin[1]);
        for y in 0..height {
            let row = (tile.origin[1] + y - layer.top) * layer.width + tile.origin[0] - layer.left;
            for x in 0..width {
                let ids = tile.ids[y * TILE + x].to_array().map(f32::to_bits);
                if ids == [NOTHING; SAMPLES] {
                    continue;
                }
                let centre = Vec2::new((tile.origin[0] + x) as f32 + 0.5, (tile.origin[1] + y) as f32 + 0.5);
                layer.colour[row + x] = self.resolve(ids, centre);
                layer.depth[row + x] = tile.near[y * TILE + x].max_element();
            }
        }
    }

    /// The pixel's colour: samples of one surface are shaded once.
    fn resolve(&self, ids: [u32; SAMPLES], centre: Vec2) -> Vec4 {
        if ids == [ids[0]; SAMPLES] {
            return self.colour(ids[0], centre);
        }
        let texture_of = |id: u32| self.triangles[id as usize - 1].texture;
        let mut sum = Vec4::ZERO;
        let mut done = 0u32;
        for s in 0..SAMPLES {
            if done & (1 << s) != 0 || ids[s] == NOTHING {
                continue;
            }
            let texture = texture_of(ids[s]);
            let mut share = 0.0;
            for (t, id) in ids.iter().enumerate().skip(s) {
                if *id == ids[s] || (*id != NOTHING && texture_of(*id) == texture) {
                    done |= 1 << t;
                    share += 1.0 / SAMPLES as f32;
                }
            }
            sum += self.colour(ids[s], centre) * share;
        }
        sum
    }

    /// The colour of a triangle at a point, with a coverage of 1.
    #[inline]
    fn colour(&self, id: u32, at: Vec2) -> Vec4 {
        let t = &self.triangles[id as usize - 1];
        let weight = |p: &[f32; 3]| (p[0] * at.x + p[1] * at.y + p[2]).clamp(0.0, 1.0);
        // The centre may lie outside of a triangle that covers a sample: the nearest inside is taken.
        let (wa, wb) = (weight(&t.weights[0]), weight(&t.weights[1]));
        let fit = 1.0 / (wa + wb).max(1.0);
        let (wa, wb) = (wa * fit, wb * fit);
        let wc = 1.0 - wa - wb;
        let [a, b, c] = t.corners.map(|i| &self.vertices[i as usize]);
        let texel = self.textures[t.texture as usize].sample(a.uv * wa + b.uv * wb + c.uv * wc);
        let light = a.light * wa + b.light * wb + c.light * wc;
        (texel * light + light.w).with_w(1.0)
    }
}

struct Tile {
    origin: [usize; 2],
    /// Nearness at the samples of each pixel.
    near: Vec<Vec4>,
    /// One more than the triangle's index, as bits; 0 where there is nothing.
    ids: Vec<Vec4>,
}

impl Tile {
    fn new() -> Self {
        Self { origin: [0; 2], near: vec![Vec4::ZERO; TILE * TILE], ids: vec![Vec4::ZERO; TILE * TILE] }
    }

    fn cover(&mut self, origin: [usize; 2], list: &[u32], triangles: &[ScreenTriangle]) {
        self.origin = origin;
        self.near.fill(Vec4::ZERO);
        self.ids.fill(Vec4::ZERO);
        for id in list {
            self.cover_one(*id, &triangles[*id as usize]);
        }
    }

    /// The innermost loop: all four samples of a pixel at once. Bits of an index travel in a float vector and
    /// are only ever selected, never computed with.
    fn cover_one(&mut self, id: u32, t: &ScreenTriangle) {
        let [x0, y0] = self.origin;
        let left = (t.bounds[0] as usize).max(x0);
        let right = (t.bounds[2] as usize).min(x0 + TILE);
        let top = (t.bounds[1] as usize).max(y0);
        let bottom = (t.bounds[3] as usize).min(y0 + TILE);
        let at_samples = |p: &[f32; 3]| {
            (Vec4::from(SAMPLE_X) + left as f32) * p[0] + (Vec4::from(SAMPLE_Y) + top as f32) * p[1] + p[2]
        };
        let [wa, wb] = &t.weights;
        let (mut row_a, mut row_b, mut row_near) = (at_samples(wa), at_samples(wb), at_samples(&t.nearness));
        let mark = Vec4::splat(f32::from_bits(id + 1));
        for y in top..bottom {
            let row = (y - y0) * TILE;
            let (mut a, mut b, mut near) = (row_a, row_b, row_near);
            let cells = self.near[row + left - x0..row + right - x0]
                .iter_mut()
                .zip(&mut self.ids[row + left - x0..row + right - x0]);
            for (cell_near, cell_id) in cells {
                let inside = a.min(b).min(1.0 - a - b).cmpge(Vec4::ZERO);
                let visible = inside & near.cmpgt(*cell_near);
                if visible.any() {
                    *cell_near = Vec4::select(visible, near, *cell_near);
                    *cell_id = Vec4::select(visible, mark, *cell_id);
                }
                a += wa[0];
                b += wb[0];
                near += t.nearness[0];
            }
            row_a += wa[1];
            row_b += wb[1];
            row_near += t.nearness[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(x: f32, y: f32, nearness: f32, shade: f32) -> Vertex {
        Vertex { at: Vec2::new(x, y), nearness, uv: Vec2::ZERO, light: Vec4::new(shade, shade, shade, 0.0) }
    }

    #[test]
    fn the_nearer_surface_wins_and_edges_are_soft() {
        let white = Texture::plain([1.0; 3]);
        let mut raster = Raster::new(100, 80);
        let square = |shade, near, l: f32, r: f32| {
            [
                vertex(l, 10.0, near, shade),
                vertex(l, 70.5, near, shade),
                vertex(r, 10.0, near, shade),
                vertex(r, 70.5, near, shade),
            ]
        };
        let triangles = [[0, 1, 2], [1, 3, 2]];
        raster.add(&square(0.25, 0.5, 20.5, 90.0), &triangles, &white, false);
        raster.add(&square(1.0, 0.2, 10.0, 60.0), &triangles, &white, false);
        let layer = raster.draw(Layer::default());
        let at = |x: usize, y: usize| layer.colour[(y - layer.top) * layer.width + x - layer.left];
        assert!((at(15, 40)[0] - 1.0).abs() < 0.01);
        assert!((at(40, 40)[0] - 0.25).abs() < 0.01);
        assert!((at(40, 70)[3] - 0.5).abs() < 0.3, "{:?}", at(40, 70));
        let covered: f32 = layer.colour.iter().map(|c| c[3]).sum();
        assert!((covered - 80.0 * 60.5).abs() < 30.0, "{covered}");
    }

    #[test]
    fn what_faces_away_is_left_out() {
        let white = Texture::plain([1.0; 3]);
        let mut raster = Raster::new(50, 50);
        let corners = [vertex(5.0, 5.0, 0.1, 1.0), vertex(40.0, 5.0, 0.1, 1.0), vertex(5.0, 40.0, 0.1, 1.0)];
        raster.add(&corners, &[[0, 1, 2]], &white, false);
        assert!(raster.draw(Layer::default()).colour.is_empty());
        raster.add(&corners, &[[0, 1, 2]], &white, true);
        assert!(!raster.draw(Layer::default()).colour.is_empty());
    }
}
