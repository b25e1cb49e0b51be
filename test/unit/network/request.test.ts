import { describe, expect, it } from 'vitest';
import { expandModels, type ModelRequestInput } from '../../../src/core/network/model';
import { requestOf, shortRequest, shortRequests } from '../../../src/core/network/request';
import { titleParts } from '../../../src/core/network/titles';

const [made] = expandModels([{ preset: 'involution', parameters: { kernelSize: 7 } }]);
const { network } = made!;

describe('a model that was asked for before', () => {
  it('is its preset with parameters, in whatever form it was kept', () => {
    const wanted = { preset: 'involution', parameters: { kernelSize: 7 } };
    expect(requestOf(wanted)).toEqual(wanted);
    expect(requestOf(made as ModelRequestInput)).toEqual(wanted);
    expect(requestOf('involution')).toEqual({ preset: 'involution', parameters: {} });
  });

  it('is its network where no preset made it, or one that is not known here', () => {
    const own = { network, title: 'mine' };
    expect(requestOf(own)).toBe(own);
    const foreign = { network, origin: { preset: 'transformer', parameters: {} } };
    expect(requestOf(foreign)).toBe(foreign);
  });

  it('is left out where nothing is known of it', () => {
    expect(requestOf('transformer')).toBeNull();
    expect(requestOf({ preset: 'toString' })).toBeNull();
    expect(shortRequests(['transformer', 'convolution'])).toEqual(['convolution']);
  });

  it('is written down as shortly as it can be', () => {
    expect(shortRequest({ preset: 'involution', parameters: {} })).toBe('involution');
    expect(shortRequests([made as ModelRequestInput])).toEqual([
      { preset: 'involution', parameters: { kernelSize: 7 } },
    ]);
  });
});

describe('the models of a run', () => {
  it('have titles of their own, as they have ids', () => {
    const models = expandModels(['involution', 'convolution', 'involution', 'involution']);
    expect(models.map(({ id, title }) => [id, title])).toEqual([
      ['involution', 'Involution'],
      ['convolution', 'Convolution'],
      ['involution-2', 'Involution 2'],
      ['involution-3', 'Involution 3'],
    ]);
    // What was written down is read as it is.
    expect(expandModels(models).map(({ title }) => title)).toEqual(models.map(({ title }) => title));
  });
});

describe('a title', () => {
  it('is the preset’s own and what differs from it', () => {
    expect(titleParts('RedNet (depth 26, width 0.5)')).toEqual(['RedNet', ' (depth 26, width 0.5)']);
    expect(titleParts('Involution')).toEqual(['Involution', '']);
    expect(titleParts('')).toEqual(['', '']);
  });
});
