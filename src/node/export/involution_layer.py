"""The involution layer of the exported network, for Keras 3. Import it before `keras.models.load_model`.

After the Keras example "Involutional neural networks" (keras-io, examples/vision/involution.py).
"""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="involution")
class Involution(keras.layers.Layer):
    """Returns (output, kernel): (B, H/s, W/s, C) and (B, H/s, W/s, K*K, 1, G)."""

    def __init__(
        self,
        channel,
        group_number=1,
        kernel_size=3,
        stride=1,
        reduction_ratio=1,
        group_layout="interleaved",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.channel = channel
        self.group_number = group_number
        self.kernel_size = kernel_size
        self.stride = stride
        self.reduction_ratio = reduction_ratio
        self.group_layout = group_layout

    def build(self, input_shape):
        size, groups = self.kernel_size, self.group_number
        self.pool = (
            keras.layers.AveragePooling2D(self.stride, self.stride, "same")
            if self.stride > 1
            else None
        )
        self.kernel_gen = keras.Sequential(
            [
                keras.layers.Conv2D(self.channel // self.reduction_ratio, 1),
                keras.layers.BatchNormalization(),
                keras.layers.ReLU(),
                keras.layers.Conv2D(size * size * groups, 1),
            ]
        )
        self.kernel_gen.build((None, None, None, input_shape[-1]))
        super().build(input_shape)

    def call(self, x, training=None):
        size, groups, stride = self.kernel_size, self.group_number, self.stride
        generated = self.kernel_gen(self.pool(x) if self.pool else x, training=training)
        shape = tf.shape(generated)
        batch, height, width = shape[0], shape[1], shape[2]
        channels = x.shape[-1]
        patches = tf.image.extract_patches(
            x, [1, size, size, 1], [1, stride, stride, 1], [1, 1, 1, 1], "SAME"
        )
        if self.group_layout == "interleaved":
            kernel = tf.reshape(generated, (batch, height, width, size * size, 1, groups))
            patches = tf.reshape(
                patches, (batch, height, width, size * size, channels // groups, groups)
            )
            output = tf.reduce_sum(kernel * patches, axis=3)
        else:
            kernel = tf.reshape(generated, (batch, height, width, groups, size * size))
            kernel = tf.transpose(kernel, (0, 1, 2, 4, 3))[..., None, :]
            patches = tf.reshape(
                patches, (batch, height, width, size * size, groups, channels // groups)
            )
            output = tf.reduce_sum(tf.transpose(kernel, (0, 1, 2, 3, 5, 4)) * patches, axis=3)
        return tf.reshape(output, (batch, height, width, channels)), kernel

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        down = lambda side: None if side is None else -(-side // self.stride)
        place = (batch, down(height), down(width))
        return (*place, channels), (*place, self.kernel_size**2, 1, self.group_number)

    def get_config(self):
        return {
            **super().get_config(),
            "channel": self.channel,
            "group_number": self.group_number,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "reduction_ratio": self.reduction_ratio,
            "group_layout": self.group_layout,
        }
