export { scratch } from './scratch';
export { adamStep } from './adam';
