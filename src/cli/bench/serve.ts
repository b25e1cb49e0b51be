import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dispose, grads, randomUniform, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { involution, type Tensor6D } from '../../core/involution/operator';
import { buildNetwork } from '../../core/network/build';
import { Random } from '../../core/random';
import type { EngineName } from '../../core/runs/spec';
import { Steps } from '../../core/training/step';
import { Trainee } from '../../core/training/trainee';
import { startEngine } from '../../engines/select';
import {
  type Measurement,
  type Memory,
  type OperatorSubject,
  type Ready,
  type StepSubject,
  type Subject,
  stepShape,
} from './subject';

const WARM_UP_MS = 1500;

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
  const step = subject.kind === 'step' ? trainingSteps(subject) : operatorSteps(subject);
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
  for (;;) {
    const seconds = await timed(() => step(true));
    if (performance.now() >= end) return seconds;
  }
}

/** As the trainer does them: bytes to the engine, forward, gradients, Adam; losses are not read but at the end. */
export function trainingSteps({ model, network, batch }: StepSubject): Step {
  const random = new Random(1);
  const [height, width, channels] = stepShape.inputShape;
  const trainee = new Trainee(model, buildNetwork(network, stepShape), { kind: 'adam' });
  const images = Uint8Array.from({ length: batch * height * width * channels }, () => random.below(256));
  const labels = Uint8Array.from({ length: batch }, () => random.below(stepShape.classes));
  const steps = new Steps(trainee.network, trainee.optimizer, { imageShape: stepShape.inputShape });
  let step = 0;
  return async (wait) => {
    step++;
    const result = steps.train({ images, labels, count: batch }, step, 1e-3);
    if (wait) await result.loss.data();
    dispose([result.loss, result.correct]);
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
