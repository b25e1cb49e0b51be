"""PyTorch: the network of the spec, a layer alone, and the bare involution."""

import torch
from reference import Reference, images_and_labels
from torch import nn
from torch_network import series
from torch_windows import Windows

cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
ready_words = {"name": f"PyTorch {torch.__version__}", "device": torch.cuda.get_device_name() if cuda else "CPU"}


def wait_for_all():
    if cuda:
        torch.cuda.synchronize()


def compared(reference, layers):
    """The layers as a network, and what there is to say of it once it is ready."""
    reference = Reference(reference)
    network = series(layers, reference).to(device).eval()
    x = torch.tensor(reference.input).to(device).permute(0, 3, 1, 2)
    # NVIDIA's would round the products of the comparison to ten bits.
    exact, torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.allow_tf32, False
    with torch.no_grad():
        output = network(x).cpu()
    torch.backends.cudnn.allow_tf32 = exact
    if output.ndim == 4:
        output = output.permute(0, 2, 3, 1)
    return network, {
        **ready_words,
        "parameters": sum(weights.numel() for weights in network.parameters()),
        "difference": reference.difference(output.numpy()),
    }


def batch_of(batch, inputShape, classes):
    images, labels = images_and_labels(batch, inputShape, classes)
    images = torch.tensor(images).permute(0, 3, 1, 2).contiguous()
    return images.to(device), torch.tensor(labels).to(device)


def training(reference, network, batch, inputShape, classes, **_):
    network, ready = compared(reference, network["layers"])
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, eps=1e-7)
    images, labels = batch_of(batch, inputShape, classes)

    def step(wait):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        if wait:
            loss.item()

    return ready, step


def inference(reference, network, batch, inputShape, classes, **_):
    network, ready = compared(reference, network["layers"])
    images, _ = batch_of(batch, inputShape, classes)

    def step(wait):
        with torch.inference_mode():
            logits = network(images)
            if wait:
                logits.cpu()

    return ready, step


def layer(reference, network, batch, size, channels, **_):
    network, ready = compared(reference, network["layers"])
    network.train()
    x = torch.rand(batch, channels, size, size, device=device, requires_grad=True)
    dy = torch.rand(batch, channels, size, size, device=device)

    def step(wait):
        x.grad = None
        network.zero_grad()
        network(x).backward(dy)
        if wait:
            wait_for_all()

    return {**ready, "name": f"{ready['name']} (unfold)"}, step


def operator(batch, size, channels, kernelSize, groups, **_):
    x = torch.rand(batch, channels, size, size, device=device, requires_grad=True)
    kernel = torch.rand(batch, groups, kernelSize**2, size, size, device=device, requires_grad=True)
    dy = torch.rand(batch, channels, size, size, device=device)
    windows = Windows(kernelSize, 1, "same", groups, "contiguous")

    def step(wait):
        x.grad = kernel.grad = None
        windows.involve(x, kernel).backward(dy)
        if wait:
            wait_for_all()

    return {**ready_words, "name": f"{ready_words['name']} (unfold)"}, step


subjects = {"training": training, "inference": inference, "layer": layer, "operator": operator}
