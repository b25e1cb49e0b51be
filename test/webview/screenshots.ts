import { mkdirSync } from 'node:fs';
import { launchChromium } from '../workbench/chromium';
import { buildPages, type Complaints, openScene, type Scene } from './page';
import { scenes } from './scenes';

// Draws every scene whose name contains the given words into out/webview/screenshots: `npx tsx test/webview/screenshots.ts [word…]`.
const words = process.argv.slice(2);
const folder = 'out/webview/screenshots';
mkdirSync(folder, { recursive: true });
await buildPages();
const browser = await launchChromium();
const complaints: Complaints = [];
const nameOf = (scene: Scene) =>
  `${scene.story.replace(': ', '-')}-${scene.theme}-${scene.width}${scene.language ? `-${scene.language}` : ''}`;
for (const scene of scenes.filter((scene) => words.every((word) => nameOf(scene).includes(word)))) {
  const page = await openScene(browser, scene, complaints);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${folder}/${nameOf(scene)}.png` });
  console.log(nameOf(scene));
  await page.close();
}
await browser.close();
if (complaints.length > 0) throw new Error(complaints.join('\n'));
