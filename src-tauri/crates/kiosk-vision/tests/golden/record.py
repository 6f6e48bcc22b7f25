"""Records nets.json: outputs of the reference runtime for a painted input.

    python3 -m venv v && v/bin/pip install ai-edge-litert==2.3.0 numpy flatbuffers
    v/bin/python record.py ../../../../../ui/node_modules > nets.json

Built-in operators run in Google's LiteRT. MediaPipe's custom operators are not in that wheel, and the mediapipe wheel does
not export them, so they are written here in numpy after mediapipe/util/tflite/operations. To join both, the
custom operators are cut out of the file: their results become inputs, their operands outputs, and the net is run until
the values handed over stand still (the graph has no cycles, so that takes as many runs as custom operators follow one
another). The comparison is therefore independent of this crate, but for these operators not the vendor's own code.
"""

import json
import struct
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from flatbuffers import flexbuffers

SAMPLES = 96
STEP = 7919  # prime, so that samples fall on all rows, columns and channels; goldens.rs knows it too


def paint(side):
    """A face before a wall, in integers only: the same picture as `paint` in goldens.rs and record_embedding.mjs."""
    image = np.zeros((side, side, 3), np.float32)
    for y in range(side):
        for x in range(side):
            u, v = (2 * x + 1) * 1000 // side - 1000, (2 * y + 1) * 1000 // side - 1000

            def within(cx, cy, rx, ry):
                return ((u - cx) * ry) ** 2 + ((v - cy) * rx) ** 2 < (rx * ry) ** 2

            colour = (150 + (u + 1000) // 50, 165, 180 - (v + 1000) // 80)
            if within(0, 1100, 800, 420):
                colour = (235, 235, 240)
            if within(0, -140, 470, 620):
                colour = (42, 34, 30)
            if within(0, 560, 190, 260):
                colour = (190, 145, 122)
            if within(0, 0, 400, 540):
                colour = (214 + u // 25, 170 + u // 25, 146 + u // 25)
            for sign in (-1, 1):
                if within(sign * 165, -190, 95, 20):
                    colour = (60, 46, 40)
                if within(sign * 165, -95, 75, 32):
                    colour = (245, 245, 245)
                if within(sign * 165, -95, 32, 32):
                    colour = (48, 34, 28)
                if within(sign * 45, 135, 30, 18):
                    colour = (150, 105, 88)
            if within(0, 290, 145, 42):
                colour = (176, 84, 84)
            if within(0, 290, 125, 5):
                colour = (110, 50, 52)
            image[y, x] = colour
    return image


def landmarks_to_matrix(landmarks, options):
    points = landmarks.reshape(-1, 3)[:, :2].astype(np.float64)
    left, right = points[options["left_rotation_idx"]], points[options["right_rotation_idx"]]
    angle = options["target_rotation_radians"] - np.arctan2(right[1] - left[1], right[0] - left[0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points[options["subset_idxs"]] @ turn.T
    low, high = turned.min(0), turned.max(0)
    centre = turn.T @ ((low + high) / 2)
    size = np.array([options["output_width"], options["output_height"]], np.float64)
    scale = (high - low) * [options["scale_x"], options["scale_y"]] / size
    linear = turn.T @ np.diag(scale)
    matrix = np.eye(4)
    matrix[:2, :2] = linear
    matrix[:2, 3] = centre - linear @ (size / 2)
    return matrix.astype(np.float32)


def warp_bilinear(features, matrix, shape):
    _, height, width, _ = features.shape
    matrix = matrix.reshape(4, 4).astype(np.float64)
    result = np.zeros(shape, np.float32)
    for y in range(shape[1]):
        for x in range(shape[2]):
            u, v = (matrix @ [x + 0.5, y + 0.5, 0, 1])[:2] - 0.5
            if not (0 <= u <= width - 1 and 0 <= v <= height - 1):
                continue
            left, top = int(u), int(v)
            right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
            upper = features[0, top, left] * (1 - (u - left)) + features[0, top, right] * (u - left)
            lower = features[0, bottom, left] * (1 - (u - left)) + features[0, bottom, right] * (u - left)
            result[0, y, x] = upper * (1 - (v - top)) + lower * (v - top)
    return result


def transform_landmarks(landmarks, matrix):
    matrix = matrix.reshape(4, 4).astype(np.float64)
    return (landmarks @ matrix[:2, :2].T + matrix[:2, 3]).astype(np.float32)


def transpose_conv_bias(image, weights, bias, options, shape):
    _, stride_w, stride_h = struct.unpack("<3i", options[:12])
    assert weights.shape[1:3] == (stride_h, stride_w), "blocks would overlap"
    blocks = np.einsum("hwc,oijc->hiwjo", image[0].astype(np.float64), weights.astype(np.float64))
    return (blocks.reshape(shape[1:]) + bias).astype(np.float32)[None]


def cut(file):
    """The file without its custom operators, and those operators."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file, 0))
    graph = model.subgraphs[0]
    custom = [o for o in graph.operators if model.operatorCodes[o.opcodeIndex].customCode]
    constants = {t for t, tensor in enumerate(graph.tensors) if model.buffers[tensor.buffer].data is not None}
    graph.operators = [o for o in graph.operators if not model.operatorCodes[o.opcodeIndex].customCode]
    produced = {t for o in graph.operators for t in o.outputs}
    results = [o.outputs[0] for o in custom]
    operands = [t for o in custom for t in o.inputs if t in produced and t not in results]
    final = list(graph.outputs)
    graph.inputs = list(graph.inputs) + results
    graph.outputs = list(dict.fromkeys([t for t in final if t in produced] + operands))
    model.signatureDefs = []
    codes = [(model.operatorCodes[o.opcodeIndex].customCode.decode(), o) for o in custom]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    read_constant = lambda t: np.frombuffer(
        bytes(model.buffers[graph.tensors[t].buffer].data), [np.float32, np.float16][graph.tensors[t].type]
    ).reshape(graph.tensors[t].shape)
    return bytes(builder.Output()), codes, final, {t: read_constant for t in constants}, graph


def run(file, image):
    content, custom, final, constants, graph = cut(file)
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # XNNPACK does not take the cut file
    interpreter = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    ids = list(graph.inputs)
    values = {t: np.zeros(graph.tensors[t].shape, np.float32) for t in ids[1:]}
    while True:
        interpreter.set_tensor(inputs[0]["index"], image[None])
        for detail, t in zip(inputs[1:], ids[1:]):
            interpreter.set_tensor(detail["index"], values[t])
        interpreter.invoke()
        found = {t: interpreter.get_tensor(d["index"]) for t, d in zip(graph.outputs, outputs)}
        found |= values
        get = lambda t: found[t] if t in found else constants[t](t)
        moved = 0.0
        for name, operator in custom:
            operands, shape = [get(t) for t in operator.inputs], graph.tensors[operator.outputs[0]].shape
            options = bytes(operator.customOptions) if operator.customOptions is not None else b""
            if name == "Landmarks2TransformMatrix":
                result = landmarks_to_matrix(operands[0], flexbuffers.Loads(options))
            elif name == "TransformTensorBilinear":
                result = warp_bilinear(*operands, shape)
            elif name == "TransformLandmarks":
                result = transform_landmarks(*operands)
            elif name == "Convolution2DTransposeBias":
                result = transpose_conv_bias(*operands, options, shape)
            else:
                raise NotImplementedError(name)
            result = result.reshape(shape)
            moved = max(moved, float(np.abs(result - values[operator.outputs[0]]).max()))
            values[operator.outputs[0]] = result
        if moved == 0.0:
            return [(found | values)[t].ravel() for t in final]


def sample(values):
    picked = [values[i * STEP % len(values)] for i in range(min(SAMPLES, len(values)))]
    return {"len": len(values), "values": [float(f"{v:.7g}") for v in picked]}


def main(node_modules):
    packed = open(f"{node_modules}/@mediapipe/face_mesh/face_mesh_solution_packed_assets.data", "rb").read()
    selfie = open(f"{node_modules}/@mediapipe/selfie_segmentation/selfie_segmentation.tflite", "rb").read()
    nets = {
        "face-detection-short-range": (packed[3757224:3986256], paint(128) / np.float32(127.5) - 1),
        "face-landmark": (packed[2495952:3737848], paint(192) / np.float32(255)),
        "face-landmark-with-attention": (packed[:2495952], paint(192) / np.float32(255)),
        "selfie-segmentation": (selfie, paint(256) / np.float32(255)),
    }
    goldens = {name: [sample(o) for o in run(file, image)] for name, (file, image) in nets.items()}
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(outputs)}" for name, outputs in goldens.items())
    print("{\n" + rows + "\n}")


main(sys.argv[1])
