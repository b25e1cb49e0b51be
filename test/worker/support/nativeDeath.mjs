// Has a process that trains end as native code ends one: by a real signal, right after the step of $DEATH (JSON: `signal`,
// `step`) is in the run's log. Preload it (`node --import nativeDeath.mjs`).
import fs from 'node:fs';

const { signal, step } = JSON.parse(process.env.DEATH);
const probe = await fs.promises.open(new URL(import.meta.url), 'r');
const FileHandle = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['write', 'appendFile']) {
  const original = FileHandle[name];
  FileHandle[name] = async function (data, ...rest) {
    const result = await original.call(this, data, ...rest);
    if (String(data).includes(`"step":${step},`)) {
      process.kill(process.pid, signal);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    return result;
  };
}
