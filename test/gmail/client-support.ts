import { type ByteGate, createByteGate } from '../../electron/gmail/byte-gate.ts'
import { createGmail, type GmailDeps } from '../../electron/gmail/client.ts'
import { createPacer } from '../../electron/gmail/quota.ts'
import type { AccessTokens } from '../../electron/gmail/tokens.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { memoryOf, silentLog } from './support.ts'

/** A client on a clock that passes by itself, unpaced, with a token that is always good. */
export function clientOf(rootUrl: string, options: Partial<GmailDeps> = {}) {
  const clock = createFakeClock({ autoAdvance: true })
  const pacer = createPacer({ clock, log: silentLog, memory: memoryOf(), clientId: 'c', unpaced: true })
  const tokens: AccessTokens = {
    access: async () => 'at-1',
    renew: async () => 'at-2',
  }
  const gate: ByteGate = options.byteGate ?? createByteGate()
  const lane = pacer.lane(accountId('ada'))
  const gmail = createGmail({
    name: 'ada@example.com',
    lane,
    tokens,
    clock,
    log: silentLog,
    rootUrl,
    byteGate: gate,
    ...options,
  })
  return { gmail, clock, gate, lane }
}
