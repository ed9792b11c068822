import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of a page, and pages of a file: what Postgres was built with. */
const pageSize = 8192
const pagesPerFile = 131_072
/** Pages read at once. */
const stride = 64

/**
 * The checksum of a page as Postgres computes it
 * (https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/storage/checksum_impl.h): 32 sums side by side, each over every 32nd word.
 */
export function pageChecksum(page: Buffer, block: number): number {
  const sums = Uint32Array.from(offsets)
  const words = new Uint32Array(page.buffer, page.byteOffset, pageSize / 4)
  for (let at = 0; at < words.length; at += lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      // The checksum itself counts as zero.
      const word = at + lane === checksumWord ? words[at + lane]! & 0xffff0000 : words[at + lane]!
      const mixed = sums[lane]! ^ word
      sums[lane] = Math.imul(mixed, prime) ^ (mixed >>> 17)
    }
  }
  let result = block
  for (let sum of sums) {
    for (let round = 0; round < 2; round++) sum = Math.imul(sum, prime) ^ (sum >>> 17)
    result ^= sum
  }
  return ((result >>> 0) % 65_535) + 1
}

const lanes = 32
const prime = 16_777_619
/** The low half of the third word of the page. */
const checksumWord = 2
const offsets = [
  0x5b1f36e9, 0xb8525960, 0x02ab50aa, 0x1de66d2a, 0x79ff467a, 0x9bb9f8a3, 0x217e7cd2, 0x83e13d2c, 0xf8d4474f,
  0xe39eb970, 0x42c6ae16, 0x993216fa, 0x7b093b5d, 0x98daff3c, 0xf718902a, 0x0b1c9cdb, 0xe58f764b, 0x187636bc,
  0x5d7b3bb1, 0xe73de7de, 0x92bec979, 0xcca6c0b2, 0x304a0979, 0x85aa43d4, 0x783125bb, 0x6ca8eaa2, 0xe407eac6,
  0x4b5cfc3e, 0x9fbf8c76, 0x15ca20be, 0xf2ca9fd3, 0x959bd756,
]

/**
 * The first page whose content is not what Postgres wrote, as `base/5/1259, page 3`, or null. Only for a folder in which nothing is half
 * written: cleanly shut down, or copied after a checkpoint. Beyond `budgetBytes` it looks at the small files whole and at a part of the large
 * ones, evenly spread and moving with `turn`.
 */
export function findDamagedPage(dir: string, budgetBytes: number, turn = 0): string | null {
  const files = relationFiles(dir).sort((a, b) => a.pages - b.pages)
  // One for all files, of which there are a thousand. A buffer of its own: words are read where they lie, so they must be aligned.
  const bytes = Buffer.from(new ArrayBuffer(stride * pageSize))
  let left = Math.floor(budgetBytes / pageSize)
  for (const [index, { path, first, pages }] of files.entries()) {
    const share = Math.max(1, Math.floor(left / (files.length - index)))
    const runs = Math.max(1, Math.ceil(pages / stride))
    const step = Math.min(runs, Math.max(1, Math.ceil(pages / share)))
    const page = damagedIn(join(dir, path), { bytes, first, pages, step, turn })
    if (page !== null) return `${path}, page ${page}`
    left = Math.max(0, left - Math.ceil(pages / step))
  }
  return null
}

interface Look {
  /** Room for a run of pages. */
  readonly bytes: Buffer
  /** The number of the file's first page in its table. */
  readonly first: number
  readonly pages: number
  /** Every how many runs of pages one is read. */
  readonly step: number
  readonly turn: number
}

function damagedIn(path: string, { bytes, first, pages, step, turn }: Look): number | null {
  const file = openSync(path, 'r')
  try {
    for (let at = (turn % step) * stride; at < pages; at += step * stride) {
      const read = readSync(file, bytes, 0, bytes.length, at * pageSize)
      for (let index = 0; (index + 1) * pageSize <= read; index++) {
        const page = bytes.subarray(index * pageSize, (index + 1) * pageSize)
        if (!isWhole(page, first + at + index)) return at + index
      }
    }
    return null
  } finally {
    closeSync(file)
  }
}

/** A page that was never used has no checksum; nor has any where checksums are off. */
function isWhole(page: Buffer, block: number): boolean {
  const isNew = page.readUInt16LE(14) === 0
  const written = page.readUInt16LE(8)
  return isNew || written === 0 || written === pageChecksum(page, block)
}

interface RelationFile {
  readonly path: string
  readonly first: number
  readonly pages: number
}

/** Files of tables and indexes: `16384`, its further gigabytes `16384.1`, and what goes with it, `16384_fsm`. */
function relationFiles(dir: string): RelationFile[] {
  const folders = ['global', ...readdirSync(join(dir, 'base')).map((name) => `base/${name}`)]
  return folders.flatMap((folder) =>
    readdirSync(join(dir, folder)).flatMap((name) => {
      const [, segment] = /^\d+(?:_(?:fsm|vm|init))?(?:\.(\d+))?$/.exec(name) ?? [null, null]
      if (segment === null) return []
      const pages = Math.floor(statSync(join(dir, folder, name)).size / pageSize)
      return [{ path: `${folder}/${name}`, first: Number(segment ?? 0) * pagesPerFile, pages }]
    }),
  )
}
