"""A NetworkSpec in PyTorch: for each kind of layer in src/core/network/layers the module that it is, with our weights."""

import torch
from torch import nn
from torch_involution import Involution
from torch_weights import batch_norm, weighed
from torch_windows import pad_same, symmetric_padding

activations = {
    "linear": nn.Identity,
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "swish": nn.SiLU,
}


class Padded(nn.Module):
    """A module of windows, for images whose padding depends on their size."""

    def __init__(self, module, size, stride, value):
        super().__init__()
        self.module = module
        self.how = (size, stride, value)

    def forward(self, x):
        return self.module(pad_same(x, *self.how))


class Residual(nn.Module):
    def __init__(self, main, shortcut):
        super().__init__()
        self.main = main
        self.shortcut = shortcut

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Flatten(nn.Module):
    """In the order in which our images lie, channels last."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def windowed(make, size, stride, padding, value=0.0):
    zeros = symmetric_padding(size, stride, padding)
    return make(padding=zeros) if zeros is not None else Padded(make(padding=0), size, stride, value)


def convolution(spec, weights, _):
    size, stride, filters = spec["kernelSize"], spec["strides"], spec["filters"]
    depthwise = weights.get("depthwise_kernel")
    if depthwise is not None:
        # [K,K,C,M] -> [C·M,1,K,K]
        kernel = depthwise.transpose(2, 3, 0, 1).reshape(filters, 1, size, size)
        channels = groups = depthwise.shape[2]
    else:
        kernel = weights["kernel"].transpose(3, 2, 0, 1)
        groups = 1 if spec["groups"] == "channels" else spec["groups"]
        channels = kernel.shape[1] * groups

    def make(padding):
        options = {"stride": stride, "padding": padding, "groups": groups, "bias": spec["bias"]}
        return weighed(nn.Conv2d(channels, filters, size, **options), kernel, weights.get("bias"))

    return windowed(make, size, stride, spec["padding"])


def dense(spec, weights, _):
    features, units = weights["kernel"].shape
    layer = weighed(nn.Linear(features, units, spec["bias"]), weights["kernel"].T, weights.get("bias"))
    return nn.Sequential(layer, activations[spec["activation"]]())


def max_pool(spec, *_):
    size, stride = spec["size"], spec["strides"] or spec["size"]

    def make(padding):
        return nn.MaxPool2d(size, stride, padding)

    # PyTorch's zeros are -∞ here, which after a ReLU is the same.
    return windowed(make, size, stride, spec["padding"], -torch.inf)


kinds = {
    "activation": lambda spec, *_: activations[spec["function"]](),
    "average-pool": lambda spec, *_: nn.AvgPool2d(spec["size"], spec["strides"]),
    "batch-norm": lambda spec, weights, _: batch_norm(weights, spec["epsilon"], spec["momentum"]),
    "convolution": convolution,
    "dense": dense,
    "dropout": lambda spec, *_: nn.Dropout(spec["rate"]),
    "flatten": lambda *_: Flatten(),
    "global-average-pool": lambda *_: GlobalAveragePool(),
    "involution": lambda spec, weights, _: Involution(spec, weights),
    "max-pool": max_pool,
    "residual": lambda spec, _, reference: Residual(
        series(spec["main"], reference), series(spec["shortcut"], reference)
    ),
}


def series(layers, reference):
    """The layers of a spec, each of which says its name."""
    for spec in layers:
        if spec["kind"] not in kinds:
            raise SystemExit(f"The layer {spec['name']} is of the kind {spec['kind']}, which this peer does not have.")
    return nn.Sequential(*(kinds[spec["kind"]](spec, reference.take(spec["name"]), reference) for spec in layers))
