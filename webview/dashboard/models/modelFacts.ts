import type { Images } from '../../../src/core/data/images';
import { type Footprint, footprint } from '../../../src/core/network/footprint';
import { expandModels, type ModelRequestInput, type ModelSpec } from '../../../src/core/network/model';
import { wordsOf } from '../../../src/core/wordedError';
import type { Words } from '../../../src/core/words';

/** What a card says of its model. */
export interface ModelFacts {
  readonly title: string;
  /** Null where the data is not known yet, or the network can't be built for it. */
  readonly footprint: Footprint | null;
  /** Why it can't. */
  readonly problem: Words | null;
}

/** A network of hundreds of layers takes milliseconds, and a form asks at every key. */
const known = new Map<string, ModelFacts>();
const mostKnown = 200;

/** What is told before anything is built; `images` is null where the data is not known yet. */
export function modelFacts(request: ModelRequestInput, images: Images | null): ModelFacts {
  const key = JSON.stringify([request, images]);
  const facts = known.get(key) ?? lookUp(request, images);
  if (known.size >= mostKnown) known.clear();
  known.set(key, facts);
  return facts;
}

function lookUp(request: ModelRequestInput, images: Images | null): ModelFacts {
  const nothing = { title: '', footprint: null, problem: null };
  try {
    // The schema has made a network of what a remembered form says, where it is one.
    const [{ title, network }] = expandModels([request as never]) as [ModelSpec];
    if (!images) return { ...nothing, title };
    try {
      return { ...nothing, title, footprint: footprint(network, images.shape, images.classes) };
    } catch (error) {
      return { ...nothing, title, problem: said(error) };
    }
  } catch (error) {
    return { ...nothing, problem: said(error) };
  }
}

function said(error: unknown): Words {
  const words = wordsOf(error);
  if (!words) throw error;
  return words;
}
