import { afterEach, describe, expect, it, vi } from 'vitest';
import { networkEnvironment } from '../../../src/host/networkEnvironment';

const environment = (settings: Record<string, unknown>) => networkEnvironment((name) => settings[name]);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the editor’s network settings, in the worker’s environment', () => {
  it('are its proxy, in both spellings, so that an older value can’t win', () => {
    const proxy = 'http://proxy.example:8080';
    expect(environment({ proxy, noProxy: ['localhost', '.example.org'], proxySupport: 'override' })).toEqual({
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      NO_PROXY: 'localhost,.example.org',
      no_proxy: 'localhost,.example.org',
    });
  });

  it('leave the environment alone where they say nothing', () => {
    expect(environment({ proxy: '', noProxy: [], proxySupport: 'override', proxyStrictSSL: true })).toEqual(
      {},
    );
    expect(environment({ proxy: 'http://proxy.example', proxySupport: 'off' })).toEqual({});
    expect(environment({ proxy: 7, noProxy: 'localhost', proxyStrictSSL: 'no' })).toEqual({});
  });

  it('are how certificates are looked at', () => {
    expect(environment({ proxyStrictSSL: false, systemCertificates: true })).toEqual({
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      npm_config_strict_ssl: 'false',
      NODE_USE_SYSTEM_CA: '1',
    });
  });
});
