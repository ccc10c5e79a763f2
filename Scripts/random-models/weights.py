"""Makes random matrices directly in a file's format, because quantizing real numbers would take most of the time.

A matrix's elements have a variance of about 1 / columns, so that activations keep size 1 through every layer.
"""

import numpy as np

BLOCK = 32
FORMATS = ("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1")


def uniform(random, rows, columns):
    """Floats, uniform around 0."""
    width = (12 / columns) ** 0.5
    return (random.random((rows, columns), dtype=np.float32) - np.float32(0.5)) * np.float32(width)


def scales(random, count, levels, columns):
    """A block's scale, for integers spread evenly over `levels` values. Its sign is random, so that rows have mean 0
    even if integers are not centred (Q4_0 has -8...7). Its size is 1/2 to 3/2 of the one that gives the variance."""
    deviation = levels / 12**0.5
    magnitude = (random.random(count, dtype=np.float32) + np.float32(0.5)) / np.float32(deviation * columns**0.5)
    return (magnitude * random.choice(np.array([-1, 1], np.float32), count)).astype("<f2")


def blocks(random, rows, columns, layout, levels):
    """Blocks with random integers; everything except these and their scales is uninitialised."""
    made = np.frombuffer(random.bytes(rows * columns // BLOCK * layout.itemsize), layout).copy()
    made["scale"] = scales(random, made.size, levels, columns)
    return made


def q8_0(random, rows, columns):
    made = blocks(random, rows, columns, np.dtype([("scale", "<f2"), ("values", "i1", BLOCK)]), 256)
    np.maximum(made["values"], -127, out=made["values"])  # quantizers never write -128
    return made


def q4_0(random, rows, columns):
    return blocks(random, rows, columns, np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)]), 16)


def q4_1(random, rows, columns):
    layout = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("nibbles", "u1", BLOCK // 2)])
    made = blocks(random, rows, columns, layout, 16)
    made["minimum"] = made["scale"] * np.float16(-7.5)
    return made


def matrix(random, format, rows, columns):
    """The bytes of a matrix, row by row: [rows, bytes of a row]."""
    if format in ("F32", "F16", "BF16"):
        numbers = uniform(random, rows, columns)
        if format == "F16":
            numbers = numbers.astype("<f2")
        elif format == "BF16":  # the upper halves: rounded towards zero, which random numbers do not mind
            numbers = numbers.view("<u2")[:, 1::2]
    else:
        numbers = {"Q8_0": q8_0, "Q4_0": q4_0, "Q4_1": q4_1}[format](random, rows, columns)
    return np.ascontiguousarray(numbers).reshape(rows, -1).view(np.uint8)
