import type { DiagramHost, DiagramView } from '../../src/protocol/diagramCalls';
import { connect } from '../shared/rpc';

export const { host, listen } = connect<DiagramHost, DiagramView>();
