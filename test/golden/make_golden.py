"""Writes test/golden/fixtures: what the real Keras computes, for the tests to compare with.

    python3 -m venv V && V/bin/pip install tensorflow-cpu==2.21.0
    V/bin/python test/golden/make_golden.py

layers.json, layers.bin   an involution layer as in the Keras example "Involutional neural networks", for many
                          arguments: outputs, every gradient, moving statistics, the example's kernel sums
batchNorms.json, .bin     the same of batch normalisation layers
training.json             the losses of both models' first 20 Adam steps; pseudorandom.ts makes the same weights and
                          batches
*.summary.txt             what `model.summary()` prints of both compiled models
"""

import json
import os
import pathlib

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", COLUMNS="80")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

fixtures = pathlib.Path(__file__).parent / "fixtures"


class Involution(keras.layers.Layer):
    """The example's layer, made of the same stock layers, for any size and either group layout."""

    def __init__(self, channels, groups, kernel_size, strides, reduction_ratio, group_layout="interleaved", **kwargs):
        super().__init__(**kwargs)
        self.groups, self.kernel_size, self.strides, self.group_layout = groups, kernel_size, strides, group_layout
        self.pool = keras.layers.AveragePooling2D(strides, strides, padding="same") if strides > 1 else tf.identity
        self.width = channels // reduction_ratio

    def build(self, input_shape):
        self.kernel_gen = keras.Sequential(
            [
                keras.layers.Conv2D(self.width, 1),
                keras.layers.BatchNormalization(),
                keras.layers.ReLU(),
                keras.layers.Conv2D(self.kernel_size**2 * self.groups, 1),
            ]
        )
        self.kernel_gen.build((None, None, None, input_shape[-1]))

    def call(self, x, training=None):
        taps, groups, channels = self.kernel_size**2, self.groups, x.shape[-1]
        h = self.kernel_gen(self.pool(x), training=training)
        height, width = h.shape[1:3]
        patches = tf.image.extract_patches(
            x,
            [1, self.kernel_size, self.kernel_size, 1],
            [1, self.strides, self.strides, 1],
            [1, 1, 1, 1],
            "SAME",
        )
        if self.group_layout == "interleaved":
            kernel = tf.reshape(h, (-1, height, width, taps, 1, groups))
            patches = tf.reshape(patches, (-1, height, width, taps, channels // groups, groups))
            products = kernel * patches
        else:
            kernel = tf.reshape(h, (-1, height, width, groups, taps))
            kernel = tf.transpose(kernel, (0, 1, 2, 4, 3))[:, :, :, :, None, :]
            patches = tf.reshape(patches, (-1, height, width, taps, groups, channels // groups))
            products = tf.transpose(kernel, (0, 1, 2, 3, 5, 4)) * patches
        output = tf.reshape(tf.reduce_sum(products, axis=3), (-1, height, width, channels))
        return output, kernel

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        position = (batch, -(-height // self.strides), -(-width // self.strides))
        return position + (channels,), position + (self.kernel_size**2, 1, self.groups)


def convolution_net():
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(32, 3, padding="same"),
            keras.layers.ReLU(name="relu1"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(64, 3, padding="same"),
            keras.layers.ReLU(name="relu2"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(64, 3, padding="same"),
            keras.layers.ReLU(name="relu3"),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10),
        ]
    )


def involution_net():
    images = x = keras.Input((32, 32, 3))
    for index in (1, 2, 3):
        if index > 1:
            x = keras.layers.MaxPooling2D(2)(x)
        x, _ = Involution(channels=3, groups=1, kernel_size=3, strides=1, reduction_ratio=2, name=f"inv_{index}")(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(64, activation="relu")(x)
    return keras.Model(images, keras.layers.Dense(10)(x), name="inv_model")


def weights_of(layer):
    """In the order of our getWeights()."""
    return layer.trainable_weights + layer.non_trainable_weights


# Layers ----------------------------------------------------------------------------------------------------------

# Input shape; channels, groups, kernel size, strides, reduction ratio; group layout; training.
layer_cases = {
    "the example's, training": ((2, 8, 8, 3), (3, 1, 3, 1, 2), "interleaved", True),
    "the example's, inference": ((2, 8, 8, 3), (3, 1, 3, 1, 2), "interleaved", False),
    "1×1": ((2, 4, 5, 4), (4, 2, 1, 1, 1), "interleaved", True),
    "even kernel": ((2, 6, 5, 6), (6, 3, 4, 1, 2), "interleaved", True),
    "even kernel, contiguous groups": ((2, 6, 5, 6), (6, 3, 4, 1, 2), "contiguous", True),
    "even kernel, strides 2, odd size": ((2, 5, 7, 2), (2, 1, 2, 2, 1), "interleaved", True),
    "strides 2, odd size, a group a channel": ((2, 7, 5, 4), (4, 4, 3, 2, 2), "interleaved", True),
    "strides 2, odd size, inference": ((2, 7, 5, 4), (4, 2, 3, 2, 2), "contiguous", False),
    "strides 3, contiguous groups": ((2, 8, 7, 4), (4, 2, 3, 3, 1), "contiguous", True),
    "strides wider than the kernel": ((2, 7, 8, 4), (4, 2, 2, 3, 1), "interleaved", True),
    "7×7, contiguous groups": ((2, 9, 8, 8), (8, 2, 7, 1, 4), "contiguous", True),
    "5×5, strides 2, generator wider than the input": ((2, 8, 8, 4), (16, 2, 5, 2, 2), "interleaved", True),
    "kernel larger than the image": ((1, 2, 3, 2), (2, 2, 7, 1, 1), "interleaved", True),
}


def layer_golden(shape, arguments, group_layout, training):
    channels, groups, kernel_size, strides, reduction_ratio = arguments
    layer = Involution(channels, groups, kernel_size, strides, reduction_ratio, group_layout)
    layer.build(shape)
    random = np.random.RandomState(sum(shape) + kernel_size)
    for weight in layer.trainable_weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    for mean, variance in [layer.non_trainable_weights]:
        mean.assign(random.normal(0, 0.5, mean.shape))
        variance.assign(random.uniform(0.5, 1.5, variance.shape))
    before = [weight.numpy() for weight in weights_of(layer)]
    x = tf.Variable(random.normal(0, 1, shape).astype(np.float32))
    with tf.GradientTape() as tape:
        output, kernel = layer(x, training=training)
        dy = random.normal(0, 1, output.shape).astype(np.float32)
        dkernel = random.normal(0, 1, kernel.shape).astype(np.float32)
        loss = tf.reduce_sum(output * dy) + tf.reduce_sum(kernel * dkernel)
    trainable = [weight.value for weight in layer.trainable_weights]
    dx, *dweights = tape.gradient(loss, [x, *trainable])
    return {
        "x": x.numpy(),
        "dy": dy,
        "dkernel": dkernel,
        "output": output.numpy(),
        "kernel": kernel.numpy(),
        "kernelSums": tf.reduce_sum(kernel, axis=[-1, -2, -3]).numpy(),
        "dx": dx.numpy(),
        **{f"weight{index}": value for index, value in enumerate(before)},
        **{f"dweight{index}": value.numpy() for index, value in enumerate(dweights)},
        "movingMean": layer.non_trainable_weights[0].numpy(),
        "movingVariance": layer.non_trainable_weights[1].numpy(),
    }


def write_cases(file, cases):
    """`cases` have arrays: what describes them goes to a .json, the values, little-endian floats, to a .bin."""
    data, length = [], 0
    for case in cases:
        for array, value in case["arrays"].items():
            case["arrays"][array] = {"shape": value.shape, "offset": length}
            data.append(value.astype("<f4").ravel())
            length += value.size
    described = json.dumps({"keras": keras.version(), "cases": cases}, ensure_ascii=False)
    (fixtures / f"{file}.json").write_text(described)
    np.concatenate(data).tofile(fixtures / f"{file}.bin")


def write_layers():
    cases = []
    for name, (shape, arguments, group_layout, training) in layer_cases.items():
        arrays = layer_golden(shape, arguments, group_layout, training)
        keys = ("channels", "groups", "kernelSize", "strides", "reductionRatio")
        layer = dict(zip(keys, arguments), groupLayout=group_layout)
        cases.append({"name": name, "layer": layer, "training": training, "arrays": arrays})
    write_cases("layers", cases)


# Batch normalisation ---------------------------------------------------------------------------------------------

batch_norm_cases = {
    # name: (shape, arguments, training)
    "in training": ((3, 4, 5, 6), {}, True),
    "outside of training": ((3, 4, 5, 6), {}, False),
    "frozen, in training": ((3, 4, 5, 6), {"trainable": False}, True),
    "PyTorch's constants": ((2, 5, 3, 17), {"momentum": 0.9, "epsilon": 1e-5}, True),
    "without gamma": ((2, 3, 3, 4), {"scale": False}, True),
    "without beta": ((2, 3, 3, 4), {"center": False}, True),
    "without either": ((7, 3), {"scale": False, "center": False}, True),
    "channels first": ((2, 3, 4, 5), {"axis": 1}, True),
    "vectors": ((9, 8), {}, True),
}


def batch_norm_golden(shape, arguments, training):
    layer = keras.layers.BatchNormalization(**arguments)
    layer.build(shape)
    random = np.random.RandomState(sum(shape))
    trained = {"gamma": layer.gamma, "beta": layer.beta}
    trained = {name: weight for name, weight in trained.items() if weight is not None}
    for weight in trained.values():
        weight.assign(random.normal(0, 1, weight.shape))
    layer.moving_mean.assign(random.normal(0, 0.5, layer.moving_mean.shape))
    layer.moving_variance.assign(random.uniform(0.5, 1.5, layer.moving_variance.shape))
    before = [weight.numpy() for weight in [*trained.values(), layer.moving_mean, layer.moving_variance]]
    x = tf.Variable(random.normal(1, 2, shape).astype(np.float32))
    dy = random.normal(0, 1, shape).astype(np.float32)
    differentiated = {} if "trainable" in arguments else trained
    with tf.GradientTape() as tape:
        output = layer(x, training=training)
        loss = tf.reduce_sum(output * dy)
    dx, *dweights = tape.gradient(loss, [x, *(weight.value for weight in differentiated.values())])
    return {
        "x": x.numpy(),
        "dy": dy,
        "output": output.numpy(),
        "dx": dx.numpy(),
        **{f"weight{index}": value for index, value in enumerate(before)},
        **{f"dweight{index}": value.numpy() for index, value in enumerate(dweights)},
        "movingMean": layer.moving_mean.numpy(),
        "movingVariance": layer.moving_variance.numpy(),
    }


def write_batch_norms():
    cases = []
    for name, (shape, arguments, training) in batch_norm_cases.items():
        arrays = batch_norm_golden(shape, arguments, training)
        cases.append({"name": name, "layer": arguments, "training": training, "arrays": arrays})
    write_cases("batchNorms", cases)


# Training --------------------------------------------------------------------------------------------------------

steps = 20


def hashed(seed, count):
    """32 random bits an index; pseudorandom.ts has the same function."""
    h = (np.arange(count, dtype=np.uint64) + seed * 0x9E3779B1).astype(np.uint32)
    h ^= h >> 16
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= np.uint32(0xC2B2AE35)
    return h ^ (h >> 16)


def glorot(seed, shape):
    """Within Glorot's limit when it is a kernel; zeros otherwise (the gammas are set by hand)."""
    receptive = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (receptive * (shape[-2] + shape[-1])))
    unit = hashed(seed, int(np.prod(shape))) / 2**32
    return ((2 * unit - 1) * limit).astype(np.float32).reshape(shape)


def set_weights(model):
    for index, layer in enumerate(layer for layer in model.layers if layer.weights):
        for position, weight in enumerate(weights_of(layer)):
            if len(weight.shape) > 1:
                weight.assign(glorot(100 * index + position, weight.shape))


def batch(number, size):
    labels = hashed(2 * number, size) % 10
    noise = hashed(2 * number + 1, size * 32 * 32 * 3).reshape(size, 32, 32, 3) & 127
    tint = 12 * ((labels[:, None] + np.arange(3)) % 10)
    return (noise + tint[:, None, None, :]).astype(np.uint8), labels


def losses(make, size, first, perturbed=None):
    """Of the batches `first`, `first` + 1, …; `perturbed` seeds a relative change of all weights by up to 1e-6."""
    model = make()
    set_weights(model)
    if perturbed is not None:
        random = np.random.RandomState(perturbed)
        for weight in model.trainable_weights:
            weight.assign(weight * random.uniform(1 - 1e-6, 1 + 1e-6, weight.shape))
    optimizer = keras.optimizers.Adam(1e-3)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    result = []
    for step in range(steps):
        images, labels = batch(first + step, size)
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(images / np.float32(255), training=True))
        trainable = model.trainable_weights
        gradients = tape.gradient(loss, [weight.value for weight in trainable])
        optimizer.apply(gradients, trainable)
        result.append(float(loss))
    return result


def training_golden(make, size, first):
    """Where two pixels tie, rounding decides which gets the gradient, and Adam makes a whole step of the smallest
    gradient: few and chosen batches, on which rounding does not matter, or no two machines agree to 1e-4."""
    expected = losses(make, size, first)
    for seed in range(5):
        difference = np.abs(np.subtract(losses(make, size, first, seed), expected)).max()
        assert difference < 2e-5, f"{make.__name__} is ill-conditioned on these batches: {difference}"
    return {"batchSize": size, "firstBatch": first, "losses": expected}


def write_training():
    runs = {
        "involution": training_golden(involution_net, 16, 0),
        "convolution": training_golden(convolution_net, 4, 1200),
    }
    (fixtures / "training.json").write_text(json.dumps({"keras": keras.version(), **runs}, indent=2) + "\n")


# Summaries -------------------------------------------------------------------------------------------------------


def write_summary(make):
    keras.backend.clear_session()
    model = make()
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.optimizer.build(model.trainable_variables)
    text = []
    model.summary(print_fn=text.append)
    (fixtures / f"{model.name}.summary.txt").write_text("".join(text))


if __name__ == "__main__":
    fixtures.mkdir(exist_ok=True)
    write_layers()
    write_batch_norms()
    write_training()
    for make in (involution_net, convolution_net):
        write_summary(make)
