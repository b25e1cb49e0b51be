import type { OpAttribute, TensorFlowBackend } from './backend';

/** Attributes of TensorFlow's ops, as the binding takes them. */
export function attributesOf({ binding }: TensorFlowBackend) {
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = binding;
  const text = (name: string, value: string): OpAttribute => ({ name, type: TF_ATTR_STRING, value });
  const flag = (name: string, value: boolean): OpAttribute => ({ name, type: TF_ATTR_BOOL, value });
  return {
    float: { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT } as OpAttribute,
    nhwc: text('data_format', 'NHWC'),
    text,
    flag,
    /** Of a matrix product's factors. */
    transposed: (a: boolean, b: boolean) => [flag('transpose_a', a), flag('transpose_b', b)],
    /** Of an image's two sides; 1 for the batch and the channels. */
    windows: (name: string, height: number, width: number): OpAttribute => ({
      name,
      type: TF_ATTR_INT,
      value: [1, height, width, 1],
    }),
  };
}
