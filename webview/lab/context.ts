import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { LabSection, LabSubject, RunCard, TourStep } from '../../src/protocol/lab';
import type { LookOf } from '../shared/chart/palette';
import type { MenuItem } from '../shared/Menu';
import type { Options } from './options';

/** What every section of the panel works with. */
export interface LabContext {
  readonly subject: LabSubject;
  /** The runs on show, first one first; and all runs there are. */
  readonly shown: readonly RunCard[];
  readonly all: readonly RunCard[];
  /** How each model of the runs on show is drawn: the same in every section. */
  readonly lookOf: LookOf;
  readonly options: Options;
  setOptions(change: Partial<Options>): void;
  setImages(images: string[]): void;
  /** Counts how often the data of runs was chosen anew: part of the key of whatever is drawn from it. */
  readonly dataVersion: number;
  refreshData(): void;
  /** The steps of the tour that were answered. */
  readonly learned: readonly TourStep[];
  setLearned(learned: readonly TourStep[]): void;
  /** Says what the host would not do. */
  setRefusal(reason: string): void;
  /** What a section puts under "Export". */
  offer(section: LabSection, items: readonly MenuItem[]): void;
}

const Context = createContext<LabContext | null>(null);
export const LabProvider = Context.Provider;

export function useLab(): LabContext {
  const lab = useContext(Context);
  if (!lab) throw new Error('A section was drawn outside the lab.');
  return lab;
}

/** Offers these exports while the section has something to export; `items` must be the same object while nothing changed. */
export function useExports(section: LabSection, items: readonly MenuItem[]): void {
  const { offer } = useLab();
  useEffect(() => {
    offer(section, items);
    return () => offer(section, []);
  }, [offer, section, items]);
}
