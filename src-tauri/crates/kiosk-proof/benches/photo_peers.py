"""Times what others would put together for the same photo, on one thread, and prints one JSON object of median milliseconds.

    python photo_peers.py SELFIE_TFLITE SHOT.jpg        needs: photo_peers.txt

"photo": read, segment (MediaPipe's net on LiteRT), redraw the mask (OpenCV's guided filter), blend, crop and resize (Pillow), encode
into the window. The crop is given, so nothing is spent on faces, landmarks and checks. "closed_form": PyMatting's alpha and
foreground on that crop alone, as the price of the best published quality.
"""

import io
import json
import os
import statistics
import sys
import time

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import cv2
import numpy
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from pymatting import estimate_alpha_cf, estimate_foreground_ml

BLUE = numpy.array([100, 197, 255], numpy.float32)
WINDOW = (20_480, 40_000)
RUNS = 5


def crop(width: int, height: int) -> tuple[float, float, float, float]:
    """A head and shoulders in the middle, as tall as the shot."""
    across = min(width, height * 0.75)
    return ((width - across) / 2, height - across / 0.75, (width + across) / 2, height)


def mask_of(net: Interpreter, shot: Image.Image) -> numpy.ndarray:
    entry = net.get_input_details()[0]
    box = crop(*shot.size)
    side = box[3] - box[1]
    middle = (box[0] + box[2]) / 2
    square = shot.resize((256, 256), Image.BILINEAR, (middle - side / 2, box[1], middle + side / 2, box[3]))
    net.set_tensor(entry["index"], (numpy.asarray(square, numpy.float32) / 255)[None])
    net.invoke()
    mask = net.get_tensor(net.get_output_details()[0]["index"])[0, :, :, 0]
    return cv2.resize(mask, (640, 640), interpolation=cv2.INTER_LINEAR)[:, 80:560]


def encoded(photo: Image.Image) -> bytes:
    low, high = 60, 95
    best = b""
    while low <= high:
        quality = (low + high) // 2
        file = io.BytesIO()
        photo.save(file, "JPEG", quality=quality, subsampling=0, dpi=(300, 300))
        if len(file.getvalue()) <= WINDOW[1]:
            best, low = file.getvalue(), quality + 1
        else:
            high = quality - 1
    return best


def photo(net: Interpreter, path: str) -> bytes:
    shot = Image.open(path).convert("RGB")
    plain = numpy.asarray(shot.resize((480, 640), Image.LANCZOS, crop(*shot.size)), numpy.float32)
    mask = mask_of(net, shot)
    alpha = cv2.ximgproc.guidedFilter(plain / 255, mask, 12, 1e-4)[..., None].clip(0, 1)
    blended = plain * alpha + BLUE * (1 - alpha)
    return encoded(Image.fromarray(blended.round().astype(numpy.uint8)))


def closed_form(net: Interpreter, path: str) -> None:
    shot = Image.open(path).convert("RGB")
    plain = numpy.asarray(shot.resize((480, 640), Image.LANCZOS, crop(*shot.size)), numpy.float64) / 255
    mask = mask_of(net, shot)
    sure = cv2.erode((mask > 0.9).astype(numpy.uint8), numpy.ones((17, 17)))
    maybe = cv2.dilate((mask > 0.1).astype(numpy.uint8), numpy.ones((81, 81)))
    trimap = numpy.where(sure == 1, 1.0, numpy.where(maybe == 1, 0.5, 0.0))
    estimate_foreground_ml(plain, estimate_alpha_cf(plain, trimap))


def median_ms(work) -> float:
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main() -> None:
    cv2.setNumThreads(1)
    model, path = sys.argv[1:3]
    net = Interpreter(model_path=model, num_threads=1)
    net.allocate_tensors()
    timed = {"photo": median_ms(lambda: photo(net, path)), "closed_form": median_ms(lambda: closed_form(net, path))}
    print(json.dumps(timed))


main()
