import { type BirpcReturn, createBirpc } from 'birpc';
import type * as vscode from 'vscode';
import { type ArgumentSchemas, guarded } from '../../protocol/requests';
import { waysOf, wireFormat } from '../../protocol/wire';
import { describeError, isCancellation } from '../problem';

/**
 * Serves `functions` to a webview. Nothing that comes from it is believed: only functions with a schema can be called, and
 * only with arguments that fit it. Errors are logged here and told there.
 * What the host calls on the view are events (`eventNames`): a page that was reloaded or hidden never answers.
 */
export function serveWebview<Host extends object, View extends object>(
  webview: vscode.Webview,
  functions: Host,
  schemas: ArgumentSchemas<Host>,
  eventNames: (keyof View & string)[],
  log: vscode.LogOutputChannel,
): vscode.Disposable & { readonly view: BirpcReturn<View, Host> } {
  let subscription: vscode.Disposable | undefined;
  const view = createBirpc<View, Host>(functions, {
    ...wireFormat,
    post: (message) => webview.postMessage(message),
    on: (listener) => {
      subscription = webview.onDidReceiveMessage(listener);
    },
    off: () => subscription?.dispose(),
    bind: 'functions',
    eventNames,
    resolver: (name) => {
      const call = guarded(functions, schemas, name, 'webview');
      return (
        call &&
        (async (...args: unknown[]) => {
          try {
            return await call(...args);
          } catch (error) {
            throw forWebview(error);
          }
        })
      );
    },
    onFunctionError: (error, name) => {
      if (!isCancellation(error)) log.error(`${name}:`, error);
      return false;
    },
    onGeneralError: (error) => {
      log.error(error);
      return true;
    },
  });
  return { view, dispose: () => view.$close() };
}

/** The same error with the words for people, and what would help; the stack stays that of the cause. */
function forWebview(error: unknown): Error {
  const { name, stack } = error instanceof Error ? error : new Error(String(error));
  return Object.assign(new Error(describeError(error)), { name, stack, ways: waysOf(error) });
}
