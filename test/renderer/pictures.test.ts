import { describe, expect, it } from 'vitest'
import { difference, type Picture, read, reduced, sideBySide, toWebp } from './pictures.ts'

/** A grey page with a dark square of 20 pixels, as wide as said, at this place. */
function drawn({ left = 40, width = 20, ink = [21, 35, 43] }: { left?: number; width?: number; ink?: number[] } = {}) {
  const page = { data: Buffer.alloc(100 * 60 * 4, 243), width: 100, height: 60 } satisfies Picture
  for (let y = 20; y < 40; y++) {
    for (let x = left; x < left + width; x++) page.data.set([...ink, 255], (y * 100 + x) * 4)
  }
  return page
}

describe('a comparison of pictures', () => {
  it('finds nothing between two that are alike', () => {
    expect(difference(drawn(), drawn())).toBe(0)
  })

  it('finds what moved by four pixels, what was cut, and another colour', () => {
    expect(difference(drawn({ left: 44 }), drawn())).toBe(2 * 4 * 20)
    expect(difference(drawn({ width: 17 }), drawn())).toBe(3 * 20)
    expect(difference(drawn({ ink: [31, 45, 53] }), drawn())).toBe(20 * 20)
  })

  it('does not compare pictures of different sizes', () => {
    expect(difference(drawn(), { ...drawn(), width: 60, height: 100 })).toBeNull()
  })

  it('survives being kept: no pixel differs after it was written and read', async () => {
    expect(difference(await read(await toWebp(drawn())), drawn())).toBe(0)
  })

  it('keeps the colours that there is most of, and moves no other by more than an eye sees', () => {
    const page = drawn()
    // More shades than are kept, each of them once.
    for (let shade = 0; shade < 200; shade++) page.data.set([shade, 255 - shade, shade >> 1, 255], shade * 4)
    const fewer = reduced(page)
    expect([...fewer.data.subarray(30 * 400 + 45 * 4, 30 * 400 + 45 * 4 + 4)]).toEqual([21, 35, 43, 255])
    const moved = page.data.map((byte, at) => Math.abs(byte - fewer.data[at]!))
    expect(Math.max(...moved)).toBeLessThanOrEqual(8)
    expect(difference(reduced(page), fewer)).toBe(0)
  })

  it('shows how it was, how it is and what differs side by side', async () => {
    const { width, height } = await read(await sideBySide(drawn({ left: 44 }), drawn()))
    expect([width, height]).toEqual([3 * 100 + 2 * 16, 60])
  })
})
