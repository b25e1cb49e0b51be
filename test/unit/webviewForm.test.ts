import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { RunSpec } from '../../src/core/runs/spec';
import { type Form, fields, formOf, specOf } from '../../webview/dashboard/form';

const filled = (form: Form, values: Form['values']): Form => ({
  ...form,
  values: { ...form.values, ...values },
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
      optimizer: { kind: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 5e-4 },
      learningRate: 3e-4,
      schedule: { kind: 'step', every: 3, factor: 0.5 },
      warmupEpochs: 0.5,
      clipNorm: 1.5,
      labelSmoothing: 0.1,
      augmentation: { flip: true, crop: 4 },
      earlyStoppingPatience: 4,
      seed: 1,
      engine: 'cpu',
    } as const;
    expect(specOf(formOf({ ...spec, models: [...spec.models] })).spec).toEqual(spec);
  });

  it('keeps what a choice hides, and leaves it out of the check', () => {
    const form = filled(formOf({}), {
      data: 'cifar10',
      'data.folder.imageSize': 'x',
      'schedule.step.every': '-1',
      'optimizer.sgd.momentum': '2',
    });
    expect(specOf(form).problems).toEqual({});
    expect(specOf(filled(form, { data: 'folder', schedule: 'step', optimizer: 'sgd' })).problems).toEqual({
      'data.folder.path': { kind: 'required' },
      'data.folder.imageSize': { kind: 'number' },
      'schedule.step.every': { kind: 'min', limit: 1 },
      'optimizer.sgd.momentum': { kind: 'max', limit: 1 },
    });
  });

  it('keeps a field of one name apart for each kind that has it', () => {
    const form = formOf({ optimizer: { kind: 'adamw', weightDecay: 0.1 } });
    expect(specOf(form).spec?.optimizer).toEqual({ kind: 'adamw', weightDecay: 0.1 });
    expect(specOf(filled(form, { optimizer: 'sgd' })).spec?.optimizer).toEqual({
      kind: 'sgd',
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0,
    });
    expect(form.values).toMatchObject({
      'optimizer.adamw.weightDecay': '0.1',
      'optimizer.sgd.weightDecay': '0',
    });
  });

  it('has words for all that it asks', () => {
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { id, title, description } of fields) {
      expect(title, id).not.toBe('');
      expect(description, id).toMatch(/^[A-Z].*[^.]\.$/);
    }
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
      'data.shapes.trainCount': '9',
      labelSmoothing: '1',
    });
    expect(specOf({ ...form, models: [] }).problems).toEqual({
      models: { kind: 'required' },
      epochs: { kind: 'integer' },
      batchSize: { kind: 'max', limit: 65_536 },
      learningRate: { kind: 'above', limit: 0 },
      clipNorm: { kind: 'number' },
      seed: { kind: 'min', limit: 0 },
      'data.shapes.trainCount': { kind: 'min', limit: 10 },
      labelSmoothing: { kind: 'below', limit: 1 },
    });
  });
});
