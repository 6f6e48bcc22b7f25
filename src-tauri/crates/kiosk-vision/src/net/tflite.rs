//! TFLite files (schema: tensorflow/lite/schema/schema.fbs, version 3) as a [`Graph`].

use super::graph::{Activation, Constant, Graph, LandmarkCrop, Node, Op, Padding, Tensor, TensorId, Window};
use super::read::flatbuffer::{Table, u32_at};
use super::read::flexbuffer::Attributes;
use super::read::{Broken, Read};
use crate::model::ModelError;

/// Bounds on what a file may ask for: several times the largest published net, far below a harmful allocation.
const MAX_TENSORS: usize = 4096;
const MAX_TENSOR_ELEMENTS: usize = 1 << 22;
const MAX_CONSTANT_ELEMENTS: usize = 1 << 24;

/// Why a file cannot become a graph.
enum Refusal {
    Broken(Broken),
    Unsupported(String),
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

type Parse<T> = Result<T, Refusal>;

/// Parses the first subgraph of `file`; `name` appears in errors.
pub fn parse(name: &str, file: &[u8]) -> Result<Graph, ModelError> {
    graph(file).map_err(|refusal| match refusal {
        Refusal::Broken(broken) => broken.of(name),
        Refusal::Unsupported(reason) => ModelError::unsupported(name, reason),
    })
}

fn graph(file: &[u8]) -> Parse<Graph> {
    let model = Table::root(file, *b"TFL3")?;
    let codes: Vec<_> = model.tables(1)?.iter().map(operator_code).collect::<Read<_>>()?;
    let subgraph = *model.tables(2)?.first().ok_or(Broken("no subgraph"))?;
    let mut tensors = tensors(&subgraph, &model.tables(4)?)?;
    let operators = subgraph.tables(3)?;
    if operators.len() > MAX_TENSORS {
        return Err(Broken("too many operators").into());
    }

    let mut nodes = Vec::with_capacity(operators.len());
    for operator in operators {
        let code = codes.get(operator.index(0)?).ok_or(Broken("operator code out of range"))?;
        let inputs = tensor_ids(&operator.i32s(1)?, &tensors)?;
        let outputs = tensor_ids(&operator.i32s(2)?, &tensors)?;
        let output = *outputs.first().ok_or(Broken("operator without output"))?;
        if code.builtin == builtin::DEQUANTIZE {
            let source = inputs.first().and_then(|id| tensors[*id].constant.clone());
            let source = source.ok_or_else(|| unsupported("DEQUANTIZE of a computed tensor"))?;
            tensors[output].constant = Some(source);
        } else {
            let op = op(code, &operator, &inputs, &tensors)?;
            nodes.push(Node { op, inputs, output });
        }
    }

    let [input] = tensor_ids(&subgraph.i32s(1)?, &tensors)?[..] else {
        return Err(unsupported("other than one input"));
    };
    let outputs = tensor_ids(&subgraph.i32s(2)?, &tensors)?;
    Ok(Graph { tensors, nodes, input, outputs })
}

fn unsupported(what: impl Into<String>) -> Refusal {
    Refusal::Unsupported(what.into())
}

struct OperatorCode<'a> {
    builtin: i32,
    custom: &'a [u8],
}

/// Files before schema 3a keep the code in one byte, later ones in field 3 as well; the larger is the right one.
fn operator_code<'a>(table: &Table<'a>) -> Read<OperatorCode<'a>> {
    Ok(OperatorCode { builtin: i32::from(table.u8(0)?).max(table.i32(3, 0)?), custom: table.bytes(1)? })
}

fn tensor_ids(ids: &[i32], tensors: &[Tensor]) -> Read<Vec<TensorId>> {
    let present = ids.iter().filter(|id| **id >= 0).map(|id| *id as usize);
    present.map(|id| if id < tensors.len() { Ok(id) } else { Err(Broken("tensor out of range")) }).collect()
}

fn tensors(subgraph: &Table, buffers: &[Table]) -> Parse<Vec<Tensor>> {
    let tables = subgraph.tables(0)?;
    if tables.len() > MAX_TENSORS {
        return Err(Broken("too many tensors").into());
    }
    let mut constants = 0;
    let mut tensors = Vec::with_capacity(tables.len());
    for table in &tables {
        let shape = shape(&table.i32s(0)?)?;
        let buffer = buffers.get(table.index(2)?).ok_or(Broken("buffer out of range"))?;
        let constant = constant(table.u8(1)?, buffer.bytes(0)?)?;
        let elements = match &constant {
            Some(Constant::Float(values)) => Some(values.len()),
            Some(Constant::Int(values)) => Some(values.len()),
            None => None,
        };
        let tensor = Tensor { shape, constant };
        if elements.is_some_and(|elements| elements != tensor.len()) {
            return Err(Broken("constant does not fill its shape").into());
        }
        constants += elements.unwrap_or(0);
        if constants > MAX_CONSTANT_ELEMENTS {
            return Err(Broken("too many constants").into());
        }
        if table.table(6)?.is_some() {
            return Err(unsupported("sparse tensor"));
        }
        tensors.push(tensor);
    }
    Ok(tensors)
}

