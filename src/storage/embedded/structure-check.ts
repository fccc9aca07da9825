import { BrokerError } from '../../core/errors.js';
import { JOURNAL_KEY, STATE_KEY } from './keys.js';
import {
  DamagedFile,
  LmdbFile,
  NO_PAGE,
  NODE_BIG,
  number64,
  PAGE_BRANCH,
  PAGE_HEADER,
  PAGE_LEAF,
  PAGE_OVERFLOW,
  readNodes,
} from './lmdb-file.js';
import type { Meta, Node, Tree } from './lmdb-file.js';
import { keySum } from './store-state.js';

export interface FoundStructure {
  readonly entries: number;
  /** Sum of the keys, to be compared with the one in the store's state. */
  readonly keySum: number;
}

/**
 * Walks the tree of a database that nobody has open and makes sure that LMDB can follow every pointer in it: LMDB
 * trusts its file, so a damaged page would crash the process, or make it read or overwrite something else. What the
 * values hold is not looked at; they carry checksums of their own.
 *
 * @throws BrokerError DATA_LOSS
 */
export function checkStructure(path: string): FoundStructure {
  const file = new LmdbFile(path);
  try {
    return new StructureCheck(file).run();
  } catch (error) {
    if (!(error instanceof DamagedFile || error instanceof RangeError)) throw error;
    throw new BrokerError(
      'DATA_LOSS',
      `"${path}" is damaged and cannot be trusted (${error.message}); restore a backup`,
      { cause: error },
    );
  } finally {
    file.close();
  }
}

interface Bounds {
  /** Keys are not below this one … */
  readonly low: Buffer | undefined;
  /** … and below this one. */
  readonly high: Buffer | undefined;
}

interface Walk {
  readonly tree: Tree;
  readonly compare: (a: Buffer, b: Buffer) => number;
  readonly visit: (node: Node, page: Buffer) => void;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

class StructureCheck {
  readonly #file: LmdbFile;
  readonly #meta: Meta;
  /** One byte per page: 1 once something refers to it. */
  readonly #seen: Uint8Array;
  readonly #overflowHeader = Buffer.alloc(PAGE_HEADER);

  constructor(file: LmdbFile) {
    this.#file = file;
    this.#meta = file.meta();
    const { lastPage, pageSize, mapSize } = this.#meta;
    if (lastPage < 1 || (lastPage + 1) * pageSize > mapSize) throw new DamagedFile('its last page is impossible');
    this.#seen = new Uint8Array(lastPage + 1);
    this.#seen.fill(1, 0, 2);
  }

  run(): FoundStructure {
    const { main, free } = this.#meta;
    if (main.flags !== 0) throw new DamagedFile('its main tree is of an unknown kind');
    let sum = 0;
    this.#walk(
      main,
      (a, b) => a.compare(b),
      ({ key }) => {
        if (!key.equals(STATE_KEY) && !key.equals(JOURNAL_KEY)) sum = keySum(sum, key, 1);
      },
    );
    this.#walk(free, compareNumbers, (node, page) => this.#freePages(this.#data(node, page)));
    return { entries: main.entries, keySum: sum };
  }

  #walk(tree: Tree, compare: Walk['compare'], visit: Walk['visit']): void {
    const walk: Walk = { tree, compare, visit, branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    if (tree.root !== NO_PAGE) this.#page(walk, tree.root, 1, { low: undefined, high: undefined });
    const complete =
      walk.branchPages === tree.branchPages &&
      walk.leafPages === tree.leafPages &&
      walk.overflowPages === tree.overflowPages &&
      walk.entries === tree.entries &&
      (tree.root === NO_PAGE) === (tree.depth === 0);
    if (!complete) throw new DamagedFile('its trees are not complete');
  }

