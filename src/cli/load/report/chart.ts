import { escapeMarkup } from './markup.js';
import type { Scale } from './scale.js';

/** Colours by what they stand for; the page defines them for light and dark. */
export type Colour = 'main' | 'other' | 'neutral' | 'failed' | 'dropped' | 'low' | 'middle' | 'high';

export interface Mark {
  readonly label: string;
  readonly colour: Colour;
  readonly dashed?: true;
  /** Paths and shapes, placed by {@link Plane}. */
  readonly shapes: (plane: Plane) => string;
}

export interface Chart {
  readonly title: string;
  /** What the axes show, such as `calls per second`. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly marks: readonly Mark[];
  /** Ranges of x with what to show for whoever points there. */
  readonly hints?: readonly { readonly from: number; readonly to: number; readonly text: string }[];
}

const WIDTH = 720;
const HEIGHT = 280;
const LEFT = 58;
const RIGHT = 28;
const TOP = 26;
const BOTTOM = 40;

type Points = readonly (readonly [x: number, y: number])[];

/** Where values stand in the drawing. */
export class Plane {
  readonly #x: Scale;
  readonly #y: Scale;

  constructor(x: Scale, y: Scale) {
    this.#x = x;
    this.#y = y;
  }

  x(value: number): number {
    return rounded(LEFT + this.#x.position(value) * (WIDTH - LEFT - RIGHT));
  }

  y(value: number): number {
    return rounded(HEIGHT - BOTTOM - this.#y.position(value) * (HEIGHT - TOP - BOTTOM));
  }

  /** What is between points and the axis. */
  area(points: Points): string {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return '';
    return `${this.line(points)}L${this.x(last[0])} ${this.bottom}L${this.x(first[0])} ${this.bottom}Z`;
  }

  get bottom(): number {
    return HEIGHT - BOTTOM;
  }

  get top(): number {
    return TOP;
  }

  /** A line through points; a single one becomes a dot. */
  line(points: Points): string {
    if (points.length === 1) return `${this.line([...points, ...points])}h0.1`;
    return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${this.x(x)} ${this.y(y)}`).join('');
  }
}

/** A chart as HTML: a legend, and a drawing that is as wide as its place. */
export function renderChart(chart: Chart): string {
  const { title, x, y, xLabel, yLabel, marks, hints = [] } = chart;
  const plane = new Plane(x, y);
  const right = WIDTH - RIGHT;
  const grid = y.ticks.map(({ value, label }) => {
    const at = plane.y(value);
    return `<path class="grid" d="M${LEFT} ${at}H${right}"/><text class="tick" x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${escapeMarkup(label)}</text>`;
  });
  const below = x.ticks.map(({ value, label }) => {
    const at = plane.x(value);
    return `<path class="axis" d="M${at} ${plane.bottom}v4"/><text class="tick" x="${at}" y="${plane.bottom + 17}" text-anchor="middle">${escapeMarkup(label)}</text>`;
  });
  const strips = hints.map(({ from, to, text }) => {
    const [left, end] = [plane.x(from), plane.x(to)];
    const box = `x="${left}" y="${TOP}" width="${rounded(end - left)}" height="${plane.bottom - TOP}"`;
    return `<rect class="hint" ${box}><title>${escapeMarkup(text)}</title></rect>`;
  });
  const drawing = marks.map(({ colour, dashed, shapes }) => {
    return `<g class="${colour}${dashed === true ? ' dashed' : ''}">${shapes(plane)}</g>`;
  });
  return [
    `<figure><figcaption>${escapeMarkup(title)}${legend(marks)}</figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(title)}">`,
    `<text class="label" x="${LEFT}" y="14">${escapeMarkup(yLabel)}</text>`,
    ...grid,
    `<path class="axis" d="M${LEFT} ${plane.bottom}H${right}"/>`,
    ...below,
    `<text class="label" x="${right}" y="${HEIGHT - 6}" text-anchor="end">${escapeMarkup(xLabel)}</text>`,
    ...drawing,
    ...strips,
    '</svg></figure>',
  ].join('\n');
}

function legend(marks: readonly Mark[]): string {
  const items = marks.map(
    ({ label, colour, dashed }) =>
      `<span class="${colour}${dashed === true ? ' dashed' : ''}"><i></i>${escapeMarkup(label)}</span>`,
  );
  return `<span class="legend">${items.join('')}</span>`;
}

/** A tenth of a pixel is more than can be seen. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
