//! The planned net: steps over re-used buffers.

use super::fuse;
use super::graph::{Constant, Graph, TensorId};
use super::ops::Kernel;
use super::read::{Broken, Read};
use crate::model::{Model, ModelError, Signature};
use pulp::Arch;

/// Most floats that all buffers of a net may take together (64 MiB); the published nets stay below a tenth.
pub(super) const MAX_ARENA: usize = 1 << 24;

/// A net that is ready to run on one image at a time, on the calling thread.
pub struct Net {
    arch: Arch,
    steps: Vec<Step>,
    constants: Vec<Vec<f32>>,
    buffers: Vec<Vec<f32>>,
    scratch: Vec<f32>,
    input: Place,
    outputs: Vec<Place>,
}

struct Step {
    kernel: Kernel,
    inputs: Vec<Source>,
    output: Place,
}

/// A stretch at the start of a buffer.
#[derive(Clone, Copy)]
struct Place {
    buffer: usize,
    len: usize,
}

#[derive(Clone, Copy)]
enum Source {
    Computed(Place),
    Constant(usize),
    /// A constant that went into the step's plan.
    Absorbed,
}

impl Net {
    /// Loads a TFLite file; `name` appears in errors.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] or [`ModelError::Unsupported`]; whatever the bytes are, never a panic.
    pub fn from_tflite(name: &str, file: &[u8]) -> Result<Self, ModelError> {
        Self::from_tflite_on(Arch::new(), name, file)
    }

    /// The same for chosen instructions.
    pub(crate) fn from_tflite_on(arch: Arch, name: &str, file: &[u8]) -> Result<Self, ModelError> {
        Self::plan(arch, Graph::from_tflite(name, file)?).map_err(|broken| broken.of(name))
    }

    /// Plans a graph that was built in code.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] when an operator's operands do not fit.
    pub fn from_graph(name: &str, graph: Graph) -> Result<Self, ModelError> {
        Self::plan(Arch::new(), graph).map_err(|broken| broken.of(name))
    }

    fn plan(arch: Arch, mut graph: Graph) -> Read<Self> {
        fuse::activations(&mut graph);
        let kernels: Vec<Kernel> =
            graph.nodes.iter().map(|node| Kernel::plan(arch, node, &graph)).collect::<Read<_>>()?;

        let mut arena = Arena::new(&graph);
        let input = arena.allocate(graph.input)?;
        let mut constants = Constants::default();
        let mut steps = Vec::with_capacity(kernels.len());
        for (index, (node, kernel)) in graph.nodes.iter().zip(kernels).enumerate() {
            let source = |(operand, id): (usize, &TensorId)| {
                if kernel.absorbs(operand) {
                    return Ok(Source::Absorbed);
                }
                match &graph.tensors[*id].constant {
                    Some(Constant::Float(values)) => Ok(Source::Constant(constants.insert(*id, values))),
                    Some(Constant::Int(_)) => Err(Broken("integer operand of a float operator")),
                    None => arena.place(*id).map(Source::Computed),
                }
            };
            let inputs = node.inputs.iter().enumerate().map(source).collect::<Read<_>>()?;
            let output = arena.allocate(node.output)?;
            arena.release_operands_of(index, &graph);
            steps.push(Step { kernel, inputs, output });
        }
        let outputs = graph.outputs.iter().map(|id| arena.place(*id)).collect::<Read<_>>()?;
        let scratch = steps.iter().map(|step| step.kernel.scratch()).max().unwrap_or(0);
        Ok(Self {
            arch,
            steps,
            constants: constants.values,
            buffers: arena.sizes.iter().map(|size| vec![0.0; *size]).collect(),
            scratch: vec![0.0; scratch],
            input,
            outputs,
        })
    }
}

impl Model for Net {
    fn signature(&self) -> Signature {
        Signature { input: self.input.len, outputs: self.outputs.iter().map(|place| place.len).collect() }
    }

