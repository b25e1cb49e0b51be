import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { RunSpec } from '../../src/core/runs/spec';
import { type Form, formOf, specOf, type TextField } from '../../webview/dashboard/form';

const filled = (form: Form, text: Partial<Record<TextField, string>>): Form => ({
  ...form,
  text: { ...form.text, ...text },
});

describe('the training form', () => {
  it('starts with the schema’s own defaults and asks for just those', () => {
    const { spec, problems } = specOf(formOf({}));
    expect(problems).toEqual({});
    expect(v.parse(RunSpec, spec)).toEqual(v.parse(RunSpec, {}));
  });

  it('gives back the spec that it was filled from', () => {
    const spec = {
      name: 'flowers',
      data: { kind: 'folder', path: '/home/maria/花 photos', imageSize: 64, validationSplit: 0.25 },
      models: ['convolution'],
      epochs: 7,
      batchSize: 32,
      learningRate: 3e-4,
      schedule: { kind: 'step', every: 3, factor: 0.5 },
      clipNorm: 1.5,
      earlyStoppingPatience: 4,
      seed: 1,
      engine: 'cpu',
    } as const;
    expect(specOf(formOf({ ...spec, models: [...spec.models] })).spec).toEqual(spec);
  });

  it('keeps what a choice hides, and leaves it out of the check', () => {
    const form = {
      ...filled(formOf({}), { 'data.imageSize': 'x', 'schedule.every': '-1' }),
      data: 'cifar10',
    } as Form;
    expect(specOf(form).problems).toEqual({});
    expect(specOf({ ...form, data: 'folder', schedule: 'step' }).problems).toEqual({
      'data.path': { kind: 'required' },
      'data.imageSize': { kind: 'number' },
      'schedule.every': { kind: 'min', limit: 1 },
    });
  });

  it('takes an empty field for the default, and for "off" where there is none', () => {
    const { spec, problems } = specOf(filled(formOf({ clipNorm: 2 }), { epochs: ' ', clipNorm: '' }));
    expect(problems).toEqual({});
    expect(v.parse(RunSpec, spec)).toMatchObject({ epochs: 20, clipNorm: null });
  });

  it('says what is wrong with each field', () => {
    const form = filled(formOf({}), {
      epochs: '0.5',
      batchSize: '99999999',
      learningRate: '0',
      clipNorm: 'much',
      seed: '-1',
      'data.trainCount': '9',
    });
    expect(specOf({ ...form, models: [] }).problems).toEqual({
      models: { kind: 'required' },
      epochs: { kind: 'integer' },
      batchSize: { kind: 'max', limit: 65_536 },
      learningRate: { kind: 'above', limit: 0 },
      clipNorm: { kind: 'number' },
      seed: { kind: 'min', limit: 0 },
      'data.trainCount': { kind: 'min', limit: 10 },
    });
  });
});
