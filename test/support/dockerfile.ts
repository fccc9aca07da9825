import { readFileSync } from 'node:fs';

export interface Dockerfile {
  readonly text: string;
  /** Instructions of the last stage with continued lines joined: `['USER', '1000:1000']`. */
  readonly lastStage: readonly (readonly [instruction: string, rest: string])[];
  /** What ENV of the last stage sets. */
  readonly environment: Readonly<Record<string, string>>;
}

export function readDockerfile(path: string): Dockerfile {
  const text = readFileSync(path, 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
  const instructions = lines.map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1).trim()] as const;
  });
  const lastStage = instructions.slice(instructions.findLastIndex(([instruction]) => instruction === 'FROM'));
  const pairs = lastStage
    .filter(([instruction]) => instruction === 'ENV')
    .flatMap(([, rest]) => rest.split(/\s+/))
    .map((pair) => pair.split('=', 2) as [string, string]);
  return { text, lastStage, environment: Object.fromEntries(pairs) };
}