  #page(walk: Walk, number: number, depth: number, bounds: Bounds): void {
    this.#claim(number, 1);
    const { pageSize, transaction } = this.#meta;
    const page = Buffer.allocUnsafe(pageSize);
    this.#file.read(page, number * pageSize);
    const isLeaf = depth === walk.tree.depth;
    const kind = isLeaf ? PAGE_LEAF : PAGE_BRANCH;
    if (number64(page, 0) !== number || number64(page, 8) > transaction || page.readUInt16LE(18) !== kind) {
      throw new DamagedFile(`page ${number} is not what it should be`);
    }
    const nodes = readNodes(page, isLeaf);
    if (nodes.length === 0) throw new DamagedFile(`page ${number} is empty`);
    this.#order(walk, nodes, isLeaf, bounds);
    if (!isLeaf) {
      walk.branchPages += 1;
      for (const [index, node] of nodes.entries()) {
        const low = index === 0 ? bounds.low : node.key;
        this.#page(walk, node.link, depth + 1, { low, high: nodes[index + 1]?.key ?? bounds.high });
      }
      return;
    }
    walk.leafPages += 1;
    walk.entries += nodes.length;
    for (const node of nodes) {
      if (node.flags === NODE_BIG) walk.overflowPages += this.#overflow(node, page);
      walk.visit(node, page);
    }
  }

  /** Keys increase and lie within the bounds; the first key of a branch page stands for its lower bound. */
  #order({ compare }: Walk, nodes: readonly Node[], isLeaf: boolean, { low, high }: Bounds): void {
    let previous = low;
    let mayEqual = true;
    for (const [index, { key }] of nodes.entries()) {
      if (index === 0 && !isLeaf) continue;
      if (key.length === 0) throw new DamagedFile('a key is empty');
      const order = previous === undefined ? 1 : compare(key, previous);
      if (order < 0 || (order === 0 && !mayEqual)) throw new DamagedFile('its keys are not in order');
      previous = key;
      mayEqual = false;
    }
    if (high !== undefined && previous !== undefined && compare(previous, high) >= 0) {
      throw new DamagedFile('its keys are not in order');
    }
  }

  /** Checks and claims the overflow pages of a node; answers how many they are. */
  #overflow(node: Node, page: Buffer): number {
    const { pageSize, transaction } = this.#meta;
    const first = number64(page, node.dataAt);
    const pages = Math.ceil((PAGE_HEADER + node.link) / pageSize);
    this.#claim(first, pages);
    const header = this.#overflowHeader;
    this.#file.read(header, first * pageSize);
    const sound =
      number64(page, node.dataAt + 8) <= transaction &&
      number64(page, node.dataAt + 16) === pages &&
      number64(header, 0) === first &&
      number64(header, 8) <= transaction &&
      header.readUInt16LE(18) === PAGE_OVERFLOW &&
      header.readUInt32LE(20) === pages;
    if (!sound || (first + pages) * pageSize > this.#file.size) {
      throw new DamagedFile(`overflow page ${first} is not what it should be`);
    }
    return pages;
  }

  #data(node: Node, page: Buffer): Buffer {
    if (node.flags !== NODE_BIG) return page.subarray(node.dataAt, node.dataAt + node.link);
    const data = Buffer.allocUnsafe(node.link);
    this.#file.read(data, number64(page, node.dataAt) * this.#meta.pageSize + PAGE_HEADER);
    return data;
  }

  /** A list of free pages: their count, then page numbers; 0 is an unused slot, -n says that n pages begin at the next. */
  #freePages(list: Buffer): void {
    const slots = list.length / 8 - 1;
    const count = Number(list.readBigInt64LE(0));
    if (!Number.isInteger(slots) || count < 0 || count > slots) throw new DamagedFile('a list of free pages is broken');
    for (let slot = 1; slot <= count; slot += 1) {
      const entry = Number(list.readBigInt64LE(slot * 8));
      if (entry === 0) continue;
      if (entry > 0) this.#claim(entry, 1);
      else {
        slot += 1;
        if (slot > count) throw new DamagedFile('a list of free pages is broken');
        this.#claim(Number(list.readBigInt64LE(slot * 8)), -entry);
      }
    }
  }

  #claim(first: number, pages: number): void {
    if (first < 2 || first + pages > this.#seen.length) throw new DamagedFile(`page ${first} does not exist`);
    for (let page = first; page < first + pages; page += 1) {
      if (this.#seen[page] === 1) throw new DamagedFile(`page ${page} is used twice`);
      this.#seen[page] = 1;
    }
  }
}

/** Keys of the tree of free pages are transaction numbers. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) throw new DamagedFile('a list of free pages has no number');
  return number64(a, 0) - number64(b, 0);
}
