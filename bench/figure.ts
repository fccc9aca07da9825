/** One measured figure, and what a peer reached in the same run. */
export interface Figure {
  readonly name: string;
  readonly storage: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: { readonly name: string; readonly value: number };
}

/** Writes a figure as a line for people or, with `json`, as an object. */
export function printFigure(figure: Figure, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(figure)}\n` : `${describe(figure)}\n`);
}

function describe({ name, storage, value, unit, peer }: Figure): string {
  const digits = unit === 'ms' ? 3 : 0;
  const text = (number: number): string => number.toLocaleString('en-US', { maximumFractionDigits: digits });
  const figure = `${name.padEnd(38)} ${storage.padEnd(9)} ${text(value).padStart(11)} ${unit}`;
  if (peer === undefined) return figure;
  return `${figure}   ${(value / peer.value).toFixed(2)} × ${peer.name} (${text(peer.value)})`;
}
