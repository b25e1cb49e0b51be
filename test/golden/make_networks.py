"""Writes test/golden/fixtures/networks.json and .bin: what PyTorch computes of each preset's network.

    python3 -m venv V && V/bin/pip install torch numpy
    V/bin/python test/golden/make_networks.py

The networks are written here anew, RedNet and DRIN with the modules of their authors' code (d-li14/involution,
zhe-meng/DRIN). Weights and images are pseudo-random, and pseudorandom.ts makes the same. A case has the logits outside
of training; those of training; the gradient of the mean cross-entropy in the images, and of each weight three numbers:
its norm, and its products with two pseudo-random vectors. All in double precision.
"""

import json
import math
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

fixtures = pathlib.Path(__file__).parent / "fixtures"
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def hashed(seed, count):
    """32 random bits an index; pseudorandom.ts has the same function."""
    h = (np.arange(count, dtype=np.uint64) + seed * 0x9E3779B1).astype(np.uint32)
    h ^= h >> 16
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= np.uint32(0xC2B2AE35)
    return h ^ (h >> 16)


def noise(seed, shape):
    """In [-1, 1)."""
    return 2 * (hashed(seed, math.prod(shape)).reshape(shape) / 2**32) - 1


# Layers ----------------------------------------------------------------------------------------------------------


def convolution(inputs, outputs, size, stride=1, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, groups=groups, bias=bias)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)


