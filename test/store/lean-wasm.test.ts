import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { splitWideMerges } from '../../electron/store/pglite/lean-wasm.ts'

declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean
  instantiate(bytes: Uint8Array): Promise<{ instance: { exports: Record<string, (value: number) => number> } }>
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))]
}
/** `i32.const`, signed. */
function constant(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [0x41, ...bytes, rest & 127]
    bytes.push((rest & 127) | 128)
  }
}
const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content]

/** A function `f(i32): i32` that is one switch of `cases` cases, as a parser generator makes it; some cases run into the next. */
function switchModule(cases: number): Uint8Array {
  const padding = Array.from({ length: 90 }, () => [0x41, 1, 0x1a]).flat() // i32.const 1, drop
  const body: number[] = [1, 1, 0x7f] // one local i32 beside the parameter
  body.push(0x02, 0x40) // the block that all cases leave to
  for (let i = 0; i < cases; i++) body.push(0x02, 0x40)
  body.push(0x20, 0, 0x0e, ...leb(cases))
  for (let i = 0; i < cases; i++) body.push(...leb(i))
  body.push(...leb(cases))
  for (let i = 0; i < cases; i++) {
    body.push(0x0b, 0x20, 1, ...constant(i * i + 7), 0x6a, 0x21, 1, ...padding) // local 1 += i * i + 7
    if (i % 3 === 1) body.push(0x20, 0, ...constant(i * 2), 0x47, 0x0d, ...leb(cases - 1 - i)) // if (x != 2i) break
    if (i % 5 !== 4) body.push(0x0c, ...leb(cases - 1 - i)) // break; every fifth case falls through
  }
  body.push(0x0b, 0x20, 1, 0x0b)
  const code = [1, ...leb(body.length), ...body]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 'f'.charCodeAt(0), 0, 0]),
    ...section(10, code),
    ...section(0, [1, 'x'.charCodeAt(0), 9, 9]), // a custom section after the code
  ])
}

describe('splitting wide merges', () => {
  const pglite = readFileSync(fileURLToPath(new URL('./pglite.wasm', import.meta.resolve('@electric-sql/pglite'))))

  it("changes PGlite's parser, into a valid module that needs no more splitting", () => {
    const lean = splitWideMerges(pglite)
    expect(Buffer.compare(lean, pglite)).not.toBe(0)
    expect(WebAssembly.validate(lean)).toBe(true)
    expect(splitWideMerges(lean)).toBe(lean)
  })

  it.each([600, 1000, 2111])('leaves what a switch of %i cases computes as it was', async (cases) => {
    const original = switchModule(cases)
    const lean = splitWideMerges(original)
    expect(lean).not.toBe(original)
    expect(splitWideMerges(lean)).toBe(lean)
    const [before, after] = await Promise.all([original, lean].map((bytes) => WebAssembly.instantiate(bytes)))
    for (let value = -1; value <= cases + 1; value++) {
      expect(after?.instance.exports['f']?.(value)).toBe(before?.instance.exports['f']?.(value))
    }
  })

  it('leaves a module alone that has nothing to split, or that it does not understand', () => {
    const small = switchModule(20)
    expect(splitWideMerges(small)).toBe(small)
    const odd = switchModule(1000).map((byte) => (byte === 0x0e ? 0xfe : byte))
    expect(splitWideMerges(odd)).toBe(odd)
    const cut = pglite.subarray(0, 5_000_000)
    expect(splitWideMerges(cut)).toBe(cut)
  })
})
