import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { chooseGenerator } from '../../../src/core/involution/generators/chosenGenerator';
import { readArguments } from '../../../src/core/involution/layerArguments';
import { expandModels } from '../../../src/core/network/model';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { errorIn, messageIn } from '../../../src/core/wordedError';
import type { Translate } from '../../../src/core/words';

const chinese: Record<string, string> = JSON.parse(readFileSync('media/l10n/bundle.l10n.zh-cn.json', 'utf8'));
const inChinese: Translate = (template, ...filled) =>
  (chinese[template] ?? template).replaceAll(/\{(\d)\}/g, (_, place) => String(filled[Number(place)]));

const failure = (attempt: () => unknown): Error => {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
};

/** What no person can bring about, or what src/application says in words of its own (imageProblem.ts). */
const unsaid = [
  'kernels/trace.ts',
  'kernels/wholeTrace.ts',
  'network/convolutionLayer.ts',
  'network/ownLayers.ts',
  'network/parameters.ts',
];

/** Where errors get a text that can be said in one language only. */
function* bareErrors(file: ts.SourceFile): Generator<ts.Node> {
  const isBare = (args: readonly ts.Expression[] | undefined) =>
    args?.some((each) => ts.isStringLiteralLike(each) || ts.isTemplateExpression(each));
  function* look(node: ts.Node, isError: boolean): Generator<ts.Node> {
    if (
      ts.isNewExpression(node) &&
      /^(Usage|Worded|Range|Type)?Error$/.test(node.expression.getText()) &&
      isBare(node.arguments)
    )
      yield node;
    if (
      isError &&
      ts.isCallExpression(node) &&
      node.expression.getText() === 'super' &&
      isBare(node.arguments)
    )
      yield node;
    const within = ts.isClassDeclaration(node)
      ? /Error\b/.test(node.heritageClauses?.[0]?.getText() ?? '')
      : isError;
    for (const child of node.getChildren()) yield* look(child, within);
  }
  yield* look(file, false);
}

describe('what the core says is wrong', () => {
  it('can be said in another language, wherever in the core it is said', () => {
    const files = readdirSync('src/core', { recursive: true, encoding: 'utf8' });
    const bare = files
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => {
        const text = readFileSync(join('src/core', name), 'utf8');
        return [...bareErrors(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true))].length > 0;
      });
    expect(bare.map((name) => name.replaceAll('\\', '/')).sort()).toEqual(unsaid);
  });

  it.each([
    [() => expandModels(['redent']), '没有模型“redent”。是否想用“rednet”？可用的有：'],
    [
      () => presetNetwork('rednet', { depth: 27 }),
      '无法这样创建模型“rednet”：depth 必须是以下之一：26, 38, 50, 101, 152，但现在是 27。',
    ],
    [() => parseNetwork({ name: 'a', layers: [] }), '无法构建网络“a”：layers 必须是'],
    [() => readArguments({ kernelSize: 0 }), 'kernelSize 必须是不小于 1 的整数，但现在是 0。'],
    [() => readArguments({ kernelSze: 3 } as never), 'Involution 的参数 必须是以下之一'],
    [() => chooseGenerator({ kind: 'bottleneck', reductionRatio: 0 } as never), 'reductionRatio 必须是'],
  ])('%s: in Chinese throughout', (attempt, expected) => {
    const error = failure(attempt);
    const message = messageIn(inChinese, error);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/[a-z] (is|must|are|an?|the|of|from) /);
    expect(errorIn(inChinese, error).stack).toContain(message);
  });
});
