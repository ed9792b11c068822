import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inPages } from '../../electron/sync/in-pages.ts'
import { type MessageId, messageId } from '../../shared/ids.ts'

it('comes to every message once, in order, though those it has been to are no longer found', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (numbers, limit, vanish) => {
        const all = numbers.map((number) => messageId(number.toString(16).padStart(16, '0'))).sort()
        const left = new Set<MessageId>(all)
        const seen: MessageId[] = []
        await inPages(
          limit,
          async (page) => [...left].filter((id) => page.after === null || id > page.after).slice(0, page.limit),
          async (ids) => {
            expect(ids.length).toBeLessThanOrEqual(limit)
            seen.push(...ids)
            if (vanish) for (const id of ids) left.delete(id)
          },
        )
        expect(seen).toEqual(all)
      },
    ),
  )
})
