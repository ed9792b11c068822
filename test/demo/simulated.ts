import { auth, gmail, type gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { onTestFinished } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { SimulatedMailbox, Simulator, SimulatorOptions } from '../../electron/demo/types.ts'

export const ADA = 'ada@example.test'

export interface Simulated {
  readonly simulator: Simulator
  readonly mailbox: SimulatedMailbox
  /** Google's own client, its retries off. */
  readonly client: gmail_v1.Gmail
  readonly oauth: InstanceType<typeof auth.OAuth2>
  /** A bare request with a good token. */
  fetchApi(path: string, init?: RequestInit): Promise<Response>
}

export function clientOf(simulator: Simulator, refreshToken: string): Pick<Simulated, 'client' | 'oauth'> {
  const oauth = new auth.OAuth2({
    clientId: simulator.clientId,
    clientSecret: simulator.clientSecret,
    endpoints: { oauth2TokenUrl: `${simulator.oauthUrl}token`, oauth2RevokeUrl: `${simulator.oauthUrl}revoke` },
  })
  oauth.setCredentials({ refresh_token: refreshToken })
  return { oauth, client: gmail({ version: 'v1', auth: oauth, rootUrl: simulator.url, retry: false }) }
}

/** A simulator with one empty mailbox, closed when the test ends. */
export async function simulated(options: SimulatorOptions = {}): Promise<Simulated> {
  const simulator = await startSimulator(options)
  onTestFinished(() => simulator.close())
  const mailbox = simulator.addMailbox(ADA)
  const token = simulator.accessToken(ADA)
  return {
    simulator,
    mailbox,
    ...clientOf(simulator, mailbox.refreshToken),
    fetchApi: (path, init = {}) =>
      fetch(`${simulator.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } }),
  }
}

export const mail = (subject = 'Hello', body = 'A short text.'): Buffer =>
  Buffer.from(`From: Bob <bob@example.test>\r\nTo: ${ADA}\r\nSubject: ${subject}\r\nX-Odd: 1\r\n\r\n${body}\r\n`)

/** Puts so many small mails into a mailbox, a second apart. */
export function fill(mailbox: SimulatedMailbox, count: number): void {
  const raw = mail()
  mailbox.load(
    Array.from({ length: count }, (_, at) => ({
      internalDate: 1_700_000_000_000 + at * 1_000,
      read: () => raw,
      labelIds: ['INBOX'],
    })),
  )
}

/** What an error of the client says: HTTP status and Google's body. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; body: GoogleBody }> {
  try {
    await call
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data: GoogleBody } }
    return { status, body: response?.data ?? ({} as GoogleBody) }
  }
  throw new Error('the call was answered, though a refusal was expected')
}

export interface GoogleBody {
  error: {
    code: number
    message: string
    status: string
    errors: { reason: string; domain: string; message: string; location?: string }[]
    details?: { reason: string; metadata: Record<string, string> }[]
  }
}

/** All pages of a listing. */
export async function listAll(
  client: gmail_v1.Gmail,
  options: Partial<gmail_v1.Params$Resource$Users$Messages$List> = {},
) {
  const pages: (readonly string[])[] = []
  let pageToken: string | undefined
  do {
    const { data } = await client.users.messages.list({
      userId: 'me',
      maxResults: 500,
      ...options,
      ...(pageToken === undefined ? {} : { pageToken }),
    })
    pages.push((data.messages ?? []).map((message) => message.id ?? ''))
    pageToken = data.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  return pages
}

/** One call of a batch. */
export const part = (path: string, id: string): string =>
  `--B\r\nContent-Type: application/http\r\nContent-ID: <${id}>\r\n\r\nGET ${path}\r\n\r\n`

interface PartAnswer {
  readonly id: string | undefined
  readonly status: number
  readonly json: { readonly id?: string }
}

/** Sends a batch and gives status and JSON by content id. */
export async function batch({ fetchApi }: Simulated, paths: readonly string[]) {
  const body = `${paths.map((path, at) => part(path, `item-${at}`)).join('')}--B--\r\n`
  const headers = { 'content-type': 'multipart/mixed; boundary=B' }
  const answer = await fetchApi('batch/gmail/v1', { method: 'POST', headers, body })
  const boundary = /boundary=(\S+)/.exec(answer.headers.get('content-type') ?? '')?.[1]
  const pieces = (await answer.text()).split(`--${boundary}`).slice(1, -1)
  const parts = pieces.map(
    (piece): PartAnswer => ({
      id: /Content-ID: <response-(.+?)>/.exec(piece)?.[1],
      status: Number(/HTTP\/1\.1 (\d+)/.exec(piece)?.[1]),
      json: JSON.parse(piece.slice(piece.indexOf('{'))),
    }),
  )
  return { status: answer.status, parts }
}

/** Asks for the same message so many times and says how often it was given. */
export async function gets(made: Simulated, count: number): Promise<number> {
  const path = `/gmail/v1/users/me/messages/${made.mailbox.messages()[0]?.id}?format=minimal`
  let passed = 0
  for (let left = count; left > 0; left -= 100) {
    const { parts } = await batch(
      made,
      Array.from({ length: Math.min(left, 100) }, () => path),
    )
    passed += parts.filter((each) => each.status === 200).length
  }
  return passed
}
