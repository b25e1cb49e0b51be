import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ContextKey, command, commandIds, viewIds } from '../../src/host/ids';
import { imageExtensions } from '../../src/host/imageFiles';
import { thisExtension } from './support/extension';

interface Contributed {
  readonly command: string;
  readonly when?: string;
}
const manifest = thisExtension().packageJSON;
const { contributes } = manifest;
const read = (file: string) => readFileSync(join(thisExtension().extensionPath, file), 'utf8');
const rawManifest = read('package.json');

describe('the manifest', () => {
  it('contributes the commands that the code has, each once', () => {
    const contributed = contributes.commands.map((entry: Contributed) => entry.command);
    assert.deepEqual([...contributed].sort(), commandIds.map(command).sort());
  });

  it('names only commands that exist in menus, key bindings and links', () => {
    const known = commandIds.map(command);
    const inMenus = Object.values<Contributed[]>(contributes.menus).flat();
    for (const entry of [...inMenus, ...contributes.keybindings])
      assert(known.includes(entry.command), entry.command);
    const links = [...read('package.nls.json').matchAll(/\(command:([\w.]+)\)/g)].map(([, id]) => id!);
    assert(links.length > 5);
    for (const link of links) assert(known.includes(link) || link === 'workbench.trust.manage', link);
  });

  it('asks only for context keys that the code sets', () => {
    const asked = Object.values<Contributed[]>(contributes.menus)
      .flat()
      .flatMap(({ when }) => when?.match(/(?<!== )\binvolutionLab\.\w+/g) ?? []);
    assert(asked.length > 5);
    const keys: string[] = Object.values(ContextKey);
    for (const key of asked) assert(keys.includes(key), `${key} is set by nobody`);
  });

  it('offers kernels for one or many images, and for nothing else', () => {
    // As written: where the extension host is remote, VS Code asks for the scheme of remote files instead.
    const [entry] = JSON.parse(rawManifest).contributes.menus['explorer/context'] as Contributed[];
    assert.match(entry!.when!, /!explorerResourceIsFolder && resourceScheme == file && /);
    assert.doesNotMatch(entry!.when!, /listMultiSelection/);
    const pattern = /=~ \/(.+)\/i$/.exec(entry!.when!)![1]!;
    const isImage = new RegExp(pattern, 'i');
    for (const extension of imageExtensions) assert(isImage.test(`.${extension}`), extension);
    for (const name of ['.PNG', '.Jpg', '.TIFF']) assert(isImage.test(name), name);
    for (const name of ['.txt', '.pngx', '.json', '', '.bmp']) assert(!isImage.test(name), name);
  });

  it('keeps its activation events to what can not wait for a person', () => {
    assert.deepEqual(JSON.parse(rawManifest).activationEvents, [
      // A training that a reload cut off goes on, whatever the window shows.
      'onStartupFinished',
      `onWebviewPanel:${viewIds.lab}`,
      `onWebviewPanel:${viewIds.diagram}`,
    ]);
  });

  it('describes, orders and bounds every setting, and never takes nodePath from a workspace', () => {
    const settings: Record<string, Record<string, unknown>> = contributes.configuration.properties;
    const orders = Object.values(settings).map(({ order }) => order);
    assert.deepEqual(orders, [...orders].sort());
    for (const [name, setting] of Object.entries(settings)) {
      assert(String(setting.markdownDescription).length > 20, name);
      assert(setting.default !== undefined, name);
      if (setting.type === 'number')
        assert(Number.isFinite(setting.minimum) && Number.isFinite(setting.maximum), name);
      const choices = setting.enum as string[] | undefined;
      if (choices) assert.equal((setting.enumDescriptions as string[]).length, choices.length, name);
    }
    assert.equal(settings['involutionLab.nodePath']!.scope, 'machine');
    assert(
      manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('involutionLab.nodePath'),
    );
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });

  it('gives each model colour a value in all four kinds of theme', () => {
    assert.deepEqual(
      contributes.colors.map(({ id }: { id: string }) => id),
      [1, 2, 3, 4, 5, 6].map((place) => `involutionLab.model${place}`),
    );
    for (const { id, defaults } of contributes.colors)
      for (const kind of ['dark', 'light', 'highContrast', 'highContrastLight'])
        assert.match(defaults[kind], /^#[0-9A-F]{6}$/i, `${id} ${kind}`);
  });

  it('has all its strings in English and in Chinese, and no others', () => {
    const used = [...new Set([...rawManifest.matchAll(/%([\w.]+)%/g)].map(([, key]) => key!))].sort();
    for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
      const strings: Record<string, string> = JSON.parse(read(file));
      assert.deepEqual(Object.keys(strings).sort(), used, file);
      for (const [key, text] of Object.entries(strings)) assert(text.trim(), `${file}: ${key}`);
    }
  });

  it('has a picture for every step of the walkthrough', () => {
    const [walkthrough] = contributes.walkthroughs;
    assert.equal(walkthrough.steps.length, 7);
    for (const { media } of walkthrough.steps) {
      const picture = read(media.svg);
      assert.match(picture, /var\(--vscode-/, media.svg);
      assert.doesNotMatch(picture, /<script|http(?!:\/\/www\.w3\.org\/2000\/svg)/, media.svg);
    }
  });

  it('registers every command', async () => {
    await thisExtension().activate();
    const registered = await vscode.commands.getCommands(true);
    for (const id of commandIds) assert(registered.includes(command(id)), id);
  });
});
