//! Operators, planned and run. Planning checks every operand against the operator's own rule for shapes, so that running
//! only walks slices of known length.

mod attention;
mod conv;
mod depthwise;
mod elementwise;
mod layout;
mod pool;
mod resize;
mod transpose_conv;
mod window;

use super::graph::{Graph, Node, Op, Tensor, TensorId};
use super::read::{Broken, Read};
use pulp::Arch;

/// An operator that is ready to run.
pub enum Kernel {
    Conv(conv::Conv),
    Depthwise(depthwise::Depthwise),
    TransposeConv(transpose_conv::TransposeConv),
    Pool(pool::Pool),
    GlobalMean(pool::GlobalMean),
    Elementwise(elementwise::Elementwise),
    Pad(layout::Pad),
    Copy,
    Concat(layout::Concat),
    DepthToSpace(layout::DepthToSpace),
    Resize(resize::Resize),
    LandmarksToTransform(attention::LandmarksToTransform),
    WarpBilinear(attention::WarpBilinear),
    TransformLandmarks(attention::TransformLandmarks),
}

impl Kernel {
    /// Checks the node's operands and prepares its constants.
    pub fn plan(arch: Arch, node: &Node, graph: &Graph) -> Read<Self> {
        let operands = Operands { node, graph };
        Ok(match &node.op {
            Op::Conv(window, activation) => {
                Self::Conv(conv::Conv::plan(arch, &operands, *window, activation)?)
            }
            Op::Depthwise(window, activation) => {
                Self::Depthwise(depthwise::Depthwise::plan(arch, &operands, *window, activation)?)
            }
            Op::TransposeConv(window) => {
                Self::TransposeConv(transpose_conv::TransposeConv::plan(arch, &operands, *window)?)
            }
            Op::MaxPool(window) => Self::Pool(pool::Pool::plan(&operands, *window, pool::Reduce::Max)?),
            Op::AveragePool(window) => Self::Pool(pool::Pool::plan(&operands, *window, pool::Reduce::Mean)?),
            Op::GlobalMean => Self::GlobalMean(pool::GlobalMean::plan(&operands)?),
            Op::Add(_) | Op::Multiply | Op::Activate(_) | Op::Logistic => {
                Self::Elementwise(elementwise::Elementwise::plan(&operands)?)
            }
            Op::Pad => Self::Pad(layout::Pad::plan(&operands)?),
            Op::Reshape => {
                require(operands.input(0)?.len() == operands.output().len(), "reshape changes the size")?;
                Self::Copy
            }
            Op::Concat { axis } => Self::Concat(layout::Concat::plan(&operands, *axis)?),
            Op::DepthToSpace { block } => Self::DepthToSpace(layout::DepthToSpace::plan(&operands, *block)?),
            Op::Resize { align_corners, half_pixel_centers } => {
                Self::Resize(resize::Resize::plan(&operands, *align_corners, *half_pixel_centers)?)
            }
            Op::LandmarksToTransform(crop) => {
                Self::LandmarksToTransform(attention::LandmarksToTransform::plan(&operands, crop)?)
            }
            Op::WarpBilinear => Self::WarpBilinear(attention::WarpBilinear::plan(&operands)?),
            Op::TransformLandmarks => {
                Self::TransformLandmarks(attention::TransformLandmarks::plan(&operands)?)
            }
        })
    }

    /// Floats of scratch memory that [`Kernel::run`] wants.
    pub fn scratch(&self) -> usize {
        match self {
            Self::Conv(conv) => conv.scratch(),
            Self::TransposeConv(conv) => conv.scratch(),
            Self::Resize(resize) => resize.scratch(),
            _ => 0,
        }
    }

    /// Operands whose values went into the plan and are not read again.
    pub fn absorbs(&self, operand: usize) -> bool {
        match self {
            Self::Concat(_) | Self::WarpBilinear(_) | Self::TransformLandmarks(_) => false,
            Self::Elementwise(elementwise) => operand >= elementwise.operands(),
            _ => operand > 0,
        }
    }

    /// Computes `output` from the operands.
    pub fn run<'a>(
        &self,
        arch: Arch,
        input: impl Fn(usize) -> &'a [f32],
        output: &mut [f32],
        scratch: &mut [f32],
    ) {
        match self {
            Self::Conv(conv) => conv.run(arch, input(0), output, scratch),
            Self::Depthwise(conv) => conv.run(arch, input(0), output),
            Self::TransposeConv(conv) => conv.run(arch, input(0), output, scratch),
            Self::Pool(pool) => pool.run(input(0), output),
            Self::GlobalMean(mean) => mean.run(input(0), output),
            Self::Elementwise(elementwise) => elementwise.run(arch, input, output),
            Self::Pad(pad) => pad.run(input(0), output),
            Self::Copy => output.copy_from_slice(input(0)),
            Self::Concat(concat) => concat.run(input, output),
            Self::DepthToSpace(shuffle) => shuffle.run(input(0), output),
            Self::Resize(resize) => resize.run(arch, input(0), output, scratch),
            Self::LandmarksToTransform(transform) => transform.run(input(0), output),
            Self::WarpBilinear(warp) => warp.run(input(0), input(1), output),
            Self::TransformLandmarks(transform) => transform.run(input(0), input(1), output),
        }
    }
}

/// A node's tensors, as its plan looks at them.
pub struct Operands<'a> {
    node: &'a Node,
    graph: &'a Graph,
}

impl<'a> Operands<'a> {
    fn count(&self) -> usize {
        self.node.inputs.len()
    }

    fn input(&self, index: usize) -> Read<&'a Tensor> {
        let id: Option<&TensorId> = self.node.inputs.get(index);
        id.map(|id| &self.graph.tensors[*id]).ok_or(Broken("operand missing"))
    }

    fn output(&self) -> &'a Tensor {
        &self.graph.tensors[self.node.output]
    }

    /// Float constants of an operand.
    fn floats(&self, index: usize) -> Read<&'a [f32]> {
        self.input(index)?.floats().ok_or(Broken("operand is not a float constant"))
    }

    /// The optional bias of `channels` values; empty when absent.
    fn bias(&self, index: usize, channels: usize) -> Read<&'a [f32]> {
        if index >= self.count() {
            return Ok(&[]);
        }
        let bias = self.floats(index)?;
        require(bias.len() == channels, "bias does not fit the channels")?;
        Ok(bias)
    }
}

/// The operator's rule `rule` must hold.
fn require(holds: bool, rule: &'static str) -> Read<()> {
    if holds { Ok(()) } else { Err(Broken(rule)) }
}

/// The shape of one image: NHWC with N = 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    height: usize,
    width: usize,
    channels: usize,
}

impl Image {
    fn of(tensor: &Tensor) -> Read<Self> {
        match tensor.shape[..] {
            [1, height, width, channels] if height * width * channels > 0 => {
                Ok(Self { height, width, channels })
            }
            _ => Err(Broken("tensor is not one image")),
        }
    }

    fn row(&self) -> usize {
        self.width * self.channels
    }
}
