//! Cut marks: short lines that continue the edges of prints into the free paper around them.

use super::{Page, Rect, Segment, TOLERANCE};

/// Between a mark and any print, so that a cut that is slightly off shows no line.
const CLEARANCE: f64 = 0.5;
const LENGTH: f64 = 3.0;
const SHORTEST: f64 = 0.8;
/// A line passing a print this close would be seen on it: half of its own width and the cutter's play.
const BESIDE: f64 = 0.2;
/// Marks may reach this far into a label: its text has a wider margin.
const INTO_LABEL: f64 = 1.5;

/// The marks of a page, each once. They may run to the paper's edge: what an overscan takes of them is no loss.
pub(super) fn around(page: &Page, paper: &Rect) -> Vec<Segment> {
    let prints = page.photos.iter().map(|p| p.rect);
    let labels = page.labels.iter().map(|l| Rect {
        x: l.area.x + INTO_LABEL + CLEARANCE,
        y: l.area.y + INTO_LABEL + CLEARANCE,
        width: l.area.width - 2.0 * (INTO_LABEL + CLEARANCE),
        height: l.area.height - 2.0 * (INTO_LABEL + CLEARANCE),
    });
    let obstacles: Vec<Rect> = prints.chain(labels).collect();
    let mut marks: Vec<Segment> = Vec::new();
    for photo in &page.photos {
        for mark in rays(&photo.rect).into_iter().filter_map(|ray| ray.clipped(&obstacles, paper)) {
            if !marks.iter().any(|m| same(m, &mark)) {
                marks.push(mark);
            }
        }
    }
    marks
}

/// From a corner outwards along one axis.
struct Ray {
    corner: [f64; 2],
    /// 0 along x, 1 along y.
    axis: usize,
    /// +1 or −1.
    sign: f64,
}

fn rays(rect: &Rect) -> [Ray; 8] {
    let (left, right, top, bottom) = (rect.x, rect.right(), rect.y, rect.bottom());
    let ray = |corner, axis, sign| Ray { corner, axis, sign };
    [
        ray([left, top], 0, -1.0),
        ray([left, bottom], 0, -1.0),
        ray([right, top], 0, 1.0),
        ray([right, bottom], 0, 1.0),
        ray([left, top], 1, -1.0),
        ray([right, top], 1, -1.0),
        ray([left, bottom], 1, 1.0),
        ray([right, bottom], 1, 1.0),
    ]
}

impl Ray {
    /// The part from the clearance on that stays clear of everything; `None` when too little is left.
    fn clipped(&self, obstacles: &[Rect], paper: &Rect) -> Option<Segment> {
        let reach = obstacles.iter().filter_map(|rect| self.distance_to(rect)).fold(f64::INFINITY, f64::min);
        let edge = self.distance_to_edge(paper);
        let end = (CLEARANCE + LENGTH).min(reach - CLEARANCE).min(edge);
        (end - CLEARANCE >= SHORTEST).then(|| Segment { from: self.at(CLEARANCE), to: self.at(end) })
    }

    fn at(&self, distance: f64) -> [f64; 2] {
        let mut point = self.corner;
        point[self.axis] += self.sign * distance;
        point
    }

    /// How far the ray runs until it touches a rectangle ahead of it or beside it.
    fn distance_to(&self, rect: &Rect) -> Option<f64> {
        let low = [rect.x, rect.y];
        let high = [rect.right(), rect.bottom()];
        let across = 1 - self.axis;
        let beside =
            self.corner[across] >= low[across] - BESIDE && self.corner[across] <= high[across] + BESIDE;
        let along = |edge: f64| (edge - self.corner[self.axis]) * self.sign;
        let (near, far) = {
            let (a, b) = (along(low[self.axis]), along(high[self.axis]));
            (a.min(b), a.max(b))
        };
        (beside && far > TOLERANCE).then_some(near.max(0.0))
    }

    fn distance_to_edge(&self, paper: &Rect) -> f64 {
        let edge = match (self.axis, self.sign > 0.0) {
            (0, true) => paper.right(),
            (0, false) => paper.x,
            (_, true) => paper.bottom(),
            (_, false) => paper.y,
        };
        (edge - self.corner[self.axis]) * self.sign
    }
}

/// Neighbours with a gap draw the same mark from both sides.
fn same(a: &Segment, b: &Segment) -> bool {
    let near = |p: [f64; 2], q: [f64; 2]| (p[0] - q[0]).abs() < TOLERANCE && (p[1] - q[1]).abs() < TOLERANCE;
    (near(a.from, b.from) && near(a.to, b.to)) || (near(a.from, b.to) && near(a.to, b.from))
}
