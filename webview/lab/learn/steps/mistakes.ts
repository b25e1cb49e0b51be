import * as l10n from '@vscode/l10n';
import { integer } from '../../../shared/format';
import type { Step } from '../step';

export const mistakes: Step = {
  id: 'mistakes',
  title: l10n.t('What it is worth'),
  paragraphs: [
    l10n.t(
      'Kernels that follow the image cost few parameters, but whether they help is decided on images that the network has not seen. The confusion matrix counts them: rows are true classes, columns are what the network said. On the diagonal it was right.',
    ),
    l10n.t(
      'A mistake that comes often tells what the kernels do not tell apart. Look at its images under Evaluation, and at their kernels under Kernels.',
    ),
  ],
  learned: l10n.t('The confusion matrix tells which classes a network does not tell apart.'),
  points: 'cell',
  ask({ classes, confusion }) {
    const counts = confusion.map((row, label) => row.map((count, said) => (said === label ? 0 : count)));
    const most = Math.max(...counts.flat());
    if (most === 0)
      return {
        otherwise: l10n.t('This network makes no mistake on the validation images. Choose another model.'),
      };
    if (counts.every((row, label) => row.every((count, said) => said === label || count === most)))
      return {
        otherwise: l10n.t('Each mistake of this network comes as often as any other. Choose another model.'),
      };
    return {
      text: l10n.t('Point at the most frequent mistake: the largest number off the diagonal.'),
      check({ label, predicted }) {
        const pair = [classes[label]!, classes[predicted]!];
        if (label === predicted)
          return {
            right: false,
            why: l10n.t('That is the diagonal: {0} was taken for what it is.', classes[label]!),
          };
        const count = counts[label]![predicted]!;
        const facts = [...pair, integer(count)];
        return count === most
          ? { right: true, why: l10n.t('{0} taken for {1}: {2} times, and no other more often.', ...facts) }
          : {
              right: false,
              why: l10n.t(
                '{0} taken for {1}: {2} times. Another one came {3} times.',
                ...facts,
                integer(most),
              ),
            };
      },
    };
  },
};
