import { z } from 'zod'
import { operation } from './operation.ts'

const nothing = z.strictObject({})
const token = z.object({ token: z.string() })
/** 256 bits in base64url. */
const bits256 = z.string().regex(/^[\w-]{43}$/, { error: 'must be 32 bytes in base64url' })

/** The API token, and how a browser gets it: rows of the contract. */
export const tokenOperations = {
  /**
   * `proof` is HMAC-SHA-256, with the token as its key, of `mailtide-service SESSION CHALLENGE`; that of `mailtide-session SESSION` is taken in
   * place of the token as long as this process lives. All in base64url.
   */
  tokenProve: operation({
    summary: 'Prove to a client that knows the API token that this service knows it too, before the client sends it',
    method: 'GET',
    path: '/api/v1/token/proof',
    auth: 'proof',
    from: 'query',
    success: 200,
    input: z.strictObject({ challenge: bits256 }),
    output: z.object({ session: bits256, proof: bits256 }),
  }),
  tokenShow: operation({
    summary: 'The API token, to show and copy it',
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
  /**
   * The code goes behind the `#` of the window's address, which browsers send to nobody. With `own_user` it counts for programs of the service's own
   * user alone, where the system tells (Linux): what starts a browser shows the whole address to every user of the computer.
   */
  tokenLink: operation({
    summary: 'Create a code that opens the window in a browser, once: `/#code=CODE`',
    method: 'POST',
    path: '/api/v1/token/link',
    auth: 'token',
    from: 'query',
    success: 201,
    input: z.strictObject({ own_user: z.enum(['true', 'false']).default('false') }),
    output: z.object({ code: z.string(), expires_at: z.iso.datetime() }),
  }),
  tokenRedeem: operation({
    summary: 'Exchange the code of a link for the API token; a code works once',
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
