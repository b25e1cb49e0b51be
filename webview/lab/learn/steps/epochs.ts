import * as l10n from '@vscode/l10n';
import { metric } from '../../../shared/format';
import type { Step } from '../step';

export const epochs: Step = {
  id: 'epochs',
  title: l10n.t('A run, epoch by epoch'),
  paragraphs: [
    l10n.t(
      'An epoch is one pass over the training images. After each, the network is tried on images that it never trains on: their share that it classifies correctly is the validation accuracy.',
    ),
    l10n.t(
      'Each bar is an epoch of your run. Training accuracy may go on rising while validation accuracy does not: what the network learns by then does not carry over to new images.',
    ),
  ],
  learned: l10n.t(
    'The validation accuracy tells how well a network does on images that it has not trained on.',
  ),
  points: 'epoch',
  ask({ epochs, accuracy }) {
    if (epochs.length < 2) return { otherwise: l10n.t('This needs a run of two epochs or more.') };
    const best = Math.max(...accuracy);
    if (accuracy.every((own) => own === best))
      return {
        otherwise: l10n.t(
          'After every epoch of this run the validation accuracy was {0}, so that any answer would be right. Choose another run or model, or train for more epochs.',
          metric(best),
        ),
      };
    return {
      text: l10n.t('Point at the epoch after which this network did best on new images.'),
      check(epoch) {
        const own = accuracy[epochs.indexOf(epoch)]!;
        return own === best
          ? { right: true, why: l10n.t('After epoch {0} it was {1}, and never higher.', epoch, metric(own)) }
          : {
              right: false,
              why: l10n.t(
                'After epoch {0} it was {1}; after another one it was {2}.',
                ...[epoch, metric(own), metric(best)],
              ),
            };
      },
    };
  },
};