fn shape(dimensions: &[i32]) -> Read<Vec<usize>> {
    let shape: Vec<usize> = dimensions.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect();
    let elements = shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    match elements {
        Some(0..=MAX_TENSOR_ELEMENTS) if shape.len() <= 8 => Ok(shape),
        _ => Err(Broken("tensor too large")),
    }
}

fn constant(kind: u8, data: &[u8]) -> Parse<Option<Constant>> {
    if data.is_empty() {
        return Ok(None);
    }
    let constant = match kind {
        0 => Constant::Float(data.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect()),
        1 => {
            Constant::Float(data.as_chunks().0.iter().map(|half| widen(u16::from_le_bytes(*half))).collect())
        }
        2 => Constant::Int(data.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word)).collect()),
        _ => return Err(unsupported(format!("constant of type {kind}"))),
    };
    Ok(Some(constant))
}

/// IEEE 754 half precision to single precision.
fn widen(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(half >> 10 & 0x1f);
    let fraction = f32::from(half & 0x3ff);
    sign * match exponent {
        0 => fraction / (1_u32 << 24) as f32,
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * (1_u32 << exponent) as f32 / (1_u32 << 25) as f32,
    }
}

/// Numbers of the enum `BuiltinOperator`.
mod builtin {
    pub const ADD: i32 = 0;
    pub const AVERAGE_POOL_2D: i32 = 1;
    pub const CONCATENATION: i32 = 2;
    pub const CONV_2D: i32 = 3;
    pub const DEPTHWISE_CONV_2D: i32 = 4;
    pub const DEPTH_TO_SPACE: i32 = 5;
    pub const DEQUANTIZE: i32 = 6;
    pub const LOGISTIC: i32 = 14;
    pub const MAX_POOL_2D: i32 = 17;
    pub const MUL: i32 = 18;
    pub const RELU: i32 = 19;
    pub const RESHAPE: i32 = 22;
    pub const RESIZE_BILINEAR: i32 = 23;
    pub const CUSTOM: i32 = 32;
    pub const PAD: i32 = 34;
    pub const MEAN: i32 = 40;
    pub const STRIDED_SLICE: i32 = 45;
    pub const PRELU: i32 = 54;
    pub const HARD_SWISH: i32 = 117;
}

/// Field numbers below are those of the operator's options table in the schema.
fn op(code: &OperatorCode, operator: &Table, inputs: &[TensorId], tensors: &[Tensor]) -> Parse<Op> {
    let options = Options(operator.table(4)?);
    Ok(match code.builtin {
        builtin::CONV_2D => Op::Conv(options.window([2, 1], None, Some([5, 4]))?, options.activation(3)?),
        builtin::DEPTHWISE_CONV_2D => {
            Op::Depthwise(options.window([2, 1], None, Some([6, 5]))?, options.activation(4)?)
        }
        builtin::MAX_POOL_2D => Op::MaxPool(options.pool()?),
        builtin::AVERAGE_POOL_2D => Op::AveragePool(options.pool()?),
        builtin::MEAN => Op::GlobalMean,
        builtin::ADD => Op::Add(options.activation(0)?),
        builtin::MUL if options.activation(0)? == Activation::None => Op::Multiply,
        builtin::RELU => Op::Activate(Activation::Relu),
        builtin::HARD_SWISH => Op::Activate(Activation::HardSwish),
        builtin::PRELU => {
            let slopes = inputs.get(1).and_then(|id| tensors[*id].floats());
            Op::Activate(Activation::Prelu(slopes.ok_or(Broken("PRELU without slopes"))?.to_vec()))
        }
        builtin::LOGISTIC => Op::Logistic,
        builtin::PAD => Op::Pad,
        // The published nets slice only as a way to copy a whole tensor; planning refuses anything else.
        builtin::RESHAPE | builtin::STRIDED_SLICE => Op::Reshape,
        builtin::CONCATENATION => {
            let rank = inputs.first().map_or(0, |id| tensors[*id].shape.len()) as i64;
            let axis = i64::from(options.i32(0, 0)?);
            let axis = if axis < 0 { axis + rank } else { axis };
            Op::Concat { axis: usize::try_from(axis).map_err(|_| Broken("concatenation axis"))? }
        }
        builtin::RESIZE_BILINEAR => {
            Op::Resize { align_corners: options.u8(2)? != 0, half_pixel_centers: options.u8(3)? != 0 }
        }
        builtin::DEPTH_TO_SPACE => Op::DepthToSpace { block: options.size(0)? },
        builtin::CUSTOM => custom(code.custom, operator.bytes(5)?)?,
        other => return Err(unsupported(format!("operator {other}"))),
    })
}

