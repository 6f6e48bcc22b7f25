//! dlib's 29-layer residual net (`dnn_face_recognition_ex.cpp`), as face-api's `FaceRecognitionNet` lays it out.

use super::weights::{NAME, Tensor, Weights};
use super::{LENGTH, SIDE};
use crate::model::ModelError;
use crate::net::Net;
use crate::net::graph::{
    Activation, Constant, Graph, Node, Op, Padding, Tensor as GraphTensor, TensorId, Window,
};

/// Residual blocks in order; `true` halves the resolution.
const BLOCKS: [(&str, bool); 14] = [
    ("conv32_1", false),
    ("conv32_2", false),
    ("conv32_3", false),
    ("conv64_down", true),
    ("conv64_1", false),
    ("conv64_2", false),
    ("conv64_3", false),
    ("conv128_down", true),
    ("conv128_1", false),
    ("conv128_2", false),
    ("conv256_down", true),
    ("conv256_1", false),
    ("conv256_2", false),
    ("conv256_down_out", true),
];

pub fn build(weights: Weights) -> Result<Net, ModelError> {
    let mut builder = Builder { graph: Graph::default(), weights };
    builder.graph.input = builder.tensor(vec![1, SIDE, SIDE, 3], None);

    let first = Stage { stride: 2, padding: Padding::Valid, activation: Activation::Relu };
    let x = builder.conv(builder.graph.input, "conv32_down", &first)?;
    let mut x = builder.pool(x, Op::MaxPool, 3)?;
    for (name, down) in BLOCKS {
        x = builder.residual(x, name, down)?;
    }
    let channels = builder.image(x)?[2];
    let x = builder.node(Op::GlobalMean, vec![x], vec![1, 1, 1, channels]);
    let x = builder.fully_connected(x, "fc")?;
    builder.graph.outputs = vec![x];
    Net::from_graph(NAME, builder.graph)
}

struct Builder {
    graph: Graph,
    weights: Weights,
}

/// What distinguishes the convolutions of the net.
struct Stage {
    stride: usize,
    padding: Padding,
    activation: Activation,
}

fn malformed(reason: impl Into<String>) -> ModelError {
    ModelError::malformed(NAME, reason)
}

impl Builder {
    fn tensor(&mut self, shape: Vec<usize>, constant: Option<Constant>) -> TensorId {
        self.graph.tensors.push(GraphTensor { shape, constant });
        self.graph.tensors.len() - 1
    }

    fn node(&mut self, op: Op, inputs: Vec<TensorId>, shape: Vec<usize>) -> TensorId {
        let output = self.tensor(shape, None);
        self.graph.nodes.push(Node { op, inputs, output });
        output
    }

    /// Height, width and channels of an image tensor.
    fn image(&self, id: TensorId) -> Result<[usize; 3], ModelError> {
        match self.graph.tensors[id].shape[..] {
            [1, height, width, channels] => Ok([height, width, channels]),
            _ => Err(malformed("tensor is not one image")),
        }
    }

    /// Convolution, bias, then a scale and an offset a channel: the latter two are folded into the weights.
    fn conv(&mut self, x: TensorId, name: &str, stage: &Stage) -> Result<TensorId, ModelError> {
        let filters = self.weights.take(&format!("{name}/conv/filters"))?;
        let bias = self.weights.take(&format!("{name}/conv/bias"))?.values;
        let scale = self.weights.take(&format!("{name}/scale/weights"))?.values;
        let offset = self.weights.take(&format!("{name}/scale/biases"))?.values;
        let [rows, columns, _, channels] = filters.shape[..] else {
            return Err(malformed(format!("{name}: filters are not HWIO")));
        };
        if [bias.len(), scale.len(), offset.len()] != [channels; 3] || filters.values.is_empty() {
            return Err(malformed(format!("{name}: filters and scales do not fit")));
        }
        let mut folded = output_major(&filters);
        for (row, scale) in folded.chunks_exact_mut(filters.values.len() / channels).zip(&scale) {
            for weight in row {
                *weight *= scale;
            }
        }
        let terms = bias.iter().zip(&scale).zip(&offset);
        let bias = terms.map(|((bias, scale), offset)| bias * scale + offset).collect();

        let [height, width, depth] = self.image(x)?;
        let size = |length: usize, window: usize| match stage.padding {
            Padding::Same => length.div_ceil(stage.stride),
            Padding::Valid => (length + stage.stride).saturating_sub(window) / stage.stride,
        };
        let shape = vec![1, size(height, rows), size(width, columns), channels];
        let weights = self.tensor(vec![channels, rows, columns, depth], Some(Constant::Float(folded)));
        let bias = self.tensor(vec![channels], Some(Constant::Float(bias)));
        let window = window([rows, columns], stage.stride, stage.padding);
        Ok(self.node(Op::Conv(window, stage.activation.clone()), vec![x, weights, bias], shape))
    }

