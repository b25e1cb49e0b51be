import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { choice, flag, integer } from '../../../src/core/network/fields';
import { allowedText, type Parameter, parametersOf, valueOfText } from '../../../src/core/network/parameters';
import { presets } from '../../../src/core/network/presets/presets';

const parameters = v.strictObject({
  depth: v.optional(
    v.pipe(v.picklist([26, 38]), v.title('Depth'), v.description('How many layers have weights.')),
    26,
  ),
  width: v.optional(v.pipe(v.number(), v.minValue(0.25), v.title('Width')), 1),
  blocks: v.optional(integer('Blocks', 'In each stage.', 1, 64), 4),
  stem: v.optional(choice('Stem', 'What begins it.', ['cifar', 'imagenet']), 'cifar'),
  bias: v.optional(flag('Bias', 'A learned number each.'), false),
  channels: v.optional(integer('Channels', 'What is reduced.', 1, 512)),
  label: v.pipe(v.optional(v.string(), ''), v.title('Label')),
});
const described = parametersOf({ parameters });
const named = (name: string) => described.find((each) => each.name === name) as Parameter;

describe('the parameters of a preset', () => {
  it('are what its schema says, in its order', () => {
    expect(described).toEqual([
      {
        ...{ name: 'depth', title: 'Depth', description: 'How many layers have weights.' },
        ...{ type: 'choice', default: 26, choices: [26, 38] },
      },
      { name: 'width', title: 'Width', description: '', type: 'number', default: 1, minimum: 0.25 },
      {
        ...{ name: 'blocks', title: 'Blocks', description: 'In each stage.' },
        ...{ type: 'integer', default: 4, minimum: 1, maximum: 64 },
      },
      {
        ...{ name: 'stem', title: 'Stem', description: 'What begins it.' },
        ...{ type: 'choice', default: 'cifar', choices: ['cifar', 'imagenet'] },
      },
      {
        ...{ name: 'bias', title: 'Bias', description: 'A learned number each.' },
        ...{ type: 'boolean', default: false },
      },
      {
        ...{ name: 'channels', title: 'Channels', description: 'What is reduced.' },
        ...{ type: 'integer', default: null, minimum: 1, maximum: 512 },
      },
      { name: 'label', title: 'Label', description: '', type: 'text', default: '' },
    ]);
  });

  it('are still seen where the preset checks them together', () => {
    const checked = v.pipe(
      parameters,
      v.check(({ blocks, width }) => blocks * width < 100, 'too large'),
    );
    expect(parametersOf({ parameters: checked })).toEqual(described);
  });

  it('can all be described, for every preset that there is', () => {
    for (const preset of Object.values(presets))
      for (const parameter of parametersOf(preset)) {
        expect(parameter.title, `${preset.id} ${parameter.name}`).not.toBe(parameter.name);
        expect(parameter.description).not.toBe('');
      }
  });

  it('say what is allowed', () => {
    expect(described.map(allowedText)).toEqual([
      'one of 26, 38',
      'a number of at least 0.25',
      'an integer from 1 to 64',
      'one of cifar, imagenet',
      'true or false',
      'an integer from 1 to 512',
      'a text',
    ]);
  });

  it.each([
    ['depth', '38', 38],
    ['depth', '27', undefined],
    ['width', ' 0.5 ', 0.5],
    ['width', '', undefined],
    ['width', 'Infinity', undefined],
    ['blocks', '1e1', 10],
    ['stem', 'imagenet', 'imagenet'],
    ['bias', 'true', true],
    ['bias', 'yes', undefined],
    ['bias', 'constructor', undefined],
    ['label', ' a b ', 'a b'],
  ])('%s=%j is %j', (name, text, value) => {
    expect(valueOfText(named(name), text)).toBe(value);
  });

  it('refuses a schema that no form could be made of', () => {
    const odd = v.strictObject({ stages: v.array(v.number()) });
    expect(() => parametersOf({ parameters: odd })).toThrow('The parameter stages has the schema "array"');
  });
});