def apply_kernels(x, kernel, size, stride, groups, contiguous):
    """kernel [B, K·K, G, H, W]; symmetric padding."""
    batch, taps, _, height, width = kernel.shape
    channels = x.shape[1]
    windows = F.unfold(x, size, 1, (size - 1) // 2, stride)
    if contiguous:
        windows = windows.view(batch, groups, channels // groups, taps, height, width)
        y = (windows * kernel.permute(0, 2, 1, 3, 4).unsqueeze(2)).sum(3)
    else:
        windows = windows.view(batch, channels // groups, groups, taps, height, width)
        y = (windows * kernel.permute(0, 2, 1, 3, 4).unsqueeze(1)).sum(3)
    return y.reshape(batch, channels, height, width)


class Involution(nn.Module):
    """The paper's: contiguous groups, no bias in the reduction."""

    def __init__(self, channels, size, stride=1, ratio=4, groups=1):
        super().__init__()
        self.size, self.stride, self.groups = size, stride, groups
        self.conv1 = nn.Sequential(nn.Conv2d(channels, channels // ratio, 1, bias=False), norm(channels // ratio), nn.ReLU())
        self.conv2 = nn.Conv2d(channels // ratio, size**2 * groups, 1)
        self.pool = nn.AvgPool2d(stride, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        weight = self.conv2(self.conv1(self.pool(x)))
        batch, _, height, width = weight.shape
        kernel = weight.view(batch, self.groups, self.size**2, height, width).transpose(1, 2)
        return apply_kernels(x, kernel, self.size, self.stride, self.groups, contiguous=True)


class ExampleInvolution(nn.Module):
    """The Keras example's: interleaved groups, a bias in the reduction, Keras's batch norm."""

    def __init__(self, channels, size, width, groups):
        super().__init__()
        self.size, self.groups = size, groups
        self.generate = nn.Sequential(
            nn.Conv2d(channels, width, 1), nn.BatchNorm2d(width, eps=1e-3), nn.ReLU(), nn.Conv2d(width, size**2 * groups, 1)
        )

    def forward(self, x):
        weight = self.generate(x)
        kernel = weight.view(x.shape[0], self.size**2, self.groups, *x.shape[2:])
        return apply_kernels(x, kernel, self.size, 1, self.groups, contiguous=False)


class StaticKernels(nn.Module):
    """Channel c has the stencil c mod G."""

    def __init__(self, size, groups):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(groups, 1, size, size))

    def forward(self, x):
        channels = x.shape[1]
        weight = self.weight.repeat(channels // len(self.weight), 1, 1, 1)
        return F.conv2d(x, weight, padding=self.weight.shape[-1] // 2, groups=channels)


class Attention(nn.Module):
    """Softmax over the window's pixels inside the image; head of channel c: c mod G."""

    def __init__(self, channels, size, groups):
        super().__init__()
        self.size, self.groups = size, groups
        self.query, self.key, self.value, self.output = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def windows(self, x):
        batch, channels, height, width = x.shape
        taps = F.unfold(x, self.size, 1, self.size // 2)
        return taps.view(batch, channels, self.size**2, height, width)

    def forward(self, x):
        batch, channels, height, width = x.shape
        products = self.query(x).unsqueeze(2) * self.windows(self.key(x))
        heads = products.view(batch, channels // self.groups, self.groups, self.size**2, height, width)
        scores = heads.sum(1) / math.sqrt(channels / self.groups)
        inside = self.windows(torch.ones_like(x[:, :1]))
        weights = torch.softmax(scores.masked_fill(inside == 0, -math.inf), 2)
        values = self.windows(self.value(x)).view(batch, -1, self.groups, self.size**2, height, width)
        return self.output((values * weights.unsqueeze(1)).sum(3).reshape(batch, channels, height, width))


class Flatten(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


# Networks --------------------------------------------------------------------------------------------------------


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, is_first, spatial):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, width, 1), norm(width)
        self.conv2, self.bn2 = spatial(width, stride), norm(width)
        self.conv3, self.bn3 = convolution(width, 4 * width, 1), norm(4 * width)
        self.downsample = (
            nn.Sequential(convolution(inputs, 4 * width, 1, stride), norm(4 * width)) if is_first else nn.Identity()
        )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class ResidualNetwork(nn.Module):
    """RedNet-26 or its counterpart."""

    stages = (1, 2, 4, 1)

    def __init__(self, base, stem, stem_spatial, spatial, classes=10):
        super().__init__()
        if stem == "imagenet":
            half = base // 2
            self.stem = nn.Sequential(
                *(convolution(3, half, 3, 2), norm(half), nn.ReLU()),
                *(stem_spatial(half), norm(half), nn.ReLU()),
                *(convolution(half, base, 3), norm(base), nn.ReLU()),
                nn.MaxPool2d(3, 2, 1),
            )
        else:
            self.stem = nn.Sequential(convolution(3, base, 3), norm(base), nn.ReLU())
        inputs, blocks = base, []
        for stage, count in enumerate(self.stages):
            for i in range(count):
                width = base * 2**stage
                blocks.append(Bottleneck(inputs, width, 2 if stage > 0 and i == 0 else 1, i == 0, spatial))
                inputs = 4 * width
        self.layers = nn.Sequential(*blocks)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.fc(self.layers(self.stem(x)).mean((2, 3)))


def rednet(base, stem, kernel_size):
    def groups(channels):
        return max(1, channels // 16)

    return ResidualNetwork(
        *(base, stem),
        lambda channels: Involution(channels, 3, 1, 4, groups(channels)),
        lambda channels, stride: Involution(channels, kernel_size, stride, 4, groups(channels)),
    )


def resnet(base, stem):
    return ResidualNetwork(
        *(base, stem),
        lambda channels: convolution(channels, channels, 3),
        lambda channels, stride: convolution(channels, channels, 3, stride),
    )


class DrinBlock(nn.Module):
    def __init__(self, width, inner, size, ratio, groups):
        super().__init__()
        self.main = nn.Sequential(
            *(norm(width), nn.ReLU(), convolution(width, inner, 1)),
            *(norm(inner), nn.ReLU(), Involution(inner, size, 1, ratio, groups)),
            *(norm(inner), nn.ReLU(), convolution(inner, width, 1)),
        )

    def forward(self, x):
        return self.main(x) + x


def drin(width, inner, size, ratio, groups):
    blocks = [DrinBlock(width, inner, size, ratio, groups) for _ in range(3)]
    pool = nn.AdaptiveAvgPool2d(1)
    return nn.Sequential(
        convolution(3, width, 1), *blocks, norm(width), nn.ReLU(), pool, nn.Flatten(), nn.Linear(width, 10)
    )


def blocks(make, depth, side, channels):
    """Layers with a ReLU, max pools between them, and the example's head."""
    body = []
    for i in range(depth):
        body += [nn.MaxPool2d(2)] if i > 0 else []
        body += [make(i), nn.ReLU()]
    side //= 2 ** (depth - 1)
    return [*body, Flatten(), nn.Linear(side**2 * channels, 64), nn.ReLU(), nn.Linear(64, 10)]


def around(layer, channels, side):
    return nn.Sequential(nn.Conv2d(3, channels, 1), *blocks(lambda _: layer(channels), 3, side, channels))


def convolutional(width, groups, side):
    def make(i):
        inputs = 3 if i == 0 else width if i == 1 else 2 * width
        return convolution(inputs, width if i == 0 else 2 * width, 3, 1, 1 if i == 0 else groups, bias=True)

    return nn.Sequential(*blocks(make, 3, side, 2 * width))


# Preset, parameters, side of the images, the module; the seed of its weights, where with those of 0 nothing flows, or a
# value lies where rounding decides what a ReLU lets through.
cases = [
    ("rednet", {"width": 0.25}, 64, lambda: rednet(16, "imagenet", 7), 2),
    ("rednet", {"width": 0.5, "stem": "cifar", "kernelSize": 5}, 16, lambda: rednet(32, "cifar", 5)),
    ("resnet", {"width": 0.125}, 64, lambda: resnet(8, "imagenet")),
    ("resnet", {"width": 0.125, "stem": "cifar"}, 16, lambda: resnet(8, "cifar")),
    ("drin", {"width": 24, "innerWidth": 12, "groups": 3}, 12, lambda: drin(24, 12, 5, 4, 3)),
    ("involution", {}, 16, lambda: nn.Sequential(*blocks(lambda _: ExampleInvolution(3, 3, 1, 1), 3, 16, 3)), 3),
    (
        "involution",
        {"width": 12, "kernelSize": 5, "groups": 4, "reductionRatio": 3},
        16,
        lambda: around(lambda channels: ExampleInvolution(channels, 5, 4, 4), 12, 16),
    ),
    ("convolution", {"width": 8}, 16, lambda: convolutional(8, 1, 16)),
    ("convolution", {"width": 8, "groups": 4}, 16, lambda: convolutional(8, 4, 16)),
    ("convolution", {"width": 8, "groups": 8}, 16, lambda: convolutional(8, 8, 16)),
    ("static", {"width": 8, "groups": 2, "kernelSize": 5}, 16, lambda: around(lambda _: StaticKernels(5, 2), 8, 16)),
    ("attention", {"width": 8, "groups": 2}, 16, lambda: around(lambda channels: Attention(channels, 3, 2), 8, 16)),
]
batch = 4


# Weights ---------------------------------------------------------------------------------------------------------


def keras_order(value):
    """OIHW → HWIO, and [out, in] → [in, out]."""
    return value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T


def torch_order(value):
    return value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T


def start(shape, seed, is_gamma):
    """`shape` is Keras's. Kernels within Glorot's limits; other weights around 0, gammas around ½."""
    if len(shape) == 1:
        return 0.5 * is_gamma + 0.4 * noise(seed, shape)
    receptive = math.prod(shape[:-2])
    return noise(seed, shape) * math.sqrt(6 / (receptive * (shape[-2] + shape[-1])))


def set_weights(network, seed):
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    gammas = {id(module.weight) for module in norms}
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    depthwise = {id(each.weight): each.in_channels for each in convolutions if each.groups == each.in_channels > 1}
    with torch.no_grad():
        for index, weight in enumerate(network.parameters()):
            shape = keras_order(weight.numpy()).shape
            channels = depthwise.get(id(weight))
            # Keras has [K, K, channels, outputs of each] there, the same numbers in the same order.
            seen = (*shape[:2], channels, shape[3] // channels) if channels else shape
            value = start(seen, 1000 * seed + 10 + index, id(weight) in gammas).reshape(shape)
            weight.copy_(torch.from_numpy(torch_order(value).copy()))
        for index, module in enumerate(norms):
            module.running_mean.copy_(torch.from_numpy(0.2 * noise(1000 * seed + 500 + 2 * index, module.running_mean.shape)))
            module.running_var.copy_(torch.from_numpy(1 + 0.5 * noise(1000 * seed + 501 + 2 * index, module.running_var.shape)))


def computed(side, make, seed, dtype):
    network = make()
    set_weights(network, seed)
    network.to(dtype)
    images = torch.from_numpy((noise(1, (batch, side, side, 3)) + 1) / 2).to(dtype).requires_grad_()
    labels = torch.from_numpy((hashed(2, batch) % 10).astype(np.int64))
    network.eval()
    inference = network(images.permute(0, 3, 1, 2)).detach().numpy()
    network.train()
    logits = network(images.permute(0, 3, 1, 2))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    gradients = [keras_order(weight.grad.numpy()).ravel() for weight in network.parameters()]
    arrays = {"inference": inference, "logits": logits.detach().numpy(), "dimages": images.grad.numpy()}
    return loss.item(), arrays, gradients


# Batch norm over few values, and chains of it, can make much of rounding. Such a case would tell nothing.
def golden(preset, parameters, side, make, seed=0):
    loss, arrays, gradients = computed(side, make, seed, torch.float64)
    _, rounded, _ = computed(side, make, seed, torch.float32)
    difference = rounded["dimages"].astype(np.float64) - arrays["dimages"]
    rounding = float(np.linalg.norm(difference) / np.linalg.norm(arrays["dimages"]))
    assert rounding < 2e-4, f"{preset} is ill-conditioned on these images: {rounding}"
    sketches = []
    for gradient in gradients:
        products = [float(gradient @ noise(seed, gradient.shape)) for seed in (3, 4)]
        sketches.append([float(np.linalg.norm(gradient)), *products])
    case = {"preset": preset, "parameters": parameters, "side": side, "seed": seed, "loss": loss, "gradients": sketches}
    return case, arrays


if __name__ == "__main__":
    stored, data, length = [], [], 0
    for each in cases:
        case, arrays = golden(*each)
        case["arrays"] = {}
        for name, value in arrays.items():
            case["arrays"][name] = {"shape": value.shape, "offset": length}
            data.append(value.astype("<f4").ravel())
            length += value.size
        stored.append(case)
    text = json.dumps({"torch": torch.__version__, "batch": batch, "cases": stored})
    (fixtures / "networks.json").write_text(text)
    np.concatenate(data).tofile(fixtures / "networks.bin")
