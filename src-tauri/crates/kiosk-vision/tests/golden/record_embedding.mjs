// Records embedding.json: face-api's own descriptor (TensorFlow.js, pure JavaScript backend) of the painted input.
//
//     node record_embedding.mjs ../../../../../ui/node_modules > embedding.json

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// The bundle is made for browsers: hide Node's version, or it asks for native modules, and say what it asks a browser.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: undefined } });

const root = resolve(process.argv[2], '@vladmandic/face-api');
const faceapi = await import(pathToFileURL(`${root}/dist/face-api.esm.js`));
const { tf } = faceapi;
tf.env().setPlatform('plain', { isTypedArray: ArrayBuffer.isView, now: () => performance.now() });

/** The same picture as `paint` in record.py. */
function paint(side) {
  const pixels = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const u = Math.floor(((2 * x + 1) * 1000) / side) - 1000;
      const v = Math.floor(((2 * y + 1) * 1000) / side) - 1000;
      const within = (cx, cy, rx, ry) => ((u - cx) * ry) ** 2 + ((v - cy) * rx) ** 2 < (rx * ry) ** 2;
      const floor = (a, b) => Math.floor(a / b);
      let colour = [150 + floor(u + 1000, 50), 165, 180 - floor(v + 1000, 80)];
      if (within(0, 1100, 800, 420)) colour = [235, 235, 240];
      if (within(0, -140, 470, 620)) colour = [42, 34, 30];
      if (within(0, 560, 190, 260)) colour = [190, 145, 122];
      if (within(0, 0, 400, 540)) colour = [214, 170, 146].map((c) => c + floor(u, 25));
      for (const sign of [-1, 1]) {
        if (within(sign * 165, -190, 95, 20)) colour = [60, 46, 40];
        if (within(sign * 165, -95, 75, 32)) colour = [245, 245, 245];
        if (within(sign * 165, -95, 32, 32)) colour = [48, 34, 28];
        if (within(sign * 45, 135, 30, 18)) colour = [150, 105, 88];
      }
      if (within(0, 290, 145, 42)) colour = [176, 84, 84];
      if (within(0, 290, 125, 5)) colour = [110, 50, 52];
      pixels.push(...colour);
    }
  }
  return pixels;
}

await tf.setBackend('cpu');
await tf.ready();
const manifest = JSON.parse(readFileSync(`${root}/model/face_recognition_model-weights_manifest.json`));
const file = readFileSync(`${root}/model/face_recognition_model.bin`);
const weights = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const net = new faceapi.FaceRecognitionNet();
net.loadFromWeightMap(tf.io.decodeWeights(weights, manifest.flatMap((group) => group.weights)));
const picture = tf.tensor3d(paint(150), [150, 150, 3], 'float32');
const descriptor = net.forwardInput(new faceapi.NetInput([picture]));
console.log(JSON.stringify(Array.from(await descriptor.data(), (value) => Number(value.toPrecision(7)))));
