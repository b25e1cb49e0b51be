import '../shared/l10n';
// The styles are one sheet: what is loaded later finds its own there.
import '../shared/base.css';
import '../shared/diagram/diagram.css';
import './lab.css';
import '../shared/chart/plot.css';
import './charts/charts.css';
import './data/data.css';
import './evaluation/evaluation.css';
import './evaluation/standings.css';
import './kernels/kernels.css';
import './kernels/inspector/inspector.css';
import './learn/learn.css';
import './models/models.css';
import { render } from 'preact';
import { Lab } from './Lab';

render(<Lab />, document.getElementById('root')!);
