import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { NO_PAPERS, papers } from '../support/papers.ts'

/** The yardstick mailbox: `message(i)` gives the same bytes for the same seed and index. */
export interface YardstickMailbox {
  message(index: number): { readonly raw: Buffer; readonly internalDate: number }
}

const Stats = z.object({
  requests: z.int(),
  gets: z.int(),
  lists: z.int(),
  history: z.int(),
  bytes: z.number(),
  rss: z.number(),
  serverCpu: z.object({ user: z.number(), system: z.number() }),
})
export type FakeStats = z.infer<typeof Stats>

/** What the server says of a message now. */
export interface ListedMail {
  readonly id: string
  readonly labelIds: readonly string[]
}

/** The zero-latency server beside the checkout, as a process of its own. */
export interface FakeGmail {
  readonly port: number
  readonly rootUrl: string
  readonly mailbox: YardstickMailbox
  stats(): Promise<FakeStats>
  resetStats(): Promise<void>
  change(what: 'add' | 'relabel' | 'delete', count: number): Promise<void>
  /** Every live message, oldest first: the order in which the mailbox numbers them. */
  list(withLabels: boolean): Promise<ListedMail[]>
  close(): Promise<void>
}

/** Throws when the yardsticks are not beside the checkout. */
export async function startFakeGmail(messages: number): Promise<FakeGmail> {
  const script = papers('bench/fake-gmail-zero.mjs')
  const mails = papers('bench/mails.mjs')
  if (script === null || mails === null) throw new Error(NO_PAPERS)
  const port = await freePort()
  const child = spawn(process.execPath, [script, '--port', String(port), '--n', String(messages)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])) as unknown[]
  if (typeof line !== 'string') throw new Error(`The zero-latency server ended at once (${String(line)})`)
  const rootUrl = `http://127.0.0.1:${port}/`
  const { makeMailbox } = (await import(pathToFileURL(mails).href)) as {
    makeMailbox(options: { n: number; seed: number }): YardstickMailbox
  }
  const control = async (path: string, method: 'GET' | 'POST' = 'POST'): Promise<unknown> => {
    const answer = await fetch(`${rootUrl}_ctl/${path}`, { method })
    if (!answer.ok) throw new Error(`The zero-latency server answered ${answer.status} to ${path}`)
    return answer.json()
  }
  return {
    port,
    rootUrl,
    mailbox: makeMailbox({ n: messages, seed: 1 }),
    stats: async () => Stats.parse(await control('stats', 'GET')),
    resetStats: async () => void (await control('reset-stats')),
    change: async (what, count) => void (await control(`${what}?n=${count}`)),
    list: (withLabels) => listAll(rootUrl, withLabels),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

const ListAnswer = z.object({
  messages: z.array(z.object({ id: z.string() })).optional(),
  nextPageToken: z.string().optional(),
})
const MinimalAnswer = z.object({ labelIds: z.array(z.string()) })

async function listAll(rootUrl: string, withLabels: boolean): Promise<ListedMail[]> {
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${rootUrl}gmail/v1/users/me/${path}`, { headers: { authorization: 'Bearer bench' } })).json()
  const ids: string[] = []
  let token: string | undefined
  do {
    const page = ListAnswer.parse(
      await ask(`messages?maxResults=500&includeSpamTrash=true${token === undefined ? '' : `&pageToken=${token}`}`),
    )
    ids.push(...(page.messages ?? []).map((message) => message.id))
    token = page.nextPageToken
  } while (token !== undefined)
  ids.reverse()
  if (!withLabels) return ids.map((id) => ({ id, labelIds: [] }))
  const mails: ListedMail[] = []
  for (const id of ids) {
    const { labelIds } = MinimalAnswer.parse(await ask(`messages/${id}?format=minimal`))
    mails.push({ id, labelIds })
  }
  return mails
}

/** A port that was free a moment ago: the server beside the checkout takes no 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}
