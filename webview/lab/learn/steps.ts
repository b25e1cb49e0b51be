import type { Step } from './step';
import { attention } from './steps/attention';
import { epochs } from './steps/epochs';
import { mistakes } from './steps/mistakes';
import { neighbour } from './steps/neighbour';
import { pixel } from './steps/pixel';
import { positions } from './steps/positions';

/** In the order of the tour. */
export const steps: readonly Step[] = [epochs, positions, pixel, neighbour, attention, mistakes];