/// An operator's options; an absent table means all defaults.
struct Options<'a>(Option<Table<'a>>);

impl Options<'_> {
    fn i32(&self, field: usize, default: i32) -> Read<i32> {
        self.0.map_or(Ok(default), |table| table.i32(field, default))
    }

    fn u8(&self, field: usize) -> Read<u8> {
        self.0.map_or(Ok(0), |table| table.u8(field))
    }

    /// A size, at least 1 and small enough to multiply.
    fn size(&self, field: usize) -> Read<usize> {
        match self.i32(field, 1)? {
            size @ 1..=1024 => Ok(size as usize),
            _ => Err(Broken("window size or stride")),
        }
    }

    fn sizes(&self, fields: [usize; 2]) -> Read<[usize; 2]> {
        Ok([self.size(fields[0])?, self.size(fields[1])?])
    }

    fn window(
        &self,
        stride: [usize; 2],
        size: Option<[usize; 2]>,
        dilation: Option<[usize; 2]>,
    ) -> Read<Window> {
        Ok(Window {
            size: size.map_or(Ok([1, 1]), |fields| self.sizes(fields))?,
            stride: self.sizes(stride)?,
            dilation: dilation.map_or(Ok([1, 1]), |fields| self.sizes(fields))?,
            padding: if self.u8(0)? == 0 { Padding::Same } else { Padding::Valid },
        })
    }

    fn pool(&self) -> Parse<Window> {
        if self.activation(5)? != Activation::None {
            return Err(unsupported("pooling with an activation"));
        }
        Ok(self.window([2, 1], Some([4, 3]), None)?)
    }

    fn activation(&self, field: usize) -> Parse<Activation> {
        match self.u8(field)? {
            0 => Ok(Activation::None),
            1 => Ok(Activation::Relu),
            3 => Ok(Activation::Relu6),
            other => Err(unsupported(format!("fused activation {other}"))),
        }
    }
}

/// MediaPipe's own operators (mediapipe/util/tflite/operations).
fn custom(name: &[u8], options: &[u8]) -> Parse<Op> {
    match name {
        b"Convolution2DTransposeBias" => {
            // TfLiteTransposeConvParams: padding (1 = SAME), stride width, stride height.
            let field = |index: usize| u32_at(options, 4 * index);
            let stride = [field(2)?, field(1)?];
            if !stride.iter().all(|stride| (1..=16).contains(stride)) {
                return Err(Broken("transposed convolution stride").into());
            }
            let padding = if field(0)? == 1 { Padding::Same } else { Padding::Valid };
            Ok(Op::TransposeConv(Window { size: stride, stride, dilation: [1, 1], padding }))
        }
        b"Landmarks2TransformMatrix" => {
            let attributes = Attributes::parse(options)?;
            let number = |key| attributes.number(key).map(|number| number as f32);
            Ok(Op::LandmarksToTransform(LandmarkCrop {
                left: attributes.index("left_rotation_idx")?,
                right: attributes.index("right_rotation_idx")?,
                subset: attributes.indices("subset_idxs")?,
                size: [number("output_height")?, number("output_width")?],
                scale: [number("scale_x")?, number("scale_y")?],
                rotation: number("target_rotation_radians")?,
            }))
        }
        b"TransformTensorBilinear" => Ok(Op::WarpBilinear),
        b"TransformLandmarks" => Ok(Op::TransformLandmarks),
        other => Err(unsupported(format!("custom operator {}", String::from_utf8_lossy(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::widen;

    #[test]
    fn half_precision_is_widened_exactly() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0x7c00, f32::INFINITY),
        ];
        for (half, single) in cases {
            assert_eq!(widen(half).to_bits(), f32::to_bits(single), "{half:#06x}");
        }
        assert!(widen(0x7e00).is_nan());
        assert_eq!(widen(0x8000).to_bits(), (-0.0_f32).to_bits());
    }
}
