export interface Fault {
  readonly below: string;
  readonly at?: number;
  readonly kind?: 'kill' | 'torn' | 'full' | 'fault';
  readonly refusedFolderSync?: string;
}
export function arm(fault: Fault): void;
export function disarm(): string[];
