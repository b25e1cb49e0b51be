import * as vscode from 'vscode';
import { plainLines, plainText } from './plainText';
import type { Cure } from './problem';

/**
 * Everything that is told to a person, or asked, outside the views goes through here (a test sees to it): the words may
 * hold names and messages from outside, and VS Code would make links of parts of them.
 */

export type Severity = 'info' | 'warning' | 'error';

/** A notification with buttons. Resolves when one was chosen, and done with, or the notification is gone. */
export async function offer(severity: Severity, message: string, cures: readonly Cure[] = []): Promise<void> {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[severity];
  const chosen = await show(plainText(message), ...cures.map((cure) => cure.title));
  await cures.find((cure) => cure.title === chosen)?.run();
}

/** A question that must be answered before anything else. */
export async function confirm(question: string, detail: string, yes: string): Promise<void> {
  const options = { modal: true, detail: plainLines(detail) };
  const answer = await vscode.window.showWarningMessage(plainText(question), options, yes);
  if (answer !== yes) throw new vscode.CancellationError();
}

/** Icons of ours go into `icon`: in the texts there are none. */
export interface Choice {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly icon?: string;
  readonly picked?: boolean;
}

export interface Question {
  readonly title: string;
  readonly placeHolder?: string;
  readonly ignoreFocusOut?: boolean;
}

/** One of these. Throws a CancellationError when the picker is dismissed. */
export async function pickOne<T extends Choice>(
  choices: readonly T[] | Promise<readonly T[]>,
  question: Question,
): Promise<T> {
  const items = Promise.resolve(choices).then((all) => all.map(item));
  const chosen = await vscode.window.showQuickPick(items, optionsOf(question));
  if (!chosen) throw new vscode.CancellationError();
  return chosen.choice;
}

/** At least one of these. Throws a CancellationError when the picker is dismissed, or nothing is picked. */
export async function pickSeveral<T extends Choice>(choices: readonly T[], question: Question): Promise<T[]> {
  const items = choices.map(item);
  const chosen = await vscode.window.showQuickPick(items, { ...optionsOf(question), canPickMany: true });
  if (!chosen?.length) throw new vscode.CancellationError();
  return chosen.map(({ choice }) => choice);
}

export interface TextQuestion {
  readonly title: string;
  readonly prompt?: string;
  readonly value: string;
  /** What is wrong with an answer. */
  readonly problemOf: (text: string) => string | undefined;
  readonly ignoreFocusOut?: boolean;
}

/** A line of text. Throws a CancellationError when the question is dismissed. */
export async function askText({
  title,
  prompt,
  value,
  problemOf,
  ignoreFocusOut,
}: TextQuestion): Promise<string> {
  const answer = await vscode.window.showInputBox({
    title: plainText(title),
    prompt: prompt && plainText(prompt),
    value,
    validateInput: (text) => {
      const problem = problemOf(text);
      return problem && plainText(problem);
    },
    ignoreFocusOut,
  });
  if (answer === undefined) throw new vscode.CancellationError();
  return answer;
}

type Item<T> = vscode.QuickPickItem & { readonly choice: T };

function item<T extends Choice>(choice: T): Item<T> {
  const { label, description, detail, icon, picked } = choice;
  return {
    label: icon ? `$(${icon}) ${plainText(label)}` : plainText(label),
    description: description && plainText(description),
    detail: detail && plainText(detail),
    picked,
    choice,
  };
}

function optionsOf({ title, placeHolder, ignoreFocusOut }: Question): vscode.QuickPickOptions {
  return {
    title: plainText(title),
    placeHolder: placeHolder && plainText(placeHolder),
    matchOnDescription: true,
    ignoreFocusOut,
  };
}
