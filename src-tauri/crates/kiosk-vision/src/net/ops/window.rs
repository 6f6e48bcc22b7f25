//! Sliding windows: output sizes and paddings of TFLite's SAME and VALID.

use super::Image;
use crate::net::graph::{Padding, Window};
use crate::net::read::{Broken, Read};

/// A window of `size` cells that slides over `input` and yields `output`.
#[derive(Clone, Copy, Debug)]
pub struct Slide {
    pub input: Image,
    pub output: Image,
    pub size: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Cells of padding at the top and on the left.
    pub before: [usize; 2],
}

impl Slide {
    /// Fails when sliding does not yield the height and width of `output`.
    pub fn plan(window: Window, input: Image, output: Image) -> Read<Self> {
        let axis = |axis: usize, input: usize, output: usize| {
            let extent = (window.size[axis] - 1) * window.dilation[axis] + 1;
            let stride = window.stride[axis];
            let (expected, before) = match window.padding {
                Padding::Same => {
                    let count = input.div_ceil(stride);
                    (count, ((count - 1) * stride + extent).saturating_sub(input) / 2)
                }
                Padding::Valid => ((input + stride).saturating_sub(extent) / stride, 0),
            };
            if expected == output {
                Ok(before)
            } else {
                Err(Broken("window does not yield the output's size"))
            }
        };
        let before = [axis(0, input.height, output.height)?, axis(1, input.width, output.width)?];
        Ok(Self {
            input,
            output,
            size: window.size,
            stride: window.stride,
            dilation: window.dilation,
            before,
        })
    }

    /// The first input row (or column) of the window at `index`; negative inside the padding.
    pub fn first(&self, axis: usize, index: usize) -> isize {
        (index * self.stride[axis]) as isize - self.before[axis] as isize
    }

    /// Whether the window is a single cell that visits every pixel.
    pub fn is_pointwise(&self) -> bool {
        self.size == [1, 1] && self.stride == [1, 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(input: usize, size: usize, stride: usize, output: usize, padding: Padding) -> Option<usize> {
        let image = |side| Image { height: side, width: side, channels: 1 };
        let window = Window { size: [size; 2], stride: [stride; 2], dilation: [1, 1], padding };
        Slide::plan(window, image(input), image(output)).ok().map(|slide| slide.before[0])
    }

    #[test]
    fn same_padding_puts_the_odd_cell_at_the_end() {
        assert_eq!(before(128, 5, 2, 64, Padding::Same), Some(1));
        assert_eq!(before(128, 3, 2, 64, Padding::Same), Some(0));
        assert_eq!(before(8, 3, 1, 8, Padding::Same), Some(1));
        assert_eq!(before(9, 3, 2, 5, Padding::Same), Some(1));
        assert_eq!(before(8, 3, 1, 7, Padding::Same), None);
    }

    #[test]
    fn valid_padding_keeps_whole_windows_only() {
        assert_eq!(before(150, 7, 2, 72, Padding::Valid), Some(0));
        assert_eq!(before(72, 3, 2, 35, Padding::Valid), Some(0));
        assert_eq!(before(2, 3, 1, 0, Padding::Valid), Some(0));
        assert_eq!(before(72, 3, 2, 36, Padding::Valid), None);
    }
}
