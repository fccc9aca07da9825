/** A label on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Where values stand on an axis: 0 is its beginning, 1 its end; values beyond stay at the ends. */
export interface Scale {
  position(value: number): number;
  readonly ticks: readonly Tick[];
}

/** From 0 to a round number at or above `max`, with about four steps between. */
export function linearScale(max: number, format: (value: number) => string = compact): Scale {
  const step = roundStep(Math.max(max, Number.MIN_VALUE) / 4);
  const steps = Math.max(1, Math.ceil(max / step - 1e-9));
  const end = step * steps;
  return {
    position: (value) => clamp(value / end),
    ticks: Array.from({ length: steps + 1 }, (_, index) => {
      const value = Number((index * step).toPrecision(12));
      return { value, label: format(value) };
    }),
  };
}

/** From `least` to `most` exactly, with ticks at round numbers in between. */
export function rangeScale(least: number, most: number, format: (value: number) => string = compact): Scale {
  const width = Math.max(most - least, 1);
  const step = Math.max(1, roundStep(width / 8));
  const ticks: Tick[] = [];
  for (let value = Math.ceil(least / step) * step; value <= most; value += step) {
    ticks.push({ value, label: format(value) });
  }
  return { position: (value) => clamp((value - least) / width), ticks };
}

/** Logarithmic, over whole decades or, where that is little, over steps of 1, 2 and 5 around the values. */
export function logScale(least: number, most: number, format: (value: number) => string = compact): Scale {
  const low = stepBelow(Math.max(least, Number.MIN_VALUE));
  const high = stepAbove(Math.max(most, low * 1.01));
  const [from, width] = [Math.log10(low), Math.log10(high) - Math.log10(low)];
  const mantissas = width > 3 ? [1] : [1, 2, 5];
  const ticks: Tick[] = [];
  for (let decade = Math.floor(from); decade <= Math.ceil(Math.log10(high)); decade++) {
    for (const mantissa of mantissas) {
      const value = Number((mantissa * 10 ** decade).toPrecision(1));
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push({ value, label: format(value) });
    }
  }
  return { position: (value) => clamp((Math.log10(Math.max(value, low)) - from) / width), ticks };
}

/** `1,500` as `1.5k`; below 1,000 as it is. */
export function compact(value: number): string {
  if (value >= 1e6) return `${trim(value / 1e6)}M`;
  return value >= 1000 ? `${trim(value / 1000)}k` : trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function clamp(position: number): number {
  return Math.min(1, Math.max(0, position));
}

const STEPS = [1, 2, 5, 10];

function roundStep(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return (STEPS.find((step) => step * unit >= rough * 0.999) ?? 10) * unit;
}

function stepAbove(value: number): number {
  return roundStep(value);
}

function stepBelow(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return (STEPS.findLast((step) => step * unit <= value * 1.001) ?? 1) * unit;
}
