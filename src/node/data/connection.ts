import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import * as l10n from '@vscode/l10n';
import { getProxyForUrl } from 'proxy-from-env';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';

const mostRedirects = 5;
const redirectCodes = [301, 302, 303, 307, 308];

/** The server, or a proxy, answered, and the answer will not change by asking again. `message` is its reason. */
export class RefusedError extends Error {}

/**
 * Connections that go as the environment says: through the proxy in `HTTPS_PROXY` or `HTTP_PROXY` but for the hosts in
 * `NO_PROXY`, and with the certificates in `NODE_EXTRA_CA_CERTS` trusted beside Node's own and, where Node can ask it
 * (22.15 and later), the system's.
 */
export class Connections {
  readonly #direct: Dispatcher;
  readonly #trust: tls.ConnectionOptions;
  readonly #byProxy = new Map<string, Dispatcher>();

  /**
   * @param alwaysVerified `NODE_TLS_REJECT_UNAUTHORIZED=0` is not obeyed: nothing else vouches for what is fetched.
   */
  constructor(alwaysVerified = false) {
    this.#trust = { ca: authorities(), ...(alwaysVerified && { rejectUnauthorized: true }) };
    this.#direct = new Agent({ connect: this.#trust });
  }

  /** A GET request. Redirects are followed, but never from https to http, to anything else, or without an end. */
  async get(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    let at = new URL(url);
    for (let redirects = 0; ; redirects++) {
      const response = await request(at, { headers, signal, dispatcher: this.#wayTo(at) });
      // What is not read to its end ends with an error of its own.
      response.body.on('error', () => {});
      const { location } = response.headers;
      if (!redirectCodes.includes(response.statusCode) || typeof location !== 'string') return response;
      response.body.destroy();
      if (redirects === mostRedirects)
        throw new RefusedError(l10n.t('it redirects more than {0} times', mostRedirects));
      const next = new URL(location, at);
      const isSafe = next.protocol === 'https:' || (next.protocol === 'http:' && at.protocol === 'http:');
      if (!isSafe)
        throw new RefusedError(
          l10n.t('it redirects from {0} to {1}', `${at.protocol}//`, `${next.protocol}//`),
        );
      at = next;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#direct, ...this.#byProxy.values()].map((dispatcher) => dispatcher.destroy()));
  }

  #wayTo(url: URL): Dispatcher {
    const proxy = getProxyForUrl(url);
    if (proxy === '') return this.#direct;
    const known = this.#byProxy.get(proxy);
    if (known) return known;
    if (!/^https?:$/.test(URL.canParse(proxy) ? new URL(proxy).protocol : ''))
      throw new RefusedError(
        l10n.t(
          'the proxy that the environment names ({0}) is not the address of an HTTP proxy, such as {1}',
          'HTTPS_PROXY, HTTP_PROXY, ALL_PROXY',
          'http://proxy.example:8080',
        ),
      );
    const agent = new ProxyAgent({ uri: proxy, requestTls: this.#trust, proxyTls: this.#trust });
    this.#byProxy.set(proxy, agent);
    return agent;
  }
}

function authorities(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };
  const file = process.env.NODE_EXTRA_CA_CERTS;
  return [
    ...tls.rootCertificates,
    ...(getCACertificates?.('system') ?? []),
    ...(file ? [certificatesIn(file)] : []),
  ];
}

function certificatesIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new RefusedError(l10n.t("{0} names {1}, which can't be read", 'NODE_EXTRA_CA_CERTS', file));
  }
}

const hopelessCodes: Record<string, string> = {
  ENOTFOUND: '',
  EAI_AGAIN: '',
  ECONNREFUSED: '',
  ENETUNREACH: '',
  EHOSTUNREACH: '',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown',
  CERT_HAS_EXPIRED: 'invalid',
  CERT_NOT_YET_VALID: 'invalid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'invalid',
};

/** No name, no route, no such server, no trust: asking again within seconds changes nothing. */
export function isHopeless(error: unknown): boolean {
  const isRefused = error instanceof RefusedError || /^Proxy response \(4/.test((error as Error).message);
  return isRefused || codeFrom(error) in hopelessCodes;
}

/** Why a connection failed, in words. */
export function connectionFailure(error: unknown): string {
  const { message } = error as Error;
  const proxyAnswer = /^Proxy response \((\d+)\)/.exec(message)?.[1];
  if (proxyAnswer === '407')
    return l10n.t(
      'the proxy wants a name and a password (407): put them into its address, as {0}',
      'http://name:password@proxy.example:8080',
    );
  if (proxyAnswer) return l10n.t('the proxy answered {0}', proxyAnswer);
  if (hopelessCodes[codeFrom(error)] === 'unknown')
    return l10n.t(
      "its certificate is not signed by an authority that Node knows ({0}); where a company's proxy looks into connections, name the file of its certificate in {1}",
      message,
      'NODE_EXTRA_CA_CERTS',
    );
  // Several addresses were tried: the sum has no message of its own.
  if (error instanceof AggregateError) return (error.errors[0] as Error | undefined)?.message ?? message;
  return message;
}

const codeFrom = (error: unknown) => (error as NodeJS.ErrnoException).code ?? '';
