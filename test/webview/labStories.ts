import type { LabHost } from '../../src/protocol/lab';
import type { Story } from './dashboardStories';

export function labStory(name: string): Story<LabHost> {
  throw new Error(`No story "lab: ${name}".`);
}
