import * as l10n from '@vscode/l10n';
import { messageOf } from '../shared/request';
import { Button } from '../shared/toolkit';
import { useLab } from './context';
import { host } from './link';

/** What helps when a run's data was refused, as buttons: whatever is drawn from it is asked for anew then. */
export function DataWays({ run, ways }: { run: string; ways: readonly string[] }) {
  const { refreshData, setRefusal } = useLab();
  const take = (way: () => Promise<boolean>) => {
    setRefusal('');
    way().then(
      (taken) => taken && refreshData(),
      (error: unknown) => setRefusal(messageOf(error)),
    );
  };
  return (
    <>
      {ways.includes('folder') && (
        <Button onClick={() => take(() => host.chooseDataFolder(run))}>{l10n.t('Choose Folder…')}</Button>
      )}
      {ways.includes('anyway') && (
        <Button onClick={() => take(() => host.useDataAnyway(run).then(() => true))}>
          {l10n.t('Use Anyway')}
        </Button>
      )}
    </>
  );
}

/** That these are other images than the run began with; nothing when they are the same. */
export function DataChange({ change }: { change: string | null }) {
  if (change === null) return null;
  return (
    <p role="status">
      {l10n.t(
        'These are not the images that the run was validated with, and the networks may have learned some of them: {0}.',
        change,
      )}
    </p>
  );
}
