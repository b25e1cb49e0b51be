import { createBirpc } from 'birpc';
import { wireFormat } from '../../src/protocol/wire';
import { dashboardStory } from './dashboardStories';
import { diagramStory } from './diagramStories';
import { labStory } from './labStories';

/**
 * Plays VS Code and the extension inside the page: `acquireVsCodeApi`, and a host at the other end of it that tells the
 * story named in a meta element ("dashboard: running", "lab: charts").
 */
const stories = { dashboard: dashboardStory, lab: labStory, diagram: diagramStory };
const story = document.querySelector<HTMLMetaElement>('meta#story')!.dataset.contents!;
const [webview, name] = story.split(': ') as [keyof typeof stories, string];

let receive: (message: unknown) => void = () => {};
let state: unknown;
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy = structuredClone(message);
      setTimeout(() => receive(copy));
    },
    getState: () => state,
    setState: (next: unknown) => {
      state = structuredClone(next);
    },
  }),
});

const functions: object = stories[webview](name);
// For tests: the calls that the webview made, and a way to tell it something unasked.
const calls: { name: string; args: unknown[] }[] = [];
const recorded = Object.fromEntries(
  Object.entries(functions).map(([name, answer]) => [
    name,
    (...args: never[]) => {
      calls.push({ name, args });
      return (answer as (...args: never[]) => unknown)(...args);
    },
  ]),
);
const view = createBirpc<Record<string, (...args: unknown[]) => void>>(recorded, {
  ...wireFormat,
  post: (message) => window.postMessage(message, window.origin),
  on: (listener) => {
    receive = listener;
  },
  timeout: -1,
});

/** Milliseconds between the frames of the next `duration` milliseconds. */
function recordFrames(duration: number): Promise<number[]> {
  return new Promise((resolve) => {
    const intervals: number[] = [];
    const begin = performance.now();
    let last = begin;
    const frame = (now: number) => {
      intervals.push(now - last);
      last = now;
      if (now - begin < duration) requestAnimationFrame(frame);
      else resolve(intervals.slice(1));
    };
    requestAnimationFrame(frame);
  });
}

Object.assign(window, {
  calls,
  recordFrames,
  tell: (name: string, ...args: unknown[]) => view.$callEvent(name, ...args),
});
