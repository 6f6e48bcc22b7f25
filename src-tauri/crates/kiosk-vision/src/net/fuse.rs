//! Moves a stand-alone activation into the operator before it, so that no pass over memory is spent on it.

use super::graph::{Activation, Graph, Node, Op, TensorId};

/// Fuses every activation whose operand is produced for it alone.
pub fn activations(graph: &mut Graph) {
    let uses = uses(graph);
    let mut fused: Vec<Node> = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        let activation = match &node.op {
            Op::Activate(activation) => activation.clone(),
            _ => Activation::None,
        };
        let operand = node.inputs.first().copied();
        let producer = fused.iter_mut().find(|earlier| Some(earlier.output) == operand);
        match producer.filter(|earlier| uses[earlier.output] == 1).and_then(open_activation) {
            Some((slot, output)) if activation != Activation::None => {
                *slot = activation;
                *output = node.output;
            }
            _ => fused.push(node),
        }
    }
    graph.nodes = fused;
}

/// The producer's activation, when it has none yet, and its output.
fn open_activation(node: &mut Node) -> Option<(&mut Activation, &mut TensorId)> {
    match &mut node.op {
        Op::Conv(_, slot) | Op::Depthwise(_, slot) | Op::Add(slot) if *slot == Activation::None => {
            Some((slot, &mut node.output))
        }
        _ => None,
    }
}

fn uses(graph: &Graph) -> Vec<usize> {
    let mut uses = vec![0; graph.tensors.len()];
    let operands = graph.nodes.iter().flat_map(|node| &node.inputs);
    for id in operands.chain(&graph.outputs) {
        uses[*id] += 1;
    }
    uses
}
