//! A net as a list of operators on tensors, before anything is planned. Layouts are TFLite's: activations NHWC,
//! convolution weights OHWI, depthwise weights 1HWC.

use crate::model::ModelError;

/// Position of a tensor in [`Graph::tensors`].
pub type TensorId = usize;

/// A whole net.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// All tensors, constants included.
    pub tensors: Vec<Tensor>,
    /// Operators in the order of execution.
    pub nodes: Vec<Node>,
    /// The tensor that the caller fills.
    pub input: TensorId,
    /// The tensors that the caller reads.
    pub outputs: Vec<TensorId>,
}

/// A shape, with its values when they are part of the file.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The values of a constant.
    pub constant: Option<Constant>,
}

/// Values stored in a model file. Half-precision weights are widened when they are read.
#[derive(Clone, Debug)]
pub enum Constant {
    /// Weights, biases, slopes.
    Float(Vec<f32>),
    /// Shapes and paddings.
    Int(Vec<i32>),
}

/// One operator with its operands.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Its operands in TFLite's order.
    pub inputs: Vec<TensorId>,
    /// Its result.
    pub output: TensorId,
}

/// What an operator computes.
#[derive(Clone, Debug)]
pub enum Op {
    /// Convolution: input, weights, optional bias.
    Conv(Window, Activation),
    /// Convolution of each channel by itself: input, weights, optional bias.
    Depthwise(Window, Activation),
    /// MediaPipe's `Convolution2DTransposeBias`: input, weights, bias.
    TransposeConv(Window),
    /// Maximum over a window.
    MaxPool(Window),
    /// Mean over a window; cells outside the image do not count.
    AveragePool(Window),
    /// Mean over height and width.
    GlobalMean,
    /// Sum; the second operand may be broadcast over leading dimensions.
    Add(Activation),
    /// Product; either operand may be broadcast over leading dimensions.
    Multiply,
    /// An activation by itself.
    Activate(Activation),
    /// 1 / (1 + e^-x).
    Logistic,
    /// Zeros around the tensor: input, paddings (4 × before, after).
    Pad,
    /// The same values under another shape.
    Reshape,
    /// Tensors one after another along an axis.
    Concat {
        /// The axis, counted from the outermost.
        axis: usize,
    },
    /// Bilinear resize to the output's height and width.
    Resize {
        /// Corners map to corners.
        align_corners: bool,
        /// Pixels are sampled at their centres.
        half_pixel_centers: bool,
    },
    /// Moves blocks of channels into space.
    DepthToSpace {
        /// Side of the block.
        block: usize,
    },
    /// MediaPipe's `Landmarks2TransformMatrix`: landmarks to a 4×4 matrix that crops them.
    LandmarksToTransform(LandmarkCrop),
    /// MediaPipe's `TransformTensorBilinear`: feature map, 4×4 matrix.
    WarpBilinear,
    /// MediaPipe's `TransformLandmarks`: landmarks, 4×4 matrix.
    TransformLandmarks,
}

/// How a window slides over an image; pairs are (vertical, horizontal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rows and columns of the window. Operators with weights take it from their weights instead.
    pub size: [usize; 2],
    /// Distance between windows.
    pub stride: [usize; 2],
    /// Distance between the cells of a window.
    pub dilation: [usize; 2],
    /// What happens at the border.
    pub padding: Padding,
}

/// TFLite's two paddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Output size = ceil(input / stride); an odd cell of padding goes to the bottom or right.
    Same,
    /// Only whole windows.
    Valid,
}

/// A function applied to each element of an operator's result.
#[derive(Clone, Debug, PartialEq)]
pub enum Activation {
    /// x
    None,
    /// max(x, 0)
    Relu,
    /// min(max(x, 0), 6)
    Relu6,
    /// x · min(max(x + 3, 0), 6) / 6
    HardSwish,
    /// x where positive, else slope · x; one slope a channel, or one for all.
    Prelu(Vec<f32>),
}

/// Attributes of `Landmarks2TransformMatrix`.
#[derive(Clone, Debug)]
pub struct LandmarkCrop {
    /// The landmark at the left end of the line that becomes horizontal.
    pub left: usize,
    /// The landmark at its right end.
    pub right: usize,
    /// The landmarks that the crop encloses.
    pub subset: Vec<usize>,
    /// Size of the crop in cells (height, width).
    pub size: [f32; 2],
    /// Enlargement of the enclosing rectangle (horizontal, vertical).
    pub scale: [f32; 2],
    /// Angle that the line is turned to, radians.
    pub rotation: f32,
}

impl Graph {
    /// Parses a TFLite file; `name` appears in errors.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] or [`ModelError::Unsupported`].
    pub fn from_tflite(name: &str, file: &[u8]) -> Result<Self, ModelError> {
        super::tflite::parse(name, file)
    }
}

impl Tensor {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether a dimension is zero.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of a float constant.
    pub fn floats(&self) -> Option<&[f32]> {
        match &self.constant {
            Some(Constant::Float(values)) => Some(values),
            _ => None,
        }
    }

    /// The values of an integer constant.
    pub fn ints(&self) -> Option<&[i32]> {
        match &self.constant {
            Some(Constant::Int(values)) => Some(values),
            _ => None,
        }
    }
}
