"""The involution layer in PyTorch, with each kind of generator (src/core/involution/generators): a kernel for each
position is [B,G,S²,H/s,W/s], applied to what `unfold` sees of the image."""

import dataclasses

import torch
import torch.nn.functional as functional
from torch import nn
from torch_weights import batch_norm, parameter, pointwise
from torch_windows import Windows


class Generator(nn.Module):
    """Makes kernels, and applies them."""

    def __init__(self, windows):
        super().__init__()
        self.windows = self.stencil = windows

    def taps(self, h):
        """[B,S²·G,H,W] -> [B,G,S²,H,W]."""
        batch, channels, *place = h.shape
        groups = self.windows.groups
        if self.windows.layout == "contiguous":
            return h.view(batch, groups, channels // groups, *place)
        return h.view(batch, channels // groups, groups, *place).transpose(1, 2)

    def forward(self, x, value):
        return self.stencil.involve(value, self.kernels(x))


class Bottleneck(Generator):
    def __init__(self, windows, weights, epsilon, momentum, **_):
        super().__init__(windows)
        self.layers = nn.Sequential(
            pointwise(weights, "conv1_"),
            batch_norm(weights, epsilon, momentum),
            nn.ReLU(),
            pointwise(weights, "conv2_"),
        )

    def kernels(self, x):
        return self.taps(self.layers(self.windows.average(x)))


class Linear(Generator):
    def __init__(self, windows, weights):
        super().__init__(windows)
        self.weigh = pointwise(weights, "")

    def kernels(self, x):
        return self.taps(self.weigh(self.windows.average(x)))


class FilterNorm(Linear):
    def kernels(self, x):
        logits = super().kernels(x)
        variance, mean = torch.var_mean(logits, 2, correction=1, keepdim=True)
        return (logits - mean) * torch.rsqrt(variance + 1e-20) * 2**0.5 / self.windows.size


class Static(Generator):
    """A depthwise convolution."""

    def __init__(self, windows, weights):
        super().__init__(windows)
        self.kernel = parameter(weights["kernel"].transpose(3, 2, 0, 1))

    def forward(self, x, value):
        channels, groups = value.shape[1], self.windows.groups
        shared = self.kernel.unsqueeze(1).expand(-1, channels // groups, -1, -1, -1).unsqueeze(0)
        kernel = self.windows.joined(shared)[0]
        size, stride = self.windows.size, self.windows.stride
        height, width = value.shape[2:]
        top, left = self.windows.before(height), self.windows.before(width)
        bottom, right = (
            max((self.windows.count(length) - 1) * stride + size - length - before, 0)
            for length, before in ((height, top), (width, left))
        )
        if (top, left) == (bottom, right):
            return functional.conv2d(value, kernel, stride=stride, padding=(top, left), groups=channels)
        padded = functional.pad(value, (left, right, top, bottom))
        return functional.conv2d(padded, kernel, stride=stride, groups=channels)


def softmax(scores, mask=None):
    """Over the taps; those that the mask leaves out get 0."""
    return torch.softmax(scores if mask is None else torch.where(mask, scores, -1e9), 2)


class Attention(Generator):
    def __init__(self, windows, weights, border, positionBias):
        super().__init__(windows)
        size = 2 * windows.size - 1 if border == "clamped" else windows.size
        self.stencil = dataclasses.replace(windows, size=size)
        self.border = border
        self.query = pointwise(weights, "query_")
        self.key = pointwise(weights, "key_")
        self.bias = parameter(weights["position_bias"]) if positionBias else None
        self.masks = {}

    def kernels(self, x):
        scale = (self.windows.groups / x.shape[1]) ** 0.5
        query = self.stencil.by_group(self.query(self.windows.average(x)) * scale)
        keys = self.stencil.by_group(self.stencil.see(self.key(x)))
        scores = (query.unsqueeze(3) * keys).sum(2)
        if self.bias is not None:
            scores = scores + self.bias.T[None, :, :, None, None]
        return softmax(scores, self.mask(x))

    def mask(self, x):
        """[1,1,S²,H/s,W/s], made once for each size of image; None where all taps count."""
        if self.border == "zero":
            return None
        if x.shape[2:] not in self.masks:
            made = self.stencil.inside(x) if self.border == "masked" else self.clamped(x)
            self.masks[x.shape[2:]] = made
        return self.masks[x.shape[2:]]

    def clamped(self, x):
        """Which taps of the stencil are in the K×K window, pushed inside of the image."""

        def along(length):
            position = torch.arange(self.windows.count(length), device=x.device)[:, None] * self.windows.stride
            taps = torch.arange(self.stencil.size, device=x.device)
            pixel = position - self.stencil.before(length) + taps
            latest = max(length - self.windows.size, 0)
            begin = (position - self.windows.before(length)).clamp(0, latest)
            return (pixel >= begin) & (pixel < (begin + self.windows.size).clamp(max=length))

        rows, columns = along(x.shape[2]), along(x.shape[3])
        both = rows.T[:, None, :, None] & columns.T[None, :, None, :]
        return both.reshape(1, 1, self.stencil.size**2, *both.shape[2:])


class Outlook(Generator):
    """As VOLO has it: unfold, weigh, fold."""

    def __init__(self, windows, weights):
        super().__init__(windows)
        self.attention = pointwise(weights, "attention_")

    def forward(self, x, value):
        batch, channels, height, width = value.shape
        size, groups = self.windows.size, self.windows.groups
        scores = self.taps(self.attention(x) * (groups / channels) ** 0.5)
        shares = torch.softmax(scores.reshape(batch, groups, size**2, size**2, height * width), 3)
        values = self.windows.by_group(self.windows.see(value)).flatten(4)
        # [B,G,HW,C/G,values] by [B,G,HW,values,written]
        written = values.permute(0, 1, 4, 2, 3) @ shares.permute(0, 1, 4, 3, 2)
        patches = self.windows.joined(written.permute(0, 1, 3, 4, 2)).reshape(batch, channels * size**2, -1)
        top, left = self.windows.before(height), self.windows.before(width)
        whole = functional.fold(patches, (height + size - 1, width + size - 1), size)
        return whole[:, :, top : top + height, left : left + width]


class Gaussian(Generator):
    def __init__(self, windows, weights, normalize, width):
        super().__init__(windows)
        self.normalize = normalize
        self.width = width

    def kernels(self, x):
        features = x / self.width
        differences = self.windows.see(features) - self.windows.average(features).unsqueeze(2)
        exponents = -0.5 * self.windows.by_group(differences.square()).sum(2)
        inside = self.windows.inside(x)
        return softmax(exponents, inside) if self.normalize else torch.where(inside, exponents.exp(), 0.0)


class Pairwise(Generator):
    def __init__(self, windows, weights, **_):
        super().__init__(windows)
        self.own = pointwise(weights, "own_")
        self.neighbour = pointwise(weights, "neighbour_")
        self.offset = parameter(weights["offset_kernel"])
        norms = [[f"{name}_{part}" for part in ("gamma", "beta", "mean", "variance")] for name in ("relation", "hidden")]
        self.relation_norm, self.hidden_norm = (batch_norm(weights, 1e-3, 0.99, names) for names in norms)
        self.hidden = parameter(weights["hidden_kernel"])
        self.score = parameter(weights["score_kernel"])
        self.score_bias = parameter(weights["score_bias"])

    def kernels(self, x):
        size = self.windows.size
        own = self.own(self.windows.average(x))
        differences = own.unsqueeze(2) - self.windows.see(self.neighbour(x))
        batch, _, taps, height, width = differences.shape
        middle = (size - 1) // 2
        steps = middle - torch.arange(size, device=x.device, dtype=x.dtype)
        offsets = torch.cartesian_prod(steps, steps).view(-1, 2) @ self.offset
        everywhere = offsets.T[None, :, :, None, None].expand(batch, -1, -1, height, width)
        relation = torch.cat([differences, everywhere], 1)
        hidden = torch.einsum("bctij,ch->bhtij", functional.relu(self.relation_norm(relation)), self.hidden)
        scores = torch.einsum("bctij,cg->bgtij", functional.relu(self.hidden_norm(hidden)), self.score)
        return softmax(scores + self.score_bias[:, None, None, None], self.windows.inside(x))


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


class Involution(nn.Module):
    def __init__(self, spec, weights):
        super().__init__()
        options = dict(spec["generator"])
        kind = options.pop("kind")
        if kind not in generators:
            raise SystemExit(f"The layer {spec['name']} has the generator {kind}, which this peer does not have.")
        groups, layout = spec["groups"], spec["groupLayout"]
        windows = Windows(spec["kernelSize"], spec["strides"], spec["padding"], groups, layout)
        self.generator = generators[kind](windows, weights, **options)
        value, output = (f"{name}_" if f"{name}_kernel" in weights else None for name in ("value", "output"))
        self.value = pointwise(weights, value) if value else nn.Identity()
        self.output = pointwise(weights, output) if output else nn.Identity()

    def forward(self, x):
        return self.output(self.generator(x, self.value(x)))
