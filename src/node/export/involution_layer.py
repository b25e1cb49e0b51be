"""The involution layer of the exported network, for Keras 3 with any backend.

Import it before `keras.saving.load_model`. Its arguments are those of the Keras example "Involutional neural networks"
(keras-io, examples/vision/involution.py), and where its windows lie and how its kernels are made.
"""

import dataclasses

import keras
from keras import ops


@dataclasses.dataclass(frozen=True)
class Windows:
    """How the windows of an image lie, `stride` pixels apart, and how its channels fall into groups.

    padding: "same", as TensorFlow's, or "symmetric", (size - 1) / 2 zeros on each side, as PyTorch's models have it.
    layout: "interleaved", channel c is of group c mod G, or "contiguous".
    """

    size: int
    stride: int
    padding: str
    groups: int
    layout: str

    def count(self, length):
        return -(-length // self.stride)

    def before(self, length):
        """The zeros before a side of that length."""
        if self.padding == "symmetric" or self.stride == 1:
            return (self.size - 1) // 2
        missing = (self.count(length) - 1) * self.stride + self.size - length
        # Half of it, or 0: also of a length that is known only when the network runs.
        return (missing + abs(missing)) // 4

    def see(self, x):
        """(B, H, W, C) -> (B, H/s, W/s, size², C): what each window has of the image, and zeros around it."""
        _, height, width, _ = ops.shape(x)
        edge = self.size - 1
        padded = ops.pad(x, [[0, 0], [edge, edge], [edge, edge], [0, 0]])

        def along(length, tap):
            begin = edge - self.before(length) + tap
            return slice(begin, begin + (self.count(length) - 1) * self.stride + 1, self.stride)

        taps = [(u, v) for u in range(self.size) for v in range(self.size)]
        return ops.stack([padded[:, along(height, u), along(width, v)] for u, v in taps], axis=3)

    def average(self, x):
        """(B, H, W, C) -> (B, H/s, W/s, C): at each position its pixel, or the mean of s×s of them."""
        if self.stride == 1:
            return x
        blocks = dataclasses.replace(self, size=self.stride, padding="same")
        return ops.sum(blocks.see(x), axis=3) / ops.sum(blocks.see(ops.ones_like(x)), axis=3)

    def by_group(self, x):
        """(..., C) -> (..., C/G, G)."""
        *place, channels = ops.shape(x)
        if self.layout == "interleaved":
            return ops.reshape(x, (*place, channels // self.groups, self.groups))
        return ops.swapaxes(ops.reshape(x, (*place, self.groups, channels // self.groups)), -1, -2)

    def sum_by_group(self, x):
        """(..., C) -> (..., G)."""
        return ops.sum(self.by_group(x), axis=-2)

    def inside(self, x):
        """(1, H/s, W/s, size², 1): which taps lie inside of the image."""
        return self.see(ops.ones_like(x[:1, :, :, :1])) > 0

    def involve(self, x, kernel):
        """(B, H, W, C) and (B, H/s, W/s, size², G) -> (B, H/s, W/s, C)."""
        y = ops.sum(kernel[..., None, :] * self.by_group(self.see(x)), axis=3)
        if self.layout != "interleaved":
            y = ops.swapaxes(y, -1, -2)
        return ops.reshape(y, (*ops.shape(y)[:3], x.shape[-1]))


def built(layer, *shape):
    """The layer with its weights, for batches of that shape."""
    layer.build((None, *shape))
    return layer


def pointwise(channels, filters, **options):
    """A 1×1 convolution."""
    return built(keras.layers.Conv2D(filters, 1, **options), None, None, channels)


def softmax(scores, mask=True):
    """Over the taps; those that the mask leaves out get 0."""
    return ops.softmax(ops.where(mask, scores, -1e9), axis=3)


class Generator(keras.layers.Layer):
    """Makes kernels: (B, H, W, C) -> (B, H/s, W/s, S², G)."""

    # Of the 1×1 convolutions before the involution (value) and after it (output): whether they have a bias.
    projections = {}

    def __init__(self, windows):
        super().__init__()
        self.windows = windows

    @staticmethod
    def stencil_size(kernel_size, **options):
        """S."""
        return kernel_size


class Bottleneck(Generator):
    """Reduces the pixel's channels, normalises, rectifies and spans them to the kernel's weights."""

    def __init__(
        self,
        windows,
        channels,
        channel=None,
        reduction_ratio=1,
        reduction_bias=True,
        epsilon=1e-3,
        momentum=0.99,
    ):
        super().__init__(windows)
        width = (channel or channels) // reduction_ratio
        self.layers = [
            pointwise(channels, width, use_bias=reduction_bias),
            built(keras.layers.BatchNormalization(epsilon=epsilon, momentum=momentum), None, None, width),
            keras.layers.ReLU(),
            pointwise(width, windows.size**2 * windows.groups),
        ]

    def call(self, x):
        x = self.windows.average(x)
        for layer in self.layers:
            x = layer(x)
        return self.windows.by_group(x)


class Linear(Generator):
    """One 1×1 convolution."""

    def __init__(self, windows, channels, bias_initializer="zeros"):
        super().__init__(windows)
        outputs = windows.size**2 * windows.groups
        self.weigh = pointwise(channels, outputs, bias_initializer=bias_initializer)

    def call(self, x):
        return self.windows.by_group(self.weigh(self.windows.average(x)))


class Static(Generator):
    """One learned stencil per group, the same at every position."""

    def __init__(self, windows, channels):
        super().__init__(windows)
        self.kernel = self.add_weight(shape=(windows.size, windows.size, 1, windows.groups), name="kernel")

    def call(self, x):
        batch, height, width, _ = ops.shape(x)
        stencil = ops.reshape(self.kernel, (self.windows.size**2, self.windows.groups))
        place = (batch, self.windows.count(height), self.windows.count(width))
        return ops.broadcast_to(stencil, (*place, *stencil.shape))


class Attention(Generator):
    """Local self-attention: softmax over the window of query·key / √d, with a learned bias per offset or without."""

    projections = {"value": True, "output": True}

    def __init__(self, windows, channels, border="masked", position_bias=False):
        super().__init__(windows)
        self.border = border
        self.scale = (windows.groups / channels) ** 0.5
        self.stencil = dataclasses.replace(windows, size=self.stencil_size(windows.size, border))
        self.query = pointwise(channels, channels)
        self.key = pointwise(channels, channels)
        self.position_bias = None
        if position_bias:
            shape = (self.stencil.size**2, windows.groups)
            self.position_bias = self.add_weight(shape=shape, initializer="zeros", name="position_bias")

    @staticmethod
    def stencil_size(kernel_size, border="masked", **options):
        """A clamped window reaches up to K - 1 pixels to either side of its position."""
        return 2 * kernel_size - 1 if border == "clamped" else kernel_size

    def call(self, x):
        query = self.query(self.windows.average(x)) * self.scale
        scores = self.stencil.sum_by_group(query[..., None, :] * self.stencil.see(self.key(x)))
        if self.position_bias is not None:
            scores = scores + self.position_bias
        if self.border == "zero":
            return softmax(scores)
        return softmax(scores, self.stencil.inside(x) if self.border == "masked" else self.clamped(x))

    def clamped(self, x):
        """(1, H/s, W/s, S², 1): which taps of the stencil are in the K×K window, pushed inside of the image."""

        def along(length):
            position = ops.expand_dims(ops.arange(self.windows.count(length)) * self.windows.stride, 1)
            pixel = position - self.stencil.before(length) + ops.arange(self.stencil.size)
            begin = ops.minimum(position - self.windows.before(length), length - self.windows.size)
            begin = ops.maximum(begin, 0)
            end = ops.minimum(begin + self.windows.size, length)
            return ops.logical_and(pixel >= begin, pixel < end)

        _, height, width, _ = ops.shape(x)
        rows, columns = along(height), along(width)
        both = ops.logical_and(rows[:, None, :, None], columns[None, :, None, :])
        return ops.reshape(both, (1, *ops.shape(both)[:2], self.stencil.size**2, 1))


class Outlook(Generator):
    """VOLO's: each position writes a K×K patch of weighted values; what overlaps is added up."""

    projections = {"value": False, "output": True}

    def __init__(self, windows, channels):
        super().__init__(windows)
        self.scale = (windows.groups / channels) ** 0.5
        self.attention = pointwise(channels, windows.size**4 * windows.groups)

    @staticmethod
    def stencil_size(kernel_size, **options):
        return 2 * kernel_size - 1

    def call(self, x):
        _, height, width, _ = ops.shape(x)
        size, groups, before = self.windows.size, self.windows.groups, self.windows.before(height)
        edge = size - 1
        scores = self.windows.by_group(self.attention(x) * self.scale)
        # For each pixel of the patch that is written, its shares of the values in the window.
        shares = ops.softmax(ops.reshape(scores, (-1, size**2, size**2, groups)), axis=2)
        shares = ops.reshape(shares, (*ops.shape(scores)[:3], size**2, size, size, groups))
        shares = ops.pad(shares, [[0, 0], [edge, edge], [edge, edge]] + 4 * [[0, 0]])
        kernel = 0
        for u in range(size):
            for v in range(size):
                # What is written to a pixel by the position whose patch has it at (u, v), as a kernel of the pixel.
                top, left = edge + before - u, edge + before - v
                written = shares[:, top : top + height, left : left + width, u * size + v]
                taps = [[edge - u, u], [edge - v, v]]
                kernel = kernel + ops.pad(written, [[0, 0], [0, 0], [0, 0], *taps, [0, 0]])
        return ops.reshape(kernel, (*ops.shape(kernel)[:3], (2 * size - 1) ** 2, groups))


class FilterNorm(Linear):
    """One 1×1 convolution; then each kernel is moved to mean 0 and scaled to one deviation."""

    def __init__(self, windows, channels):
        limit = channels**-0.5
        super().__init__(windows, channels, keras.initializers.RandomUniform(-limit, limit))

    def call(self, x):
        kernel = super().call(x)
        taps = self.windows.size**2
        centred = kernel - ops.mean(kernel, axis=3, keepdims=True)
        variance = ops.sum(ops.square(centred), axis=3, keepdims=True) / (taps - 1)
        return centred * ops.rsqrt(variance + 1e-20) * (2 / taps) ** 0.5


class Gaussian(Generator):
    """How alike the pixel and each of its neighbours are; nothing is learned."""

    def __init__(self, windows, channels, normalize=True, width=1.0):
        super().__init__(windows)
        self.normalize = normalize
        self.width = width

    def call(self, x):
        features = x / self.width
        differences = self.windows.see(features) - self.windows.average(features)[..., None, :]
        exponents = -0.5 * self.windows.sum_by_group(ops.square(differences))
        inside = self.windows.inside(x)
        return softmax(exponents, inside) if self.normalize else ops.where(inside, ops.exp(exponents), 0.0)


class Pairwise(Generator):
    """A small network looks at the difference of the pixel and each neighbour, and at their offset; softmax."""

    projections = {"value": True}

    def __init__(self, windows, channels, reduction_ratio=16):
        super().__init__(windows)
        width = max(1, channels // reduction_ratio)
        self.own = pointwise(channels, width)
        self.neighbour = pointwise(channels, width)
        pairs = (None, None, windows.size**2)
        self.offset = built(keras.layers.Dense(2, use_bias=False), 2)
        self.relation_norm = built(keras.layers.BatchNormalization(), *pairs, width + 2)
        self.hidden = built(keras.layers.Dense(width, use_bias=False), *pairs, width + 2)
        self.hidden_norm = built(keras.layers.BatchNormalization(), *pairs, width)
        self.score = built(keras.layers.Dense(windows.groups), *pairs, width)

    def call(self, x):
        size = self.windows.size
        own = self.own(self.windows.average(x))
        differences = own[..., None, :] - self.windows.see(self.neighbour(x))
        middle = (size - 1) // 2
        offsets = [[float(middle - u), float(middle - v)] for u in range(size) for v in range(size)]
        offsets = self.offset(ops.convert_to_tensor(offsets))
        offsets = ops.broadcast_to(offsets, (*ops.shape(differences)[:-1], 2))
        relation = ops.concatenate([differences, offsets], axis=-1)
        hidden = self.hidden(ops.relu(self.relation_norm(relation)))
        scores = self.score(ops.relu(self.hidden_norm(hidden)))
        return softmax(scores, self.windows.inside(x))


generators = {
    "bottleneck": Bottleneck,
    "linear": Linear,
    "static": Static,
    "attention": Attention,
    "outlook": Outlook,
    "filter-norm": FilterNorm,
    "gaussian": Gaussian,
    "pairwise": Pairwise,
}


@keras.saving.register_keras_serializable(package="involution")
class Involution(keras.layers.Layer):
    """Returns (output, kernel): (B, H/s, W/s, C) and (B, H/s, W/s, S*S, 1, G).

    `generator` is the name of a kind, or a dictionary of it and its options: {"kind": "attention", "border": "zero"}.
    `channel` and `reduction_ratio` are options of the bottleneck, as in the Keras example.
    """

    def __init__(
        self,
        channel=None,
        group_number=1,
        kernel_size=3,
        stride=1,
        reduction_ratio=1,
        group_layout="interleaved",
        padding="same",
        generator="bottleneck",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.channel = channel
        self.group_number = group_number
        self.kernel_size = kernel_size
        self.stride = stride
        self.reduction_ratio = reduction_ratio
        self.group_layout = group_layout
        self.padding = padding
        options = dict(generator) if isinstance(generator, dict) else {"kind": generator}
        self.kind = options.pop("kind")
        if self.kind not in generators:
            raise ValueError(f"There is no generator {self.kind!r}; there are {', '.join(generators)}.")
        self.options = options
        self.stencil_size = generators[self.kind].stencil_size(kernel_size, **options)

    def build(self, input_shape):
        channels = input_shape[-1]
        windows = Windows(self.kernel_size, self.stride, self.padding, self.group_number, self.group_layout)
        options = dict(self.options)
        if self.kind == "bottleneck":
            options.update(channel=self.channel, reduction_ratio=self.reduction_ratio)
        self.kernel_gen = generators[self.kind](windows, channels, **options)
        self.stencil = dataclasses.replace(windows, size=self.stencil_size)
        has_bias = self.kernel_gen.projections
        self.value_projection = self.output_projection = None
        if "value" in has_bias:
            self.value_projection = pointwise(channels, channels, use_bias=has_bias["value"])
        if "output" in has_bias:
            self.output_projection = pointwise(channels, channels, use_bias=has_bias["output"])

    def call(self, x):
        kernel = self.kernel_gen(x)
        value = self.value_projection(x) if self.value_projection else x
        output = self.stencil.involve(value, kernel)
        if self.output_projection:
            output = self.output_projection(output)
        return output, ops.expand_dims(kernel, 4)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        down = lambda side: None if side is None else -(-side // self.stride)
        place = (batch, down(height), down(width))
        return (*place, channels), (*place, self.stencil_size**2, 1, self.group_number)

    def get_config(self):
        return {
            **super().get_config(),
            "channel": self.channel,
            "group_number": self.group_number,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "reduction_ratio": self.reduction_ratio,
            "group_layout": self.group_layout,
            "padding": self.padding,
            "generator": {"kind": self.kind, **self.options},
        }
