import '../shared/l10n';
import '../shared/base.css';
import './lab.css';
import { render } from 'preact';
import { Lab } from './Lab';

render(<Lab />, document.getElementById('root')!);
