import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DownloadOptions, download, removePart } from '../../../src/node/data/download';
import { TakenOverError } from '../../../src/node/exclusive';
import { selfSignedCertificate } from '../support/certificate';

const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * 7 + (i >> 8)) % 256));
let folder: string;
let target: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution download '));
  target = join(folder, 'file');
  servers = [];
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'])
    for (const spelling of [name, name.toUpperCase()]) vi.stubEnv(spelling, undefined);
  vi.stubEnv('NODE_EXTRA_CA_CERTS', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const whole: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
};
const plain = async (answer: RequestListener = whole) =>
  `http://${await listening(createServer(answer))}/file`;
async function secure(answer: RequestListener = whole) {
  const { certificate, key } = selfSignedCertificate('Company');
  const trust = join(folder, 'company.pem');
  writeFileSync(trust, certificate);
  const address = await listening(
    createSecureServer({ cert: certificate, key }, answer) as unknown as Server,
  );
  return { url: `https://${address}/file`, trust };
}

/** A proxy that connects through, and writes down to where; `credentials` are what it wants to have. */
async function proxy(credentials?: string) {
  const asked: string[] = [];
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connect', (request, socket: Socket) => {
    sockets.add(socket);
    asked.push(request.url!);
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted && request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = request.url!.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    for (const end of [socket, onward]) end.on('error', () => {});
  });
  server.closeAllConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { address: await listening(server), asked };
}

const fetched = async (url: string, options: Partial<DownloadOptions> = {}) => {
  await download(url, target, { mostBytes: 20_000, ...options });
  return readFileSync(target).equals(bytes);
};
/** What has been opened must not linger, and nothing may be left of a file that was refused. */
const expectNothingLeft = () => {
  expect(existsSync(target)).toBe(false);
};

