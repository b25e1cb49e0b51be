"""Keras: the network as we export it, in a .keras file. Its involutions unfold as those of the Keras example
"Involutional neural networks" do."""

import importlib
import os
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from reference import Reference, images_and_labels


def unfold(windows, x):
    """Windows.see of involution_layer.py, the example's way: tf.image.extract_patches."""
    _, height, width, channels = x.shape
    padding = "SAME"
    if windows.padding == "symmetric" and windows.stride > 1:
        edge = (windows.size - 1) // 2
        x, padding = tf.pad(x, [[0, 0], [edge, edge], [edge, edge], [0, 0]]), "VALID"
    sizes, strides = ([1, side, side, 1] for side in (windows.size, windows.stride))
    patches = tf.image.extract_patches(x, sizes, strides, [1, 1, 1, 1], padding)
    return tf.reshape(patches, (-1, windows.count(height), windows.count(width), windows.size**2, channels))


def load(file):
    """The network of a .keras file, compiled. Beside it lies the layer's source, if it has involutions."""
    folder = os.path.dirname(file)
    if os.path.exists(os.path.join(folder, "involution_layer.py")):
        sys.path.insert(0, folder)
        importlib.import_module("involution_layer").Windows.see = unfold
    network = keras.saving.load_model(file)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("adam", loss, metrics=["accuracy"])
    return network


def compared(reference):
    """A network, and what there is to say of it once it is ready."""
    reference = Reference(reference)
    network = load(os.path.join(reference.folder, "network.keras"))
    reference.weights.clear()
    # NVIDIA's would round the products of the comparison to ten bits.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    difference = reference.difference(np.array(network(reference.input, training=False)))
    tf.config.experimental.enable_tensor_float_32_execution(True)
    return network, {
        "name": f"Keras {keras.version()} on TensorFlow {tf.__version__}",
        "device": "GPU" if tf.config.list_physical_devices("GPU") else "CPU",
        "parameters": int(sum(np.prod(weight.shape) for weight in network.trainable_weights)),
        "difference": difference,
    }


def batches(batch, inputShape, classes):
    return iter(tf.data.Dataset.from_tensors(images_and_labels(batch, inputShape, classes)).repeat())


def training(reference, batch, inputShape, classes, **_):
    network, ready = compared(reference)
    # The function that `fit` calls for a step, without what `fit` does beside it.
    network.make_train_function()
    data = batches(batch, inputShape, classes)

    def step(wait):
        logs = network.train_function(data)
        if wait:
            float(logs["loss"])

    return ready, step


def inference(reference, batch, inputShape, classes, **_):
    network, ready = compared(reference)
    network.make_predict_function()
    data = batches(batch, inputShape, classes)

    def step(wait):
        logits = network.predict_function(data)
        if wait:
            np.array(logits)

    return ready, step


def fit(network, epochs, folder):
    def read(name):
        """A file of CIFAR-10's binary version: a label and 3 × 32 × 32 bytes per image."""
        records = np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 1 + 3072)
        images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return images.astype(np.float32) / 255, records[:, 0].astype(np.int64)

    parts = [read(f"data_batch_{index}.bin") for index in range(1, 6)]
    images, labels = (np.concatenate(part) for part in zip(*parts))
    network = load(network)
    begin = time.perf_counter()
    network.fit(images, labels, 256, epochs, verbose=0, validation_data=read("test_batch.bin"))
    return {"seconds": time.perf_counter() - begin}, None


subjects = {"training": training, "inference": inference, "fit": fit}
