import { z } from 'zod'
import { AccountAudit, Verification } from './audit.ts'
import { operation } from './operation.ts'

const account = z.string().min(1).max(320)

/** What a verification is asked for. */
export const VerifyInput = z.strictObject({
  account: account.optional(),
  /** How many messages of each account are fetched again and compared byte by byte. */
  deep: z.int().min(1).max(100_000).optional(),
  /** Chooses them; the same ones for the same seed. */
  seed: z.string().min(1).max(100).optional(),
  /** Puts right what is found. */
  repair: z.boolean().default(false),
  /** Takes the present folder of originals for theirs, which is away for good: with `repair` they are downloaded into it. */
  new_originals: z.boolean().optional(),
  /** Only what shows without Gmail. */
  local: z.boolean().default(false),
})
export type VerifyInput = z.output<typeof VerifyInput>

/** Is the copy complete? */
export const verifyOperations = {
  verifyShow: operation({
    summary: 'The completeness of each account, and the current verification or the last one since the start',
    problems: ['not_found', 'store'],
    method: 'GET',
    path: '/api/v1/verify',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ account: account.optional() }),
    output: z.object({ verification: Verification.nullable(), accounts: z.array(AccountAudit) }),
  }),
  verifyBegin: operation({
    summary: 'Compare what is stored with Gmail and with itself, and repair what differs if asked to',
    problems: ['not_found', 'conflict', 'store'],
    method: 'POST',
    path: '/api/v1/verify',
    auth: 'token',
    from: 'body',
    success: 202,
    input: VerifyInput,
    output: z.object({ verification: Verification }),
  }),
  verifyCancel: operation({
    summary: 'Stop the current verification; what it repaired stays repaired',
    problems: ['not_running'],
    method: 'DELETE',
    path: '/api/v1/verify',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({}),
    output: z.object({ verification: Verification }),
  }),
}
