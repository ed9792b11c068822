import { readFileSync } from 'node:fs'

/**
 * What Postgres says of a data folder in `global/pg_control`
 * (https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_control.h). `clean`: it was shut down, so that every page on
 * the disk is whole; `open`: it was not, and replays its log at the next opening. Null when the file is damaged.
 */
export function readControl(dir: string): 'clean' | 'open' | null {
  const bytes = readFileSync(`${dir}/global/pg_control`)
  // The checksum follows the fields it covers; where that is depends on how the compiler lays them out.
  for (let at = leastLength; at + 4 <= Math.min(bytes.length, mostLength); at += 4) {
    if (crc32c(bytes.subarray(0, at)) === bytes.readUInt32LE(at))
      return bytes.readUInt32LE(stateAt) === shutDown ? 'clean' : 'open'
  }
  return null
}

const leastLength = 200
/** Never more than a sector, so that it is written whole or not at all. */
const mostLength = 512
/** After the system identifier and two version numbers. */
const stateAt = 16
const shutDown = 1

/** Castagnoli's polynomial, reflected: https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const polynomial = 0x82f63b78
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  return value
})

/** CRC-32C, as Postgres keeps it. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
