"""What `involution bench --peer PYTHON` compares with, in a process of its own: the example's networks in Keras and in
PyTorch, and the bare involution in PyTorch. Started with "keras" or "torch"; speaks JSON lines: is told its
subject (subject.ts), tells when it has warmed up, then measures whenever its standard input asks for it, as serve.ts
does.

With the subject {"kind": "fit", "model": …, "epochs": …, "folder": …} it trains on the CIFAR-10 of that folder as the
example does, and tells how long `fit` took."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402


def images_and_labels(batch):
    random = np.random.RandomState(1)
    return random.uniform(0, 1, (batch, 32, 32, 3)).astype(np.float32), random.randint(0, 10, batch)


# Keras ------------------------------------------------------------------------------------------------------------


def keras_network(model):
    """The example's network, compiled."""
    import keras
    import tensorflow as tf

    class Involution(keras.layers.Layer):
        """The layer of the Keras example "Involutional neural networks", for the arguments that it is used with."""

        def build(self, input_shape):
            _, height, width, channels = input_shape
            self.kernel_gen = keras.Sequential(
                [
                    keras.layers.Conv2D(channels // 2, 1),
                    keras.layers.BatchNormalization(),
                    keras.layers.ReLU(),
                    keras.layers.Conv2D(9, 1),
                ]
            )
            self.kernel_reshape = keras.layers.Reshape((height, width, 9, 1, 1))
            self.patches_reshape = keras.layers.Reshape((height, width, 9, channels, 1))
            self.output_reshape = keras.layers.Reshape((height, width, channels))

        def call(self, x):
            kernel = self.kernel_reshape(self.kernel_gen(x))
            patches = tf.image.extract_patches(x, [1, 3, 3, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
            return self.output_reshape(tf.reduce_sum(kernel * self.patches_reshape(patches), axis=3))

    network = keras.Sequential([keras.Input((32, 32, 3))])
    for index, filters in enumerate((32, 64, 64)):
        if index > 0:
            network.add(keras.layers.MaxPooling2D(2))
        network.add(Involution() if model == "involution" else keras.layers.Conv2D(filters, 3, padding="same"))
        network.add(keras.layers.ReLU())
    for layer in (keras.layers.Flatten(), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)):
        network.add(layer)
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return network


def keras_step(example, batch, **_):
    import keras
    import tensorflow as tf

    network = keras_network(example)
    # The function that `fit` calls for a step, without what `fit` does beside it.
    network.make_train_function()
    batches = iter(tf.data.Dataset.from_tensors(images_and_labels(batch)).repeat())

    def step(wait):
        logs = network.train_function(batches)
        if wait:
            float(logs["loss"])

    gpus = tf.config.list_physical_devices("GPU")
    return f"Keras {keras.version()} on TensorFlow {tf.__version__}", "GPU" if gpus else "CPU", step


def keras_fit(model, epochs, folder):
    def read(name):
        """A file of CIFAR-10's binary version: a label and 3 × 32 × 32 bytes an image."""
        records = np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 1 + 3072)
        images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return images.astype(np.float32) / 255, records[:, 0].astype(np.int64)

    parts = [read(f"data_batch_{index}.bin") for index in range(1, 6)]
    images, labels = (np.concatenate(part) for part in zip(*parts))
    network = keras_network(model)
    begin = time.perf_counter()
    network.fit(images, labels, 256, epochs, verbose=0, validation_data=read("test_batch.bin"))
    answer(seconds=time.perf_counter() - begin)


# PyTorch ----------------------------------------------------------------------------------------------------------


def torch_involution(x, kernel, kernel_size, groups):
    """Unfolded, as the authors' portable implementation does it. x [B,C,H,W], kernel [B,G,K²,H,W]."""
    import torch.nn.functional as functional

    batch, channels, height, width = x.shape
    patches = functional.unfold(x, kernel_size, padding=kernel_size // 2)
    patches = patches.view(batch, groups, channels // groups, kernel_size**2, height, width)
    return (kernel.unsqueeze(2) * patches).sum(3).view(batch, channels, height, width)


def torch_device():
    import torch

    return ("cuda", torch.cuda.get_device_name()) if torch.cuda.is_available() else ("cpu", "CPU")


def torch_wait():
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def torch_step(example, batch, **_):
    import torch
    from torch import nn

    class Involution(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.kernel_gen = nn.Sequential(
                nn.Conv2d(channels, channels // 2, 1),
                nn.BatchNorm2d(channels // 2, eps=1e-3, momentum=0.01),
                nn.ReLU(),
                nn.Conv2d(channels // 2, 9, 1),
            )

        def forward(self, x):
            return torch_involution(x, self.kernel_gen(x).unsqueeze(1), 3, 1)

    parts, channels = [], 3
    for index, filters in enumerate((32, 64, 64)):
        if index > 0:
            parts.append(nn.MaxPool2d(2))
        if example == "involution":
            parts.append(Involution(3))
        else:
            parts.append(nn.Conv2d(channels, filters, 3, padding=1))
            channels = filters
        parts.append(nn.ReLU())
    parts += [nn.Flatten(), nn.Linear(64 * channels, 64), nn.ReLU(), nn.Linear(64, 10)]
    device, device_name = torch_device()
    network = nn.Sequential(*parts).to(device)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, eps=1e-7)
    images, labels = images_and_labels(batch)
    images = torch.tensor(images).permute(0, 3, 1, 2).contiguous().to(device)
    labels = torch.tensor(labels).to(device)

    def step(wait):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        if wait:
            loss.item()

    return f"PyTorch {torch.__version__}", device_name, step


def torch_operator(batch, size, channels, kernelSize, groups, **_):
    import torch

    device, device_name = torch_device()
    x = torch.rand(batch, channels, size, size, device=device, requires_grad=True)
    kernel = torch.rand(batch, groups, kernelSize**2, size, size, device=device, requires_grad=True)
    dy = torch.rand(batch, channels, size, size, device=device)

    def step(wait):
        x.grad = kernel.grad = None
        torch_involution(x, kernel, kernelSize, groups).backward(dy)
        if wait:
            torch_wait()

    return f"PyTorch {torch.__version__} (unfold)", device_name, step


# Protocol ---------------------------------------------------------------------------------------------------------


def status_mb(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith(field))


def forget_peak():
    """Returns what the process holds now. Linux can forget its peak so far, which came from starting up."""
    if sys.platform != "linux":
        return peak_mb()
    with open("/proc/self/clear_refs", "w") as control:
        control.write("5")
    return status_mb("VmRSS")


def peak_mb():
    if sys.platform == "linux":
        return status_mb("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def answer(**content):
    print(json.dumps(content), flush=True)


def main(library, subject):
    if subject["kind"] == "fit":
        return keras_fit(subject["model"], subject["epochs"], subject["folder"])
    subjects = {"keras": {"step": keras_step}, "torch": {"step": torch_step, "operator": torch_operator}}
    name, device, step = subjects[library][subject.pop("kind")](**subject)
    before = forget_peak()
    for _ in range(2):
        begin = time.perf_counter()
        step(True)
        estimate = time.perf_counter() - begin
    answer(name=name, device=device)
    for line in sys.stdin:
        request = json.loads(line)
        if "end" in request:
            break
        steps = max(1, round(request["seconds"] / estimate))
        begin = time.perf_counter()
        for index in range(steps):
            step(index == steps - 1)
        taken = time.perf_counter() - begin
        estimate = taken / steps
        answer(steps=steps, seconds=taken)
    answer(peakMemoryMB=peak_mb(), workingMemoryMB=peak_mb() - before)


main(sys.argv[1], json.loads(sys.stdin.readline()))
