/**
 * Reads the pages of a data.mdb as LMDB 0.9.90 (in lmdb-js 3.5) lays them out, little-endian, without LMDB.
 *
 *     page    u64 number, u64 transaction, u16 pad, u16 flags, u16 lower, u16 upper; in an overflow page u32 pages
 *             instead of lower and upper; offsets on a page count from behind these 24 bytes
 *     meta    page 0 and 1: u32 magic, u32 version, u64 address, u64 map size, tree of free pages, main tree,
 *             u64 last page, u64 transaction, i64 boot id
 *     tree    u32 pad (page size), u16 flags, u16 depth, u64 branch, leaf and overflow pages, u64 entries, u64 root
 *     node    u16 low, u16 high, u16 flags, u16 key length, key, data
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export const PAGE_HEADER = 24;
export const PAGE_BRANCH = 1;
export const PAGE_LEAF = 2;
export const PAGE_OVERFLOW = 4;
const PAGE_META = 8;

/** The data of a node lies on overflow pages. */
export const NODE_BIG = 1;
export const NODE_HEADER = 8;

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const TREE_BYTES = 48;
const META_BYTES = PAGE_HEADER + 24 + 2 * TREE_BYTES + 24;
const MIN_PAGE_SIZE = 256;
const MAX_PAGE_SIZE = 65_536;

/** Root of an empty tree. */
export const NO_PAGE = 2 ** 64;

export interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number;
}

export interface Meta {
  readonly pageSize: number;
  readonly flags: number;
  readonly mapSize: number;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

export interface Node {
  readonly flags: number;
  readonly key: Buffer;
  /** Child page of a branch node; size of the data of a leaf node. */
  readonly link: number;
  /** Where the data begins on its page. */
  readonly dataAt: number;
  /** First byte behind the node, its padding included. */
  readonly end: number;
}

/** What is wrong with the file; the text is for the operator. */
export class DamagedFile extends Error {}

export class LmdbFile {
  readonly #descriptor: number;
  readonly size: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Fills `target` from `offset` of the file. @throws DamagedFile at the end of the file */
  read(target: Buffer, offset: number): void {
    if (offset + target.length > this.size) throw new DamagedFile('it ends inside a page');
    let done = 0;
    while (done < target.length) {
      const bytes = readSync(this.#descriptor, target, done, target.length - done, offset + done);
      if (bytes === 0) throw new DamagedFile('it ends inside a page');
      done += bytes;
    }
  }

  /** The meta page of the last transaction, when both are sound and follow each other. */
  meta(): Meta {
    const first = this.#meta(0, 0);
    const second = this.#meta(1, first.pageSize);
    if (second.pageSize !== first.pageSize || second.flags !== first.flags) {
      throw new DamagedFile('its two meta pages disagree');
    }
    const [older, newer] = first.transaction <= second.transaction ? [first, second] : [second, first];
    const created = newer.transaction === 0;
    if (!created && (newer.transaction - older.transaction !== 1 || (newer === first) !== isEven(newer.transaction))) {
      throw new DamagedFile('its two meta pages do not follow each other');
    }
    return newer;
  }

  #meta(page: number, offset: number): Meta {
    const bytes = Buffer.alloc(META_BYTES);
    this.read(bytes, offset);
    const isMeta = number64(bytes, 0) === page && bytes.readUInt16LE(18) === PAGE_META;
    if (!isMeta || bytes.readUInt32LE(24) !== MAGIC || bytes.readUInt32LE(28) !== DATA_VERSION) {
      throw new DamagedFile('it does not begin like a database');
    }
    const trees = PAGE_HEADER + 24;
    const pageSize = bytes.readUInt32LE(trees);
    if (pageSize < MIN_PAGE_SIZE || pageSize > MAX_PAGE_SIZE || (pageSize & (pageSize - 1)) !== 0) {
      throw new DamagedFile('its page size is impossible');
    }
    const mapSize = number64(bytes, 40);
    if (number64(bytes, 32) !== 0 || mapSize % pageSize !== 0 || mapSize > 2 ** 46) {
      throw new DamagedFile('its map size is impossible');
    }
    const tail = trees + 2 * TREE_BYTES;
    return {
      pageSize,
      flags: bytes.readUInt16LE(trees + 4),
      mapSize,
      free: readTree(bytes, trees),
      main: readTree(bytes, trees + TREE_BYTES),
      lastPage: number64(bytes, tail),
      transaction: number64(bytes, tail + 8),
    };
  }
}

function readTree(bytes: Buffer, offset: number): Tree {
  return {
    flags: bytes.readUInt16LE(offset + 4),
    depth: bytes.readUInt16LE(offset + 6),
    branchPages: number64(bytes, offset + 8),
    leafPages: number64(bytes, offset + 16),
    overflowPages: number64(bytes, offset + 24),
    entries: number64(bytes, offset + 32),
    root: number64(bytes, offset + 40),
  };
}

/** The nodes of a branch or leaf page in key order; no two overlap and together they fill the page's end. */
export function readNodes(page: Buffer, isLeaf: boolean): Node[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22) + PAGE_HEADER;
  if (lower % 2 !== 0 || lower + PAGE_HEADER > upper || upper > page.length) {
    throw new DamagedFile('a page has impossible bounds');
  }
  const nodes: Node[] = [];
  let bytes = 0;
  for (let at = PAGE_HEADER; at < PAGE_HEADER + lower; at += 2) {
    const offset = page.readUInt16LE(at) + PAGE_HEADER;
    if (offset < upper || offset % 2 !== 0 || offset + NODE_HEADER > page.length) {
      throw new DamagedFile('a node lies outside its page');
    }
    const node = readNode(page, offset, isLeaf);
    if (node.end > page.length) throw new DamagedFile('a node lies outside its page');
    bytes += node.end - offset;
    nodes.push(node);
  }
  if (bytes !== page.length - upper) throw new DamagedFile('the nodes of a page do not fill it');
  return nodes;
}

function readNode(page: Buffer, offset: number, isLeaf: boolean): Node {
  const low = page.readUInt32LE(offset);
  const flags = page.readUInt16LE(offset + 4);
  const dataAt = offset + NODE_HEADER + page.readUInt16LE(offset + 6);
  if (isLeaf && flags > NODE_BIG) throw new DamagedFile('a node is of an unknown kind');
  const data = flags === NODE_BIG ? 24 : low;
  const size = dataAt + (isLeaf ? data : 0);
  return {
    flags: isLeaf ? flags : 0,
    key: page.subarray(offset + NODE_HEADER, dataAt),
    link: isLeaf ? low : low + flags * 2 ** 32,
    dataAt,
    end: size + (size % 2),
  };
}

/** An unsigned 64-bit number; inexact beyond 2^53, which no sound file has except for {@link NO_PAGE}. */
export function number64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}

function isEven(value: number): boolean {
  return value % 2 === 0;
}
