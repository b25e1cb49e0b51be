"""What our network has and gives (reference.ts writes it): its weights by layer, one input, and our output for it."""

import json
import os

import numpy as np


class Reference:
    def __init__(self, folder):
        self.folder = folder
        tensors = safetensors(os.path.join(folder, "reference.safetensors"))
        self.input = tensors.pop("input")
        self.output = tensors.pop("output")
        self.weights = {}
        for name, values in tensors.items():
            layer, weight = name.rsplit("/", 1)
            self.weights.setdefault(layer, {})[weight] = values

    def take(self, layer):
        """The weights of a layer, once."""
        return self.weights.pop(layer, {})

    def difference(self, output):
        """The largest from our output, as a share of the largest value."""
        if output.shape != self.output.shape:
            raise SystemExit(f"The output has the shape {output.shape}, ours {self.output.shape}.")
        if self.weights:
            raise SystemExit(f"Weights of {', '.join(self.weights)} are used nowhere.")
        return float(np.max(np.abs(output - self.output)) / np.max(np.abs(self.output)))


def safetensors(file):
    """u64 length of the header, the header as JSON, then the values."""
    with open(file, "rb") as source:
        content = source.read()
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(content, np.float32, (last - first) // 4, begin + first).reshape(entry["shape"])
        for name, entry in header.items()
        for first, last in [entry["data_offsets"]]
    }


def images_and_labels(batch, shape, classes):
    random = np.random.RandomState(1)
    images = random.uniform(0, 1, (batch, *shape)).astype(np.float32)
    return images, random.randint(0, classes, batch)
