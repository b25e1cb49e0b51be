/** Reads one of VS Code's settings below `http`. */
export type ReadHttpSetting = (name: string) => unknown;

/**
 * What VS Code's settings say of the network, in the variables that a plain Node process and npm understand: the worker
 * does not have the editor's own way out. A setting goes before what the environment says, as in the editor itself.
 */
export function networkEnvironment(read: ReadHttpSetting): NodeJS.ProcessEnv {
  const proxy = read('proxySupport') === 'off' ? undefined : read('proxy');
  const exceptions = read('noProxy');
  return {
    ...(isText(proxy) && bothSpellings({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy })),
    ...(Array.isArray(exceptions) &&
      exceptions.length > 0 &&
      bothSpellings({ NO_PROXY: exceptions.filter(isText).join(',') })),
    ...(read('proxyStrictSSL') === false && {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      npm_config_strict_ssl: 'false',
    }),
    ...(read('systemCertificates') === true && { NODE_USE_SYSTEM_CA: '1' }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Some programs prefer one spelling and some the other: one that was set before must not win. */
function bothSpellings(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}
