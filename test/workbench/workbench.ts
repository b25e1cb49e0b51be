import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { quietSettings, type RunningServer, startServer } from '../../src/tools/workbench/server';
import { launchChromium } from './chromium';

export interface WorkbenchOptions {
  /** Folder to open. */
  readonly workspace: string;
  readonly vsix: string;
  readonly settings?: Record<string, unknown>;
  /** Display language: 'en' or 'zh-cn'. */
  readonly locale?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly size?: { width: number; height: number };
}

const checkbox = 'input[type="checkbox"], [role="checkbox"]';

/** A real Code-OSS workbench with the packaged extension in it, used as a person uses it. */
export class Workbench {
  /** What the page's console was told, errors of the extension host that nobody handled among it. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly server: RunningServer,
    private readonly browser: Browser,
    /** Extensions, settings and logs. */
    readonly folder: string,
  ) {}

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const folder = mkdtempSync(join(tmpdir(), 'involution-workbench-'));
    const [extensions, user] = [join(folder, 'extensions'), join(folder, 'user')];
    // Settings of scope "machine" count only where the server keeps them.
    for (const scope of ['User', 'Machine']) {
      mkdirSync(join(user, scope), { recursive: true });
      const noEditor = { 'workbench.startupEditor': 'none' };
      const settings = JSON.stringify({ ...quietSettings, ...noEditor, ...options.settings });
      writeFileSync(join(user, scope, 'settings.json'), settings);
    }
    if (options.locale && options.locale !== 'en') addLanguage(user, options.locale);
    const server = await startServer({
      userData: user,
      extensions,
      install: [options.vsix],
      flags: ['--disable-workspace-trust', ...(options.locale ? ['--locale', options.locale] : [])],
      env: options.env,
    });
    const browser = await launchChromium();
    const page = await browser.newPage({
      viewport: options.size ?? { width: 1400, height: 900 },
      ...(options.locale ? { locale: options.locale } : {}),
    });
    page.setDefaultTimeout(30_000);
    const workbench = new Workbench(page, server, browser, folder);
    page.on('console', (message) => {
      if (message.type() === 'error') workbench.errors.push(message.text());
    });
    await page.goto(server.url({ folder: options.workspace }), { timeout: 120_000 });
    await workbench.settled();
    return workbench;
  }

  private async settled(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
    // The extension's menus are there once its view container is.
    await this.page
      .locator('.activitybar .action-item', { has: this.page.locator('[aria-label^="Involution Lab"]') })
      .first()
      .waitFor({ timeout: 90_000 });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.settled();
  }

  /** Runs a command by its title from the palette (which lists an extension's commands only once it is scanned). */
  async command(title: string, timeout = 60_000): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    const end = Date.now() + timeout;
    const listed = async () => {
      await this.page.keyboard.press('F1');
      // Filling fails, for one, while the palette of the attempt before fades out.
      await this.page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: 2_000 });
      await row.waitFor({ timeout: 2_000 });
      return true;
    };
    while (!(await listed().catch(() => false))) {
      if (Date.now() > end) throw new Error(`The palette has no command "${title}"`);
      await this.page.keyboard.press('Escape');
    }
    await row.click();
  }

  /** Picks an entry of the quick pick that is open. */
  async pick(label: string | RegExp): Promise<void> {
    // A pointer that rests on one entry brings up its description, over the others.
    await this.page.mouse.move(5, 5);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    await row.waitFor();
    await row.click();
  }

  /** Ticks just these entries of the list that is open, by their labels, and accepts. */
  async pickSeveral(labels: readonly string[]): Promise<void> {
    await this.page.mouse.move(5, 5);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    // Those of a list that was open before have none to see.
    await rows.first().locator(checkbox).first().waitFor();
    const found: string[] = [];
    for (const row of await rows.all()) {
      const label = ((await row.locator('.label-name').first().textContent()) ?? '').trim();
      const isWanted = labels.includes(label);
      if (isWanted) found.push(label);
      const box = row.locator(checkbox).first();
      if ((await box.isChecked()) !== isWanted) await row.click();
    }
    if (found.length < labels.length)
      throw new Error(`Offered were ${found.join(', ')} of ${labels.join(', ')}.`);
    const input = this.page.locator('.quick-input-widget input.input');
    await input.focus();
    await input.press('Enter');
  }

  /** Types into the input box that is open, and accepts. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.locator('.quick-input-widget .quick-input-message').waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  /** The innermost frame of the webview that holds an element matching `selector`. */
  async webview(selector: string, timeout = 30_000): Promise<Frame> {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) {
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0 && frame !== this.page.mainFrame()) return frame;
      }
      await this.page.waitForTimeout(200);
    }
    await this.screenshot('failed');
    throw new Error(`No webview with ${selector} within ${timeout / 1000} s: see out/screenshots/failed.png`);
  }

  explorerItem(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
  }

  /** Selects explorer entries, right-clicks the last and chooses a menu item. */
  async explorerMenu(names: readonly string[], item: string): Promise<void> {
    await this.selectInExplorer(names);
    await this.explorerItem(names.at(-1)!).click({ button: 'right' });
    const entry = this.page.locator('.monaco-menu .action-item', { hasText: item }).first();
    await entry.hover();
    // A menu that has just come up takes no click, so that the one that opened it can't choose from it.
    await this.page.waitForTimeout(500);
    await entry.click();
    await entry.waitFor({ state: 'detached' });
  }

  /** The tree is drawn anew when an extension starts, say; a click that comes just then selects nothing. */
  private async selectInExplorer(names: readonly string[]): Promise<void> {
    const isSelected = async (name: string) =>
      (await this.explorerItem(name).getAttribute('aria-selected')) === 'true';
    for (let attempt = 0; attempt < 5; attempt++) {
      for (const [i, name] of names.entries())
        await this.explorerItem(name).click({ modifiers: i > 0 ? ['Control'] : [] });
      if ((await Promise.all(names.map(isSelected))).every(Boolean)) return;
    }
    throw new Error(`The explorer does not select ${names.join(', ')}.`);
  }

  async notification(text: string | RegExp, timeout = 60_000): Promise<Locator> {
    const toast = this.page.locator('.notification-toast', { hasText: text }).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync('out/screenshots', { recursive: true });
    await this.page.screenshot({ path: `out/screenshots/${name}.png` });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Makes a display language known, as an installed language pack would: Code-OSS asks for it before it looks for an
 * extension's own translations. This one has no words for Code-OSS itself, which stays English.
 */
function addLanguage(userData: string, language: string): void {
  const words = join(userData, 'language.i18n.json');
  writeFileSync(words, JSON.stringify({ contents: {} }));
  const pack = {
    hash: language,
    label: language,
    extensions: [{ extensionIdentifier: { id: `test.language-${language}` }, version: '1.0.0' }],
    translations: { vscode: words },
  };
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}
