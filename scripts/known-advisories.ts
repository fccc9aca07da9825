/** A published weakness of a package that a server is installed with. */
export interface Advisory {
  readonly package: string;
  /** As `npm audit` and the databases of advisories call it. */
  readonly id: string;
  /** First version without it. */
  readonly fixedIn: string;
  /** Why an older version may stay; undefined where it may not. */
  readonly accepted?: string;
}

/**
 * Those that the packages of the lock file have had, so that none comes back where the registry cannot be asked. It is no
 * replacement for asking: `npm run audit`.
 */
export const KNOWN_ADVISORIES: readonly Advisory[] = [
  { package: '@grpc/grpc-js', id: 'CVE-2024-37168', fixedIn: '1.10.9' },
  { package: '@grpc/grpc-js', id: 'CVE-2026-48068', fixedIn: '1.14.4' },
  { package: '@grpc/grpc-js', id: 'CVE-2026-48069', fixedIn: '1.14.4' },
  { package: 'adm-zip', id: 'CVE-2018-1002204', fixedIn: '0.4.11' },
  { package: 'ansi-regex', id: 'CVE-2021-3807', fixedIn: '5.0.1' },
  { package: 'minimist', id: 'CVE-2021-44906', fixedIn: '1.2.6' },
  { package: 'protobufjs', id: 'CVE-2023-36665', fixedIn: '7.2.4' },
  { package: 'protobufjs', id: 'CVE-2026-41242', fixedIn: '7.5.5' },
  { package: 'protobufjs', id: 'CVE-2026-44289', fixedIn: '7.6.1' },
  { package: 'protobufjs', id: 'CVE-2026-44291', fixedIn: '7.5.6' },
  { package: 'protobufjs', id: 'CVE-2026-48712', fixedIn: '7.6.1' },
  {
    package: 'uuid',
    id: 'CVE-2026-41907',
    fixedIn: '11.1.1',
    accepted: 'in v3, v5 and v6 with a buffer of the caller; the Jaeger exporter calls v4 alone, without one',
  },
  { package: 'y18n', id: 'CVE-2020-7774', fixedIn: '5.0.5' },
  { package: 'yaml', id: 'CVE-2023-2251', fixedIn: '2.2.2' },
  { package: 'yargs-parser', id: 'CVE-2020-7608', fixedIn: '18.1.1' },
];

/** Whether this version is older; both are releases. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (one?.[at] ?? 0) - (other?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The advisories that packages of these versions have. */
export function advisoriesOf(
  packages: readonly { readonly name: string; readonly version: string }[],
): readonly Advisory[] {
  return KNOWN_ADVISORIES.filter(({ package: name, fixedIn }) =>
    packages.some((one) => one.name === name && isOlder(one.version, fixedIn)),
  );
}
