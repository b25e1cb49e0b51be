declare module 'proxy-from-env' {
  /** The proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` have for it; empty where there is none. */
  export function getProxyForUrl(url: URL): string;
}
