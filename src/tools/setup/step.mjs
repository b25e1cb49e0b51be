// One step of a set-up: a program that runs to its end, and what a person reads when it doesn't. Plain JavaScript,
// because installing the dependencies is such a step.
import { spawn } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A step that failed. Its message is all that a person needs; where it was thrown says nothing. */
export class SetupError extends Error {}

/**
 * Runs a program to its end, silently.
 * @param {object} step
 * @param {string} step.failure what it means when it fails: "npm could not install the dependencies"
 * @param {string} step.file
 * @param {readonly string[]} step.args
 * @param {string} [step.cwd]
 * @param {NodeJS.ProcessEnv} [step.env]
 * @param {string} [step.shown] the command as a person would type it
 * @returns {Promise<string>} what it printed
 * @throws {SetupError} with the command, the last ten lines of its output, and the way out
 */
export async function runStep({ failure, file, args, cwd = process.cwd(), env = process.env, shown }) {
  const command = shown ?? [file, ...args].join(' ');
  const { code, output } = await new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-100_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: -1, output: error.message }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
  if (code === 0) return output;
  throw new SetupError(explained({ failure, command, cwd, output, code }));
}

/**
 * @param {{ failure: string; command: string; cwd: string; output: string; code: number | string }} ended
 */
export function explained({ failure, command, cwd, output, code }) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const tail = lines.slice(-10).map((line) => `    | ${line.slice(0, 300)}`);
  const reason = `${failure}: "${command}" ended with ${code} in ${cwd}.`;
  return [reason, ...tail, `  ${wayOut(output, command, cwd)}`].join('\n');
}

/** What the output of a program tells about why it failed, and what helps. */
const knownCauses = [
  {
    said: /ENOSPC|EDQUOT|no space left|disk quota/i,
    cure: (_, cwd) =>
      `The disk of ${cwd} is full: make room, or set INVOLUTION_LAB_CACHE to a folder on a larger one, then run this again.`,
  },
  {
    said: /self.signed|unable to (verify|get local issuer)|CERT_|certificate verify failed/i,
    cure: () =>
      'A certificate is not trusted. Name your company’s in NODE_EXTRA_CA_CERTS, for npm with "npm config set cafile FILE", for pip in PIP_CERT.',
  },
  {
    said: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|could ?n.t (be )?resolve|temporary failure|no matching distribution|failed to (fetch|establish)|proxy/i,
    cure: () =>
      'What it downloads from could not be reached. Behind a proxy set HTTPS_PROXY, and for npm "npm config set https-proxy URL" or "npm config set registry URL".',
  },
  {
    said: /EACCES|EPERM|permission denied|are you root/i,
    cure: (command, cwd) =>
      `It was not allowed to write there. Give this user the folder, or run "${command}" in ${cwd} as one who may.`,
  },
];

/**
 * @param {string} output
 * @param {string} command
 * @param {string} cwd
 */
function wayOut(output, command, cwd) {
  const cause = knownCauses.find(({ said }) => said.test(output));
  return cause?.cure(command, cwd) ?? `Run "${command}" yourself in ${cwd} to see all that it says.`;
}

/**
 * Before a step begins that would fill the disk.
 * @param {string} what
 * @param {string} folder where it goes; it need not exist yet
 * @param {number} gigabytes
 */
export function requireRoom(what, folder, gigabytes) {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return;
  throw new SetupError(
    `${what} needs ${gigabytes} GB free in ${existing}, which has ${free.toFixed(1)}.\n  Make room, or set INVOLUTION_LAB_CACHE to a folder on a larger disk.`,
  );
}

/**
 * Runs what a script is for; a failed step is told in words, whatever else is thrown as Node tells it.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}
