import '../shared/l10n';
import '../shared/base.css';
import '../shared/diagram/diagram.css';
import './page.css';
import { render } from 'preact';
import { DiagramPage } from './DiagramPage';

render(<DiagramPage />, document.getElementById('root')!);
