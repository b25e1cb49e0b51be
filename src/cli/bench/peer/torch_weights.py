"""Modules of PyTorch with our weights, which lie channels last."""

import torch
from torch import nn


def parameter(values):
    return nn.Parameter(torch.tensor(values.copy()))


def weighed(layer, kernel, bias=None):
    """A convolution or a dense layer with this kernel, already in PyTorch's order."""
    if tuple(layer.weight.shape) != kernel.shape:
        raise SystemExit(f"{layer} has a kernel of {tuple(layer.weight.shape)}, ours is of {kernel.shape}.")
    layer.weight = parameter(kernel)
    if bias is not None:
        layer.bias = parameter(bias)
    return layer


def pointwise(weights, name):
    """The 1×1 convolution whose weights begin with this name."""
    kernel, bias = weights[f"{name}kernel"], weights.get(f"{name}bias")
    layer = nn.Conv2d(*kernel.shape[2:], 1, bias=bias is not None)
    return weighed(layer, kernel.transpose(3, 2, 0, 1), bias)


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Of images as well as of rows of values."""

    def _check_input_dim(self, x):
        pass


def batch_norm(weights, epsilon, momentum, names=("gamma", "beta", "moving_mean", "moving_variance")):
    gamma, beta, mean, variance = (weights[name] for name in names)
    layer = BatchNorm(len(gamma), eps=epsilon, momentum=1 - momentum)
    layer.weight, layer.bias = parameter(gamma), parameter(beta)
    layer.running_mean, layer.running_var = torch.tensor(mean.copy()), torch.tensor(variance.copy())
    return layer
