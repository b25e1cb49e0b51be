import '../shared/l10n';
import '../shared/base.css';
import './dashboard.css';
import '../shared/chart/plot.css';
import './models/models.css';
import { render } from 'preact';
import { Dashboard } from './Dashboard';

render(<Dashboard />, document.getElementById('root')!);
