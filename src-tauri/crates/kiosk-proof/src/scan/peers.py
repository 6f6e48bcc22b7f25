"""Reads codes with zxing-cpp and zbar. Asked on standard input: a line `NAME WIDTH HEIGHT`, then the grey pixels.

Answers lines of JSON: first which decoders are there, `{name: version}`; then for each picture `{"payloads": [hex], "ms": time}`.
"""

import json
import sys
import time
from importlib.metadata import version


def zxing_cpp():
    import numpy
    import zxingcpp

    def read(pixels, width, height):
        picture = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width)
        started = time.perf_counter()
        # Turned, shrunk and inverted pictures are tried as well unless it is told not to.
        codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        return [code.bytes for code in codes], time.perf_counter() - started

    return version("zxing-cpp"), read


def zbar():
    from ctypes import byref, c_uint, string_at

    from pyzbar import wrapper as z

    # zbar.h; pyzbar knows no name of the last two. Without "binary" zbar guesses a character set and changes the bytes.
    any_symbol, qr_code = 0, 64
    enable, binary, test_inverted = 0, 4, 0x81
    scanner = z.zbar_image_scanner_create()
    for symbol, config, value in [
        (any_symbol, enable, 0),
        (qr_code, enable, 1),
        (qr_code, binary, 1),
        (any_symbol, test_inverted, 1),
    ]:
        z.zbar_image_scanner_set_config(scanner, symbol, config, value)
    numbers = [c_uint(), c_uint(), c_uint()]
    z.load_libzbar().zbar_version(*map(byref, numbers))

    def read(pixels, width, height):
        image = z.zbar_image_create()
        z.zbar_image_set_format(image, int.from_bytes(b"Y800", "little"))
        z.zbar_image_set_size(image, width, height)
        z.zbar_image_set_data(image, pixels, len(pixels), None)
        started = time.perf_counter()
        z.zbar_scan_image(scanner, image)
        seconds = time.perf_counter() - started
        payloads = []
        symbol = z.zbar_image_first_symbol(image)
        while symbol:
            data = z.zbar_symbol_get_data(symbol)
            payloads.append(string_at(data, z.zbar_symbol_get_data_length(symbol)))
            symbol = z.zbar_symbol_next(symbol)
        z.zbar_image_destroy(image)
        return payloads, seconds

    return ".".join(str(part.value) for part in numbers), read


def tell(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


decoders = {}
versions = {}
for name, make in [("zxing-cpp", zxing_cpp), ("zbar", zbar)]:
    try:
        versions[name], decoders[name] = make()
    except (ImportError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
tell(versions)
for line in sys.stdin.buffer:
    name, width, height = line.split()
    width, height = int(width), int(height)
    payloads, seconds = decoders[name.decode()](sys.stdin.buffer.read(width * height), width, height)
    tell({"payloads": [payload.hex() for payload in payloads], "ms": seconds * 1000})
