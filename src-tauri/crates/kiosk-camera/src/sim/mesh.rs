//! Triangle meshes and their smoothing.
//!
//! A control mesh is subdivided by Loop's scheme (C. Loop, "Smooth subdivision surfaces based on triangles",
//! 1987). The refinement depends on the connectivity only, so it is worked out once as a sparse matrix: per
//! frame, a posed and blinking face costs one multiplication.

use std::collections::HashMap;
use std::ops::{Add, Mul};

use glam::Vec3;

/// Vertex indices, counter-clockwise seen from outside.
pub(crate) type Triangle = [u32; 3];

/// The refinement of one connectivity: fine vertices as weighted sums of control vertices.
#[derive(Debug, Clone)]
pub(crate) struct Subdivision {
    rows: Vec<u32>,
    terms: Vec<(u32, f32)>,
    triangles: Vec<Triangle>,
}

type Stencil = Vec<(u32, f32)>;

impl Subdivision {
    /// Refines `levels` times; each level makes four triangles of one. Control vertex `i` stays fine vertex `i`.
    pub(crate) fn new(vertices: usize, triangles: &[Triangle], levels: u32) -> Self {
        let mut stencils: Vec<Stencil> = (0..vertices as u32).map(|i| vec![(i, 1.0)]).collect();
        let mut triangles = triangles.to_vec();
        for _ in 0..levels {
            let (steps, finer) = loop_step(stencils.len(), &triangles);
            stencils = steps.iter().map(|step| combine(step, &stencils)).collect();
            triangles = finer;
        }
        let mut rows = vec![0];
        let mut terms = Vec::new();
        for stencil in stencils {
            terms.extend(stencil);
            rows.push(terms.len() as u32);
        }
        Self { rows, terms, triangles }
    }

    pub(crate) fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }

    /// The fine values of `control` (positions, texture coordinates …).
    pub(crate) fn apply<T>(&self, control: &[T]) -> Vec<T>
    where
        T: Copy + Add<Output = T> + Mul<f32, Output = T> + Default,
    {
        self.rows
            .windows(2)
            .map(|row| {
                self.terms[row[0] as usize..row[1] as usize]
                    .iter()
                    .fold(T::default(), |sum, (i, weight)| sum + control[*i as usize] * *weight)
            })
            .collect()
    }
}

/// One level of Loop's scheme. Edges of a hole keep their vertices and get new ones by the interpolating
/// four-point rule, so that lids and lips stay where the landmarks say.
fn loop_step(vertices: usize, triangles: &[Triangle]) -> (Vec<Stencil>, Vec<Triangle>) {
    let edges = Edges::of(triangles);
    let mut neighbours: Vec<Vec<u32>> = vec![Vec::new(); vertices];
    let mut rim: Vec<Vec<u32>> = vec![Vec::new(); vertices];
    for (&(a, b), opposite) in edges.list.iter().zip(&edges.opposite) {
        let lists = if opposite.len() == 2 { &mut neighbours } else { &mut rim };
        lists[a as usize].push(b);
        lists[b as usize].push(a);
    }
    let mut steps: Vec<Stencil> = (0..vertices)
        .map(|v| {
            let around = &neighbours[v];
            if !rim[v].is_empty() || around.is_empty() {
                return vec![(v as u32, 1.0)];
            }
            let n = around.len() as f32;
            let beta = if around.len() == 3 { 3.0 / 16.0 } else { 3.0 / (8.0 * n) };
            std::iter::once((v as u32, 1.0 - n * beta)).chain(around.iter().map(|i| (*i, beta))).collect()
        })
        .collect();
    for (&(a, b), opposite) in edges.list.iter().zip(&edges.opposite) {
        steps.push(match opposite[..] {
            [c, d] => vec![(a, 0.375), (b, 0.375), (c, 0.125), (d, 0.125)],
            _ => four_point(a, b, &rim),
        });
    }
    let mut finer = Vec::with_capacity(triangles.len() * 4);
    for &[a, b, c] in triangles {
        let [ab, bc, ca] = [(a, b), (b, c), (c, a)].map(|(p, q)| vertices as u32 + edges.index(p, q));
        finer.extend([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]);
    }
    (steps, finer)
}

