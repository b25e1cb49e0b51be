import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import {
  dispose,
  grads,
  mul,
  randomUniform,
  type Scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { involution, type Tensor6D } from '../../core/involution/operator';
import { PlannedFunction } from '../../core/plan/planned';
import { Random } from '../../core/random';
import type { EngineName } from '../../core/runs/spec';
import { normalizePixels } from '../../core/training/pixels';
import { Steps } from '../../core/training/step';
import { Trainee } from '../../core/training/trainee';
import { startEngine } from '../../engines/select';
import type {
  LayerSubject,
  Measurement,
  Memory,
  NetworkSubject,
  OperatorSubject,
  Ready,
  Subject,
} from './subject';
import { subjectModel } from './subjectModel';

const WARM_UP_MS = 1500;
/** A plan is recorded twice, and what it fuses is compiled when it is replayed first. */
const LEAST_WARM_UP_STEPS = 4;

/** The process that makes what peers compare with, of the subject that it is told. */
export async function serveReference(folder: string): Promise<void> {
  const subject = JSON.parse(await text(process.stdin)) as NetworkSubject | LayerSubject;
  const engine = await startEngine('wasm');
  const { writeReference } = await import('./reference');
  answer({ parameters: await writeReference(subject, folder) });
  await engine.dispose();
}

/** Does one step; resolves when everything up to it has been computed, where `wait` says so. */
type Step = (wait: boolean) => Promise<void>;

/** The process of a contestant: is told its subject, warms up, then measures whenever its standard input asks for it. */
export async function serveContestant(engineName: EngineName): Promise<void> {
  const input = createInterface(process.stdin);
  try {
    await serve(engineName, input[Symbol.asyncIterator]());
  } finally {
    // Open, it would keep the process from ending.
    input.close();
  }
}

async function serve(engineName: EngineName, lines: AsyncIterator<string>): Promise<void> {
  const subject = JSON.parse((await lines.next()).value) as Subject;
  const engine = await startEngine(engineName);
  const step = stepsOf(subject);
  const before = residentMB();
  forgetPeak();
  let estimate = await warmUp(step);
  answer<Ready>({ device: engine.device, name: engine.name });
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const { seconds, end } = JSON.parse(line.value) as { seconds?: number; end?: boolean };
    if (end) break;
    const steps = Math.max(1, Math.round(seconds! / estimate));
    const taken = await timed(async () => {
      for (let i = 1; i <= steps; i++) await step(i === steps);
    });
    estimate = taken / steps;
    answer<Measurement>({ steps, seconds: taken });
  }
  const peakMemoryMB = peakMB();
  answer<Memory>({ peakMemoryMB, workingMemoryMB: peakMemoryMB - before });
  await engine.dispose();
}

/** V8 compiles what is hot while it runs, for tens of steps. Gives the seconds of the last step. */
async function warmUp(step: Step): Promise<number> {
  const end = performance.now() + WARM_UP_MS;
  for (let done = 1; ; done++) {
    const seconds = await timed(() => step(true));
    if (done >= LEAST_WARM_UP_STEPS && performance.now() >= end) return seconds;
  }
}

export function stepsOf(subject: Subject): Step {
  if ('model' in subject)
    return subject.kind === 'training' ? trainingSteps(subject) : inferenceSteps(subject);
  return subject.kind === 'layer' ? layerSteps(subject) : operatorSteps(subject);
}

/** As the trainer does them: bytes to the engine, forward, gradients, Adam; losses are not read but at the end. */
function trainingSteps(subject: NetworkSubject): Step {
  const { model, batch, inputShape } = subject;
  const trainee = new Trainee(model, subjectModel(subject), { kind: 'adam' });
  const { images, labels } = batchOf(subject);
  const steps = new Steps(trainee.network, trainee.optimizer, { imageShape: inputShape });
  let step = 0;
  return async (wait) => {
    step++;
    const result = steps.train({ images, labels, count: batch }, step, 1e-3);
    if (wait) await result.loss.data();
    dispose([result.loss, result.correct]);
  };
}

/** As validation does them: bytes to the engine, forward by a plan; logits are not read but at the end. */
function inferenceSteps(subject: NetworkSubject): Step {
  const network = subjectModel(subject);
  const { images } = batchOf(subject);
  const forward = new PlannedFunction(([pixels]) => [
    network.apply(pixels!, { training: false, kernels: false }) as Tensor,
  ]);
  return async (wait) => {
    const [logits] = tidy(() => {
      const pixels = normalizePixels(images, [subject.batch, ...subject.inputShape]);
      return forward.run([pixels], 0);
    });
    if (wait) await logits!.data();
    dispose(logits!);
  };
}

function batchOf({ batch, inputShape, classes }: NetworkSubject) {
  const random = new Random(1);
  const size = inputShape.reduce((product, side) => product * side);
  return {
    images: Uint8Array.from({ length: batch * size }, () => random.below(256)),
    labels: Uint8Array.from({ length: batch }, () => random.below(classes)),
  };
}

/** Forward, and the gradients of the image and of all weights, by a plan as in training. */
function layerSteps(subject: LayerSubject): Step {
  const { batch, size, channels } = subject;
  const layer = subjectModel(subject);
  const image = [batch, size, size, channels];
  const x = variable(randomUniform(image, -1, 1, 'float32', 1));
  const dy = randomUniform(image, -1, 1, 'float32', 2);
  const variables = [x, ...layer.trainableWeights.map((weight) => weight.read() as Variable)];
  const differentiate = new PlannedFunction(([dy]) => {
    // dy arrives at the layer's output as the gradient of their product.
    const product = () => sum(mul(layer.apply(x, { training: true, kernels: false }) as Tensor, dy!));
    const { value, grads } = variableGrads(product as () => Scalar, variables);
    return [value, ...variables.map(({ name }) => grads[name]!)];
  });
  return async (wait) => {
    const results = tidy(() => differentiate.run([dy], 0));
    if (wait) await Promise.all(results.map((result) => result.data()));
    dispose(results);
  };
}

function operatorSteps({ batch, size, channels, kernelSize, groups }: OperatorSubject): Step {
  const image = [batch, size, size, channels];
  const x = randomUniform(image, -1, 1, 'float32', 1);
  const kernel = randomUniform([batch, size, size, kernelSize ** 2, 1, groups], -1, 1, 'float32', 2);
  const dy = randomUniform(image, -1, 1, 'float32', 3);
  const differentiate = grads((x: Tensor, kernel: Tensor) =>
    involution(x as Tensor4D, kernel as Tensor6D, { groupLayout: 'contiguous' }),
  );
  return async (wait) => {
    const gradients = tidy(() => differentiate([x, kernel], dy));
    // An engine works in the order in which it is told to: when it can give one, it has computed both.
    if (wait) await gradients[0]!.data();
    dispose(gradients);
  };
}

function answer<Answer>(content: Answer): void {
  console.log(JSON.stringify(content));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

const residentMB = () => process.memoryUsage.rss() / 1e6;

/** Linux can forget the peak so far, which came from starting up; elsewhere it stays in the figure. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peakMB(): number {
  if (process.platform !== 'linux') return (process.resourceUsage().maxRSS * 1024) / 1e6;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return (Number(kilobytes) * 1024) / 1e6;
}
