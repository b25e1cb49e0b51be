"""Windows of images in PyTorch, unfolded as the authors' portable implementation of the involution does it."""

import dataclasses

import torch
import torch.nn.functional as functional


def pad_same(x, size, stride, value=0.0):
    """Zeros, or that value, around an image as TensorFlow adds them for "same": the odd one behind."""
    around = []
    for length in (x.shape[3], x.shape[2]):
        missing = max((-(-length // stride) - 1) * stride + size - length, 0)
        around += [missing // 2, missing - missing // 2]
    return functional.pad(x, around, value=value)


def symmetric_padding(size, stride, padding):
    """The same on each side, in any image; None where "same" depends on its size."""
    if padding == "valid":
        return 0
    if padding == "symmetric" or (stride == 1 and size % 2 == 1):
        return (size - 1) // 2
    return None


@dataclasses.dataclass(frozen=True)
class Windows:
    """How the windows of an image lie, and how its channels fall into groups."""

    size: int
    stride: int
    padding: str
    groups: int
    layout: str

    def count(self, length):
        return -(-length // self.stride)

    def before(self, length):
        """The zeros before a side of that length."""
        padding = symmetric_padding(self.size, self.stride, self.padding)
        if padding is not None:
            return padding
        return max((self.count(length) - 1) * self.stride + self.size - length, 0) // 2

    def see(self, x):
        """[B,C,H,W] -> [B,C,K²,H/s,W/s]."""
        batch, channels, height, width = x.shape
        padding = symmetric_padding(self.size, self.stride, self.padding)
        if padding is None:
            x, padding = pad_same(x, self.size, self.stride), 0
        patches = functional.unfold(x, self.size, padding=padding, stride=self.stride)
        return patches.view(batch, channels, self.size**2, self.count(height), self.count(width))

    def average(self, x):
        """[B,C,H,W] -> [B,C,H/s,W/s]: at each position its pixel, or the mean of s×s of them."""
        stride = self.stride
        if stride == 1:
            return x
        if x.shape[2] % stride == 0 and x.shape[3] % stride == 0:
            return functional.avg_pool2d(x, stride)
        sums, counts = (
            functional.avg_pool2d(pad_same(values, stride, stride), stride)
            for values in (x, torch.ones_like(x[:1, :1]))
        )
        return sums / counts

    def by_group(self, x):
        """[B,C,...] -> [B,G,C/G,...]."""
        batch, channels, *rest = x.shape
        if self.layout == "contiguous" or self.groups == 1:
            return x.reshape(batch, self.groups, channels // self.groups, *rest)
        return x.reshape(batch, channels // self.groups, self.groups, *rest).transpose(1, 2)

    def joined(self, x):
        """The way back."""
        batch, groups, channels, *rest = x.shape
        if self.layout != "contiguous" and groups > 1:
            x = x.transpose(1, 2)
        return x.reshape(batch, groups * channels, *rest)

    def inside(self, x):
        """[1,1,K²,H/s,W/s]: which taps lie inside of the image."""
        return self.see(torch.ones_like(x[:1, :1])) > 0

    def involve(self, x, kernel):
        """[B,C,H,W] and [B,G,K²,H/s,W/s] -> [B,C,H/s,W/s]."""
        return self.joined((kernel.unsqueeze(2) * self.by_group(self.see(x))).sum(3))
