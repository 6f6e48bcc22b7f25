//! Maxima and means over windows and over whole images.

use super::window::Slide;
use super::{Image, Operands, require};
use crate::net::graph::Window;
use crate::net::read::Read;
use crate::net::simd::inside;

/// What a window is reduced to.
#[derive(Clone, Copy)]
pub enum Reduce {
    Max,
    Mean,
}

pub struct Pool {
    slide: Slide,
    reduce: Reduce,
}

impl Pool {
    pub fn plan(operands: &Operands, window: Window, reduce: Reduce) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        require(input.channels == output.channels, "pooling changes the channels")?;
        Ok(Self { slide: Slide::plan(window, input, output)?, reduce })
    }

    pub fn run(&self, input: &[f32], output: &mut [f32]) {
        let Slide { input: image, size, .. } = self.slide;
        for (y, row) in output.chunks_exact_mut(self.slide.output.row()).enumerate() {
            let top = self.slide.first(0, y);
            for (x, pixel) in row.chunks_exact_mut(image.channels).enumerate() {
                let left = self.slide.first(1, x);
                let rows = inside(top, size[0], image.height);
                let columns = inside(left, size[1], image.width);
                let cells = rows.len() * columns.len();
                let sources = rows.flat_map(|j| {
                    let row = (top + j as isize) as usize * image.width;
                    columns.clone().map(move |i| row + (left + i as isize) as usize)
                });
                let sources = sources.map(|pixel| &input[pixel * image.channels..][..image.channels]);
                self.reduce(sources, cells, pixel);
            }
        }
    }

    fn reduce<'a>(&self, sources: impl Iterator<Item = &'a [f32]>, cells: usize, pixel: &mut [f32]) {
        match self.reduce {
            Reduce::Max => {
                pixel.fill(f32::MIN);
                for source in sources {
                    for (largest, value) in pixel.iter_mut().zip(source) {
                        *largest = if *value > *largest { *value } else { *largest };
                    }
                }
            }
            Reduce::Mean => {
                pixel.fill(0.0);
                for source in sources {
                    for (sum, value) in pixel.iter_mut().zip(source) {
                        *sum += value;
                    }
                }
                for sum in pixel {
                    *sum /= cells as f32;
                }
            }
        }
    }
}

pub struct GlobalMean {
    input: Image,
}

impl GlobalMean {
    pub fn plan(operands: &Operands) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        require(operands.output().len() == input.channels, "mean over other axes than the image's")?;
        if operands.count() > 1 {
            let axes = operands.input(1)?.ints();
            require(axes == Some(&[1, 2]), "mean over other axes than the image's")?;
        }
        Ok(Self { input })
    }

    pub fn run(&self, input: &[f32], output: &mut [f32]) {
        output.fill(0.0);
        for pixel in input.chunks_exact(self.input.channels) {
            for (sum, value) in output.iter_mut().zip(pixel) {
                *sum += value;
            }
        }
        let pixels = (self.input.height * self.input.width) as f32;
        for sum in output {
            *sum /= pixels;
        }
    }
}
