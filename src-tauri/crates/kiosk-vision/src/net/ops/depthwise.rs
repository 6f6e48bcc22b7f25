//! Depthwise convolution with one output channel an input channel.

use super::window::Slide;
use super::{Image, Operands, require};
use crate::net::graph::{Activation, Window};
use crate::net::read::{Broken, Read};
use crate::net::simd::{Curve, DepthwiseRow, MAX_TAPS, depthwise_row, inside, slopes};
use pulp::Arch;

pub struct Depthwise {
    slide: Slide,
    weights: Vec<f32>,
    bias: Vec<f32>,
    slopes: Vec<f32>,
    curve: Curve,
}

impl Depthwise {
    pub fn plan(_: Arch, operands: &Operands, window: Window, activation: &Activation) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        let [1, height, width, channels] = operands.input(1)?.shape[..] else {
            return Err(Broken("depthwise weights are not 1HWC"));
        };
        require((1..=MAX_TAPS).contains(&(height * width)), "depthwise window too large")?;
        require(
            channels == input.channels && channels == output.channels,
            "depthwise convolution changes the channels",
        )?;
        require(window.dilation == [1, 1], "dilated depthwise convolution")?;
        let bias = match operands.bias(2, channels)? {
            [] => vec![0.0; channels],
            bias => bias.to_vec(),
        };
        Ok(Self {
            slide: Slide::plan(Window { size: [height, width], ..window }, input, output)?,
            weights: operands.floats(1)?.to_vec(),
            bias,
            slopes: slopes(activation, channels, channels),
            curve: Curve::of(activation),
        })
    }

    pub fn run(&self, arch: Arch, input: &[f32], output: &mut [f32]) {
        let Slide { input: image, size, stride, before, .. } = self.slide;
        for (y, row) in output.chunks_exact_mut(self.slide.output.row()).enumerate() {
            let top = self.slide.first(0, y);
            depthwise_row(
                arch,
                DepthwiseRow {
                    input,
                    channels: image.channels,
                    width: image.width,
                    top,
                    rows: inside(top, size[0], image.height),
                    columns: size[1],
                    stride: stride[1],
                    left: before[1],
                    weights: &self.weights,
                    bias: &self.bias,
                    slopes: &self.slopes,
                    curve: self.curve,
                    output: row,
                },
            );
        }
    }
}