    fn input(&mut self) -> &mut [f32] {
        &mut self.buffers[self.input.buffer][..self.input.len]
    }

    fn run(&mut self) {
        let Self { arch, steps, constants, buffers, scratch, .. } = self;
        for step in steps {
            // The output leaves the pool while its operands are read: planning never lets them share a buffer.
            let mut output = std::mem::take(&mut buffers[step.output.buffer]);
            let input = |operand: usize| match step.inputs[operand] {
                Source::Computed(place) => &buffers[place.buffer][..place.len],
                Source::Constant(index) => &constants[index],
                Source::Absorbed => &[],
            };
            step.kernel.run(*arch, input, &mut output[..step.output.len], scratch);
            buffers[step.output.buffer] = output;
        }
    }

    fn output(&self, index: usize) -> &[f32] {
        self.outputs.get(index).map_or(&[], |place| &self.buffers[place.buffer][..place.len])
    }
}

/// Constants that are read at run time, each kept once.
#[derive(Default)]
struct Constants {
    ids: Vec<TensorId>,
    values: Vec<Vec<f32>>,
}

impl Constants {
    fn insert(&mut self, id: TensorId, values: &[f32]) -> usize {
        self.ids.iter().position(|known| *known == id).unwrap_or_else(|| {
            self.ids.push(id);
            self.values.push(values.to_vec());
            self.values.len() - 1
        })
    }
}

/// Assigns computed tensors to buffers; a buffer is free again after the last step that reads it.
struct Arena {
    lens: Vec<usize>,
    /// The step after which a tensor is not read any more; `None` for a tensor that must stay.
    last_use: Vec<Option<usize>>,
    places: Vec<Option<Place>>,
    sizes: Vec<usize>,
    free: Vec<usize>,
}

impl Arena {
    fn new(graph: &Graph) -> Self {
        let count = graph.tensors.len();
        let mut last_use = vec![Some(0); count];
        for (index, node) in graph.nodes.iter().enumerate() {
            last_use[node.output] = Some(index);
            for id in &node.inputs {
                last_use[*id] = Some(index);
            }
        }
        // The input is filled by the caller between runs, outputs are read after them.
        for id in graph.outputs.iter().chain([&graph.input]) {
            last_use[*id] = None;
        }
        let lens: Vec<usize> = graph.tensors.iter().map(super::graph::Tensor::len).collect();
        Self { lens, last_use, places: vec![None; count], sizes: Vec::new(), free: Vec::new() }
    }

    fn place(&self, id: TensorId) -> Read<Place> {
        self.places[id].ok_or(Broken("tensor is read before it is computed"))
    }

    /// Gives the tensor the free buffer nearest in size, or a new one.
    fn allocate(&mut self, id: TensorId) -> Read<Place> {
        if self.places[id].is_some() {
            return Err(Broken("tensor is computed twice"));
        }
        let len = self.lens[id];
        let nearest = (0..self.free.len()).min_by_key(|index| self.sizes[self.free[*index]].abs_diff(len));
        let buffer = nearest.map_or_else(
            || {
                self.sizes.push(0);
                self.sizes.len() - 1
            },
            |index| self.free.swap_remove(index),
        );
        self.sizes[buffer] = self.sizes[buffer].max(len);
        if self.sizes.iter().sum::<usize>() > MAX_ARENA {
            return Err(Broken("net needs too much memory"));
        }
        let place = Place { buffer, len };
        self.places[id] = Some(place);
        Ok(place)
    }

    fn release_operands_of(&mut self, step: usize, graph: &Graph) {
        let node = &graph.nodes[step];
        let mut released: Vec<TensorId> = Vec::new();
        for id in node.inputs.iter().chain([&node.output]) {
            let done = self.last_use[*id] == Some(step) && !released.contains(id);
            if let (true, Some(place)) = (done, self.places[*id]) {
                released.push(*id);
                self.free.push(place.buffer);
            }
        }
    }
}