    /// Two convolutions beside a shortcut. Where the block halves the resolution the shortcut is averaged, and whichever
    /// side is smaller is filled up with zeros.
    fn residual(&mut self, x: TensorId, name: &str, down: bool) -> Result<TensorId, ModelError> {
        let (stride, padding) = if down { (2, Padding::Valid) } else { (1, Padding::Same) };
        let first = Stage { stride, padding, activation: Activation::Relu };
        let second = Stage { stride: 1, padding: Padding::Same, activation: Activation::None };
        let inner = self.conv(x, &format!("{name}/conv1"), &first)?;
        let mut inner = self.conv(inner, &format!("{name}/conv2"), &second)?;
        let mut shortcut = x;
        if down {
            shortcut = self.pool(x, Op::AveragePool, 2)?;
            let common = std::array::from_fn(|axis| {
                let side = |id: TensorId| self.graph.tensors[id].shape.get(axis + 1).copied().unwrap_or(0);
                side(inner).max(side(shortcut))
            });
            inner = self.pad(inner, common)?;
            shortcut = self.pad(shortcut, common)?;
        }
        let shape = self.graph.tensors[inner].shape.clone();
        Ok(self.node(Op::Add(Activation::Relu), vec![shortcut, inner], shape))
    }

    fn pool(&mut self, x: TensorId, op: fn(Window) -> Op, size: usize) -> Result<TensorId, ModelError> {
        let [height, width, channels] = self.image(x)?;
        let halved = |length: usize| (length + 2).saturating_sub(size) / 2;
        let shape = vec![1, halved(height), halved(width), channels];
        Ok(self.node(op(window([size; 2], 2, Padding::Valid)), vec![x], shape))
    }

    /// Zeros at the bottom, on the right and in the last channels, up to `size`.
    fn pad(&mut self, x: TensorId, size: [usize; 3]) -> Result<TensorId, ModelError> {
        let image = self.image(x)?;
        if image == size {
            return Ok(x);
        }
        let after = |axis: usize| (size[axis] - image[axis]) as i32;
        let paddings = Constant::Int(vec![0, 0, 0, after(0), 0, after(1), 0, after(2)]);
        let paddings = self.tensor(vec![4, 2], Some(paddings));
        Ok(self.node(Op::Pad, vec![x, paddings], vec![1, size[0], size[1], size[2]]))
    }

    fn fully_connected(&mut self, x: TensorId, name: &str) -> Result<TensorId, ModelError> {
        let matrix = self.weights.take(name)?;
        let [depth, LENGTH] = matrix.shape[..] else {
            return Err(malformed(format!("{name}: not a matrix with {LENGTH} columns")));
        };
        let weights = Constant::Float(output_major(&matrix));
        let weights = self.tensor(vec![LENGTH, 1, 1, depth], Some(weights));
        let window = window([1, 1], 1, Padding::Same);
        Ok(self.node(Op::Conv(window, Activation::None), vec![x, weights], vec![1, 1, 1, LENGTH]))
    }
}

fn window(size: [usize; 2], stride: usize, padding: Padding) -> Window {
    Window { size, stride: [stride; 2], dilation: [1, 1], padding }
}

/// Moves the last dimension (output channels) to the front.
fn output_major(tensor: &Tensor) -> Vec<f32> {
    let channels = tensor.shape.last().copied().unwrap_or(1).max(1);
    (0..channels).flat_map(|channel| tensor.values.iter().skip(channel).step_by(channels).copied()).collect()
}
