import { z } from 'zod'
import { operation } from './operation.ts'

const nothing = z.strictObject({})
const token = z.object({ token: z.string() })

/** The API token, and how a browser gets it: rows of the contract. */
export const tokenOperations = {
  tokenShow: operation({
    summary: 'The API token that one has, to show and copy it',
    method: 'GET',
    path: '/api/v1/token',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.object({}),
    output: token,
  }),
  /** From the answer on the old token is refused. */
  tokenRenew: operation({
    summary: 'Replace the API token; the old one is refused from then on',
    method: 'POST',
    path: '/api/v1/token/renew',
    auth: 'token',
    from: 'query',
    success: 200,
    input: nothing,
    output: token,
  }),
  /** The code goes behind the `#` of the window's address, which browsers send to nobody. */
  tokenLink: operation({
    summary: 'Make a code that opens the window in a browser, once: `/#code=CODE`',
    method: 'POST',
    path: '/api/v1/token/link',
    auth: 'token',
    from: 'query',
    success: 201,
    input: nothing,
    output: z.object({ code: z.string(), expires_at: z.iso.datetime() }),
  }),
  tokenRedeem: operation({
    summary: 'Exchange the code of a link for the API token; a code counts once',
    problems: ['forbidden'],
    method: 'POST',
    path: '/api/v1/token/redeem',
    auth: 'proof',
    from: 'body',
    success: 200,
    input: z.strictObject({ code: z.string().min(1).max(200) }),
    output: token,
  }),
}