fn four_point(a: u32, b: u32, rim: &[Vec<u32>]) -> Stencil {
    let beyond = |at: u32, from: u32| match rim[at as usize][..] {
        [p, q] => Some(if p == from { q } else { p }),
        _ => None,
    };
    match (beyond(a, b), beyond(b, a)) {
        (Some(before), Some(after)) => {
            vec![(before, -1.0 / 16.0), (a, 9.0 / 16.0), (b, 9.0 / 16.0), (after, -1.0 / 16.0)]
        }
        _ => vec![(a, 0.5), (b, 0.5)],
    }
}

fn combine(step: &Stencil, stencils: &[Stencil]) -> Stencil {
    let mut sum: Stencil = Vec::with_capacity(step.len() * 6);
    for (i, weight) in step {
        sum.extend(stencils[*i as usize].iter().map(|(j, w)| (*j, w * weight)));
    }
    sum.sort_unstable_by_key(|(j, _)| *j);
    sum.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    sum
}

struct Edges {
    list: Vec<(u32, u32)>,
    /// The third corners of the one or two triangles at each edge.
    opposite: Vec<Vec<u32>>,
    index: HashMap<(u32, u32), u32>,
}

impl Edges {
    fn of(triangles: &[Triangle]) -> Self {
        let mut edges = Self { list: Vec::new(), opposite: Vec::new(), index: HashMap::new() };
        for &[a, b, c] in triangles {
            for (p, q, third) in [(a, b, c), (b, c, a), (c, a, b)] {
                let key = (p.min(q), p.max(q));
                let next = edges.list.len() as u32;
                let index = *edges.index.entry(key).or_insert(next);
                if index == next {
                    edges.list.push(key);
                    edges.opposite.push(Vec::with_capacity(2));
                }
                edges.opposite[index as usize].push(third);
            }
        }
        edges
    }

    fn index(&self, a: u32, b: u32) -> u32 {
        self.index[&(a.min(b), a.max(b))]
    }
}

/// Vertex normals, weighted by the triangles' areas.
pub(crate) fn normals(positions: &[Vec3], triangles: &[Triangle]) -> Vec<Vec3> {
    let mut sums = vec![Vec3::ZERO; positions.len()];
    for triangle in triangles {
        let [a, b, c] = triangle.map(|i| positions[i as usize]);
        let area = (b - a).cross(c - a);
        for i in triangle {
            sums[*i as usize] += area;
        }
    }
    sums.into_iter().map(Vec3::normalize_or_zero).collect()
}

/// Triangles of a grid of `rows` × `columns` vertices, row by row; a closed grid joins its last column to its first.
/// Outside is on the left when columns run right and rows run down.
pub(crate) fn grid_triangles(rows: usize, columns: usize, closed: bool) -> Vec<Triangle> {
    let at = |r: usize, c: usize| (r * columns + c % columns) as u32;
    let quads = if closed { columns } else { columns - 1 };
    (0..rows - 1)
        .flat_map(|r| (0..quads).map(move |c| (r, c)))
        .flat_map(|(r, c)| {
            let [a, b, d, e] = [at(r, c), at(r, c + 1), at(r + 1, c), at(r + 1, c + 1)];
            [[a, d, b], [b, d, e]]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_mesh_stays_flat_and_a_closed_one_closed() {
        let tetrahedron: [Triangle; 4] = [[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]];
        let fine = Subdivision::new(4, &tetrahedron, 2);
        assert_eq!(fine.triangles().len(), 64);
        assert!(Edges::of(fine.triangles()).opposite.iter().all(|o| o.len() == 2));
        let flat = fine.apply(&[Vec3::X, Vec3::Y, Vec3::X + Vec3::Y, Vec3::ZERO]);
        assert!(flat.iter().all(|p| p.z.abs() < 1e-6));
    }

    #[test]
    fn weights_sum_to_one() {
        let fine = Subdivision::new(6, &grid_triangles(2, 3, false), 3);
        let ones = fine.apply(&[1.0_f32; 6]);
        assert!(ones.iter().all(|w| (w - 1.0).abs() < 1e-5), "{ones:?}");
    }

    #[test]
    fn the_rim_keeps_its_vertices() {
        let square = [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::X + Vec3::Y];
        let fine = Subdivision::new(4, &[[0, 1, 2], [1, 3, 2]], 2).apply(&square);
        assert_eq!(fine[..4], square);
    }
}