describe('a company’s network', () => {
  it('is gone through by HTTPS_PROXY, with the name and password in its address', async () => {
    const { url, trust } = await secure();
    const { address, asked } = await proxy('me:se cret');
    vi.stubEnv('NODE_EXTRA_CA_CERTS', trust);
    vi.stubEnv('HTTPS_PROXY', `http://me:se%20cret@${address}`);
    expect(await fetched(url)).toBe(true);
    expect(asked).toEqual([new URL(url).host]);
    vi.stubEnv('HTTPS_PROXY', `http://${address}`);
    await expect(fetched(url)).rejects.toThrow(
      `${url} could not be fetched: the proxy wants a name and a password (407): put them into its address`,
    );
  });

  it('is not gone through for hosts in NO_PROXY', async () => {
    const { url, trust } = await secure();
    const { address, asked } = await proxy();
    vi.stubEnv('NODE_EXTRA_CA_CERTS', trust);
    vi.stubEnv('HTTPS_PROXY', `http://${address}`);
    vi.stubEnv('NO_PROXY', 'example.org,127.0.0.1');
    expect(await fetched(url)).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each([['socks5://127.0.0.1:1'], ['no address']])('has a proxy that is none: %s', async (value) => {
    vi.stubEnv('HTTPS_PROXY', value);
    await expect(fetched('https://127.0.0.1:1/file')).rejects.toThrow(
      'is not the address of an HTTP proxy, such as http://proxy.example:8080.',
    );
  });

  it('whose certificate is not known is told how to make it known', async () => {
    const { url, trust } = await secure();
    await expect(fetched(url)).rejects.toThrow(
      /could not be fetched: its certificate is not signed by an authority that Node knows \(.*self.signed certificate.*\); .*NODE_EXTRA_CA_CERTS\./,
    );
    expectNothingLeft();
    vi.stubEnv('NODE_EXTRA_CA_CERTS', join(folder, 'nowhere.pem'));
    await expect(fetched(url)).rejects.toThrow("nowhere.pem, which can't be read.");
    vi.stubEnv('NODE_EXTRA_CA_CERTS', trust);
    expect(await fetched(url)).toBe(true);
  });

  it('may be trusted blindly only for what is checked otherwise', async () => {
    const { url } = await secure();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await fetched(url)).toBe(true);
    rmSync(target);
    await expect(fetched(url, { alwaysVerified: true })).rejects.toThrow('its certificate is not signed by');
    expectNothingLeft();
  });
});

describe('a redirect', () => {
  const to = (location: () => string) => (_: unknown, response: Parameters<RequestListener>[1]) => {
    response.writeHead(302, { location: location() }).end();
  };

  it('is followed, from http to https too', async () => {
    const { url, trust } = await secure();
    vi.stubEnv('NODE_EXTRA_CA_CERTS', trust);
    expect(await fetched(await plain(to(() => url)))).toBe(true);
  });

  it('from https to http is refused, and nothing is asked for there', async () => {
    const listener = vi.fn(whole);
    const open = await plain(listener);
    const { url, trust } = await secure(to(() => open));
    vi.stubEnv('NODE_EXTRA_CA_CERTS', trust);
    await expect(fetched(url)).rejects.toThrow(
      `${url} could not be fetched: it redirects from https:// to http://.`,
    );
    expect(listener).not.toHaveBeenCalled();
    expectNothingLeft();
  });

  it.each([['file:///etc/passwd'], ['ftp://127.0.0.1/file'], ['data:text/plain,x']])(
    'to %s is refused',
    async (location) => {
      await expect(fetched(await plain(to(() => location)))).rejects.toThrow('it redirects from http:// to ');
      expectNothingLeft();
    },
  );

  it('without an end is refused', async () => {
    let requests = 0;
    const url = await plain(
      to(() => {
        requests++;
        return '/again';
      }),
    );
    await expect(fetched(url)).rejects.toThrow('it redirects more than 5 times.');
    expect(requests).toBe(6);
  });
});

describe('a length', () => {
  it('that is too great is refused before anything is fetched', async () => {
    const url = await plain((_, response) =>
      response.writeHead(200, { 'content-length': 1e12 }).write(bytes),
    );
    await expect(fetched(url)).rejects.toThrow('could not be fetched: it has more than 20000 bytes.');
    await expect(fetched(url, { mostBytes: 9000, exact: true })).rejects.toThrow(
      'it has 1000000000000 bytes or more instead of 9000.',
    );
    expectNothingLeft();
  });

  it('that is not said is counted, and what was fetched removed', async () => {
    const url = await plain((_, response) => {
      const flood = setInterval(() => response.write(bytes), 5);
      response.on('close', () => clearInterval(flood));
    });
    await expect(fetched(url)).rejects.toThrow('it has more than 20000 bytes.');
    expectNothingLeft();
  });
});

describe('what an earlier process left', () => {
  /** Serves `first` and then `second` under an ETag each; the first answer breaks off when 4000 bytes have arrived. */
  function changing(first: Buffer, second: Buffer, etags: (string | undefined)[]) {
    const requests: (string | undefined)[] = [];
    let breakOff = () => {};
    const listener: RequestListener = (request, response) => {
      const count = requests.push(request.headers.range);
      const content = count === 1 ? first : second;
      const etag = etags[count === 1 ? 0 : 1];
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const matches = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
      const start = matches ? from : 0;
      response.writeHead(start > 0 ? 206 : 200, {
        ...(etag && { etag }),
        'content-length': content.length - start,
        ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
      });
      if (count > 1) response.end(content.subarray(start));
      else response.write(content.subarray(0, 4000));
      breakOff = () => void (count === 1 && response.destroy());
    };
    const onProgress = (received: number) => void (received === 4000 && breakOff());
    return { listener, requests, onProgress };
  }
  const other = Buffer.from(bytes.map((byte) => byte ^ 255));

  it('is gone on with while the server has the same file', async () => {
    const { listener, requests, onProgress } = changing(bytes, bytes, ['"a"', '"a"']);
    expect(await fetched(await plain(listener), { onProgress })).toBe(true);
    expect(requests).toEqual([undefined, 'bytes=4000-']);
  });

  it('is not fetched again when it is complete', async () => {
    const requests: (string | undefined)[] = [];
    const url = await plain((request, response) => {
      const { range } = request.headers;
      requests.push(range);
      const whole = { etag: '"a"', 'content-length': bytes.length };
      if (range) response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      else response.writeHead(200, whole).end(bytes);
    });
    expect(await fetched(url)).toBe(true);
    expect(await fetched(url)).toBe(true);
    expect(requests).toEqual([undefined, `bytes=${bytes.length}-`]);
    await removePart(target);
    expect([existsSync(target), existsSync(`${target}.json`)]).toEqual([false, false]);
  });

  it('is not mixed with another file, told by its ETag', async () => {
    const { listener, onProgress } = changing(other, bytes, ['"a"', '"b"']);
    expect(await fetched(await plain(listener), { onProgress })).toBe(true);
  });

  it('is not mixed with another file, told by its length', async () => {
    const { listener, requests, onProgress } = changing(other.subarray(1), bytes, [undefined, undefined]);
    expect(await fetched(await plain(listener), { onProgress })).toBe(true);
    expect(requests).toEqual([undefined, 'bytes=4000-', undefined]);
  });

  it('of another address is not used', async () => {
    writeFileSync(target, other.subarray(0, 5000));
    writeFileSync(
      `${target}.json`,
      JSON.stringify({ url: 'http://elsewhere/', validator: null, total: 10_000 }),
    );
    expect(await fetched(await plain())).toBe(true);
  });
});

it('a disk that is full is said in words, and is not tried again', async () => {
  let requests = 0;
  const url = await plain((request, response) => {
    requests++;
    whole(request, response);
  });
  const handle = await open(target, 'w');
  await handle.close();
  const refusal = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const write = vi.spyOn(Object.getPrototypeOf(handle), 'writeFile').mockRejectedValue(refusal);
  await expect(fetched(url).finally(() => write.mockRestore())).rejects.toThrow(
    `${target} can't be written: the disk is full. Make room.`,
  );
  expect(requests).toBe(1);
});

it('nothing is written any more when another process has taken over', async () => {
  const url = await plain();
  const assertHeld = () => {
    throw new TakenOverError('Another process took over.');
  };
  await expect(fetched(url, { assertHeld })).rejects.toThrow('Another process took over.');
  expect(readFileSync(target)).toHaveLength(0);
});
