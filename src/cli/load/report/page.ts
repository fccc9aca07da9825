import { escapeMarkup } from './markup.js';

/** Light and dark by what the reader's system asks for; no script, nothing from the network. */
const STYLE = `
:root{color-scheme:light dark;--paper:#f7f8fa;--card:#fff;--ink:#16181d;--soft:#5c6470;--rule:#e2e5ea;--main:#2a6fdb;
--other:#c2571a;--neutral:#868e9b;--failed:#c9302c;--dropped:#e39a1f;--low:#7fb2f0;--middle:#2a6fdb;--high:#123c7c;
--good:#1a7f45;--bad:#c9302c}
@media(prefers-color-scheme:dark){:root{--paper:#101216;--card:#191c22;--ink:#e9ecf1;--soft:#9aa3b0;--rule:#2c313a;
--main:#5b9bf3;--other:#ef9152;--neutral:#79828f;--failed:#f0635e;--dropped:#f2b544;--low:#3d6db3;--middle:#5b9bf3;
--high:#bcd7fb;--good:#4cc27e;--bad:#f0635e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1240px;margin:0 auto;padding:28px 24px 48px}
h1{font-size:24px;margin:0}h2{font-size:16px;margin:28px 0 10px}
.sub{color:var(--soft);margin:4px 0 20px}
.good{color:var(--good)}.bad{color:var(--bad)}.good,.bad{font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-bottom:16px}
.tile,figure,.card{background:var(--card);border:1px solid var(--rule);border-radius:8px}
.tile{padding:12px 16px}.tile b{display:block;font-size:24px;line-height:1.25;font-weight:600}
.tile span{color:var(--soft);font-size:13px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(520px,100%),1fr));gap:14px}
figure{margin:0;padding:14px 16px 8px}
figcaption{font-weight:600;display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-weight:400;font-size:13px;color:var(--soft)}
.legend span{display:inline-flex;align-items:center;gap:6px}
.legend i{width:14px;height:0;border-top:3px solid var(--c)}.legend .dashed i{border-top-style:dashed}
svg{display:block;width:100%;height:auto}
.main{--c:var(--main)}.other{--c:var(--other)}.neutral{--c:var(--neutral)}.failed{--c:var(--failed)}
.dropped{--c:var(--dropped)}.low{--c:var(--low)}.middle{--c:var(--middle)}.high{--c:var(--high)}
.grid{stroke:var(--rule)}.axis{stroke:var(--neutral)}.tick,.label{fill:var(--soft);font-size:12px}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.dashed .line{stroke-dasharray:5 4;stroke-width:1.5}
.area{fill:var(--c);opacity:.14}.column{fill:var(--c);opacity:.85}
.hint{fill:transparent}.hint:hover{fill:var(--ink);opacity:.07}
.scroll{overflow-x:auto}.card{padding:4px 16px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:7px 10px;border-bottom:1px solid var(--rule);white-space:nowrap}
th{color:var(--soft);font-weight:500;font-size:13px}
th:first-child,td:first-child{text-align:left;padding-left:0}tr:last-child td{border-bottom:0}
.facts td{text-align:left;white-space:normal}.facts td:first-child{color:var(--soft);width:34%}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:14px}
`;

/** A complete document. `title` is text, `content` is HTML. */
export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

/** A table; every cell is text. The first column says what a row is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeMarkup(text)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('\n');
  return `<div class="card scroll"><table><thead>${cells('th', head)}</thead><tbody>${body}</tbody></table></div>`;
}

/** Names with values. */
export function facts(title: string, pairs: readonly (readonly [name: string, value: string])[]): string {
  const rows = pairs.map(([name, value]) => `<tr><td>${escapeMarkup(name)}</td><td>${escapeMarkup(value)}</td></tr>`);
  return `<div><h2>${escapeMarkup(title)}</h2><div class="card"><table class="facts">${rows.join('\n')}</table></div></div>`;
}

/** Figures in large type. */
export function tiles(figures: readonly (readonly [value: string, name: string])[]): string {
  const each = figures.map(
    ([value, name]) => `<div class="tile"><b>${escapeMarkup(value)}</b><span>${escapeMarkup(name)}</span></div>`,
  );
  return `<div class="tiles">${each.join('\n')}</div>`;
}
