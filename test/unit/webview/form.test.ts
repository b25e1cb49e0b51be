import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { dataKinds } from '../../../src/core/data/dataKinds';
import { expandModels } from '../../../src/core/network/model';
import { parametersOf } from '../../../src/core/network/parameters';
import { presets } from '../../../src/core/network/presets/presets';
import { RunSpec } from '../../../src/core/runs/spec';
import { textOf } from '../../../src/core/words';
import { type Form, fields, formOf, specOf } from '../../../webview/dashboard/form';
import {
  cardParameters,
  type FormModel,
  isRemovable,
  modelAnswer,
  withVariant,
} from '../../../webview/dashboard/models/formModel';
import { throwAway, withThrowAway } from '../support/throwAwayPreset';

/** Those of the built-in data. */
const small = dataKinds.shapes.images;

const filled = (form: Form, values: Form['values']): Form => ({
  ...form,
  values: { ...form.values, ...values },
});

describe('the training form', () => {
  it('starts with the schema’s own defaults and asks for just those', () => {
    const { spec, problems } = specOf(formOf({}), small);
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
    expect(specOf(formOf({ ...spec, models: [...spec.models] }), null).spec).toEqual(spec);
  });

  it('keeps what a choice hides, and leaves it out of the check', () => {
    const form = filled(formOf({}), {
      data: 'cifar10',
      'data.folder.imageSize': 'x',
      'schedule.step.every': '-1',
      'optimizer.sgd.momentum': '2',
    });
    expect(specOf(form, small).problems).toEqual({});
    expect(
      specOf(filled(form, { data: 'folder', schedule: 'step', optimizer: 'sgd' }), null).problems,
    ).toEqual({
      'data.folder.path': { kind: 'required' },
      'data.folder.imageSize': { kind: 'number' },
      'schedule.step.every': { kind: 'min', limit: 1 },
      'optimizer.sgd.momentum': { kind: 'max', limit: 1 },
    });
  });

  it('keeps a field of one name apart for each kind that has it', () => {
    const form = formOf({ optimizer: { kind: 'adamw', weightDecay: 0.1 } });
    expect(specOf(form, small).spec?.optimizer).toEqual({ kind: 'adamw', weightDecay: 0.1 });
    expect(specOf(filled(form, { optimizer: 'sgd' }), null).spec?.optimizer).toEqual({
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
    const { spec, problems } = specOf(filled(formOf({ clipNorm: 2 }), { epochs: ' ', clipNorm: '' }), small);
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
    expect(specOf({ ...form, models: [] }, small).problems).toEqual({
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

describe('the cards of models', () => {
  const cards = (form: Form) => new Map(form.models.map((model) => [model.key, model]));
  const typed = (model: FormModel, text: Record<string, string>): FormModel => ({
    ...model,
    text: { ...model.text, ...text },
  });

  it('are the models that were asked for, then every other preset; the rare ones not listed', () => {
    const { models } = formOf({ models: ['convolution', { preset: 'rednet', parameters: { depth: 38 } }] });
    expect(models.map(({ source, isChosen }) => ['preset' in source && source.preset, isChosen])).toEqual([
      ['convolution', true],
      ['rednet', true],
      ...Object.keys(presets)
        .filter((id) => id !== 'convolution' && id !== 'rednet')
        .map((id) => [id, false]),
    ]);
    const listed = models
      .filter(({ isListed }) => isListed)
      .map(({ source }) => 'preset' in source && source.preset);
    expect(listed).toEqual(['convolution', 'rednet', 'involution']);
  });

  it('say what a model holds and costs on the data', () => {
    const { involution, convolution } = Object.fromEntries(
      formOf({}).models.flatMap((model) =>
        'preset' in model.source ? [[model.source.preset, modelAnswer(model, small).facts]] : [],
      ),
    );
    // The example's own numbers, as Keras prints them.
    expect([involution!.footprint!.parameters, convolution!.footprint!.parameters]).toEqual([
      13_074, 319_178,
    ]);
    const [card] = formOf({}).models;
    expect(modelAnswer(card!, null).facts).toEqual({ title: 'Involution', footprint: null, problem: null });
  });

  it('ask only for what differs from the preset', () => {
    const [card] = formOf({ models: ['rednet'] }).models;
    expect(modelAnswer(card!, small).request).toBe('rednet');
    const changed = typed(card!, { depth: '38', kernelSize: '7' });
    expect(modelAnswer(changed, small).request).toEqual({ preset: 'rednet', parameters: { depth: 38 } });
    expect(modelAnswer(changed, small).facts!.title).toBe('RedNet (depth 38)');
    expect(modelAnswer(typed(card!, { kernelSize: ' ' }), small).request).toBe('rednet');
  });

  it('say what is wrong with a parameter, and then nothing is trained', () => {
    const form = formOf({ models: ['rednet'] });
    const [card, ...rest] = form.models;
    const wrong = typed(card!, { kernelSize: '2.5', reductionRatio: 'much' });
    const { problems } = modelAnswer(wrong, small);
    expect(problems).toEqual({ kernelSize: { kind: 'integer' }, reductionRatio: { kind: 'number' } });
    expect(modelAnswer(typed(card!, { kernelSize: '99' }), small).problems).toEqual({
      kernelSize: { kind: 'max', limit: 31 },
    });
    expect(specOf({ ...form, models: [wrong, ...rest] }, small)).toMatchObject({ spec: null, problems: {} });
  });

  it('say why a network can not be built for the data', () => {
    const [card] = formOf({ models: [{ preset: 'involution', parameters: { groups: 2 } }] }).models;
    const { request, problems, facts } = modelAnswer(card!, small);
    expect(request).toBeNull();
    expect(problems['']).toMatchObject({ kind: 'other' });
    expect(textOf(facts!.problem!)).toMatch(/groups must be a divisor of its input's 3 channels, but is 2/);
    expect(modelAnswer(card!, null).request).toEqual({ preset: 'involution', parameters: { groups: 2 } });
  });

  it('multiply: a variant is chosen, open, and can be removed; one of each preset stays', () => {
    const { models } = formOf({});
    const [first] = models;
    expect(isRemovable(models, first!)).toBe(false);
    const two = withVariant(models, first!);
    expect(two[1]).toMatchObject({ source: first!.source, isChosen: true, isOpen: true });
    const three = withVariant(two, first!);
    expect(new Set(three.map(({ key }) => key)).size).toBe(three.length);
    const again = withVariant(
      three.filter((model) => model !== three[2]),
      first!,
    );
    expect(new Set(again.map(({ key }) => key)).size).toBe(again.length);
    expect(three.slice(0, 3).every((model) => isRemovable(three, model))).toBe(true);
  });

  it('are trained in their order, up to twelve', () => {
    const twelve = Array.from({ length: 12 }, () => 'involution');
    const form = formOf({ models: twelve });
    expect(specOf(form, small).spec!.models).toEqual(twelve);
    const [first] = form.models;
    const { spec, problems } = specOf({ ...form, models: withVariant(form.models, first!) }, small);
    expect(spec).toBeNull();
    expect(problems.models).toBeDefined();
  });

  it('are of a preset that was just added, too, with its parameters', () =>
    withThrowAway(async () => {
      const card = formOf({}).models.find(({ key }) => key === throwAway.id)!;
      expect(card).toMatchObject({ isChosen: false, text: { units: '5', activation: 'relu', bias: 'true' } });
      expect(cardParameters(card)).toEqual(parametersOf(throwAway));
      const { request, facts } = modelAnswer(typed(card, { units: '2', bias: 'false' }), small);
      expect(request).toEqual({ preset: 'throw-away', parameters: { units: 2, bias: false } });
      expect(facts!.title).toBe('Throw-away (units 2, bias false)');
      expect(facts!.footprint!.parameters).toBe(3072 * 2 + 20 + 10);
      expect(modelAnswer(typed(card, { units: '100' }), small).problems).toEqual({
        units: { kind: 'max', limit: 99 },
      });
    }));

  it('keep a network that no preset made', () => {
    const { network } = expandModels(['convolution'])[0]!;
    const form = formOf({ models: [{ network, title: 'mine' }] });
    const [own] = form.models;
    expect(cardParameters(own!)).toEqual([]);
    expect(modelAnswer(own!, small).facts!.title).toBe('mine');
    expect(isRemovable(form.models, own!)).toBe(true);
    expect(specOf(form, small).spec!.models).toEqual([{ network, title: 'mine' }]);
    expect(cards(form).size).toBe(1 + Object.keys(presets).length);
  });
});
