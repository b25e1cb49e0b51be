import { type BirpcReturn, createBirpc } from 'birpc';
import type * as vscode from 'vscode';
import {
  type Calls,
  eventNames,
  type FunctionsOf,
  guarded,
  type HearersOf,
  type News,
} from '../../protocol/calls';
import { waysOf, wireFormat } from '../../protocol/wire';
import { describeError, isCancellation, loggedError } from '../problem';

/**
 * Serves `functions` to a webview. Nothing that comes from it is believed: only what is in the table `calls` can be called,
 * and only with arguments that fit. Errors are logged here and told there. Nobody waits for its `news`: a page that was
 * reloaded or hidden never answers.
 */
export function serveWebview<Host extends Calls, View extends Readonly<Record<string, News>>>(
  webview: vscode.Webview,
  { calls, news }: { readonly calls: Host; readonly news: View },
  functions: FunctionsOf<Host>,
  log: vscode.LogOutputChannel,
): vscode.Disposable & { readonly view: BirpcReturn<HearersOf<View>, FunctionsOf<Host>> } {
  let subscription: vscode.Disposable | undefined;
  const view = createBirpc<HearersOf<View>, FunctionsOf<Host>>(functions, {
    ...wireFormat,
    post: (message) => webview.postMessage(message),
    on: (listener) => {
      subscription = webview.onDidReceiveMessage(listener);
    },
    off: () => subscription?.dispose(),
    bind: 'functions',
    eventNames: eventNames(news),
    resolver: (name) => {
      const call = guarded(functions, calls, name, 'webview');
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
      if (!isCancellation(error)) log.error(`${name}: ${loggedError(error)}`);
      return false;
    },
    onGeneralError: (error) => {
      log.error(loggedError(error));
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
