import '../shared/l10n';
