/**
 * `node test/bench/readers.ts [--messages N] [--pairs N] [--readers N]`: what readers of events cost during a sync at full speed, one of
 * them stuck. Goal: at most 10 % more CPU for the same sync, median of interleaved pairs; the same heard by all; memory as without.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { type FakeGmail, startFakeGmail } from './fake-gmail.ts'
import { median } from './figures.ts'
import { install } from './product.ts'
import type { Heard } from './reader-crowd.ts'

const token = { type: 'authorized_user', client_id: 'bench', client_secret: 'bench', refresh_token: 'bench' }

interface Run {
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  readonly heard: readonly Heard[]
}

/** One full download, with that many readers from its beginning. */
async function run(fake: FakeGmail, messages: number, readers: number): Promise<Run> {
  const product = await install({ rootUrl: fake.rootUrl, oauthUrl: fake.rootUrl })
  try {
    await product.importToken(token)
    const running = await product.run()
    await running.until(({ accounts }) => accounts.length > 0)
    const crowd = readers === 0 ? null : await gather(product.home, readers)
    await running.until(({ accounts, state }) => state === 'idle' && accounts[0]?.messages_stored === messages)
    const cpuSeconds = running.watch.cpuAt(Date.now())
    // What is still on its way arrives; every reader has the same chance.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const heard = crowd === null ? [] : await report(crowd)
    await running.stop()
    return { cpuSeconds, peakMegabytes: running.watch.peakRssBytes / 1e6, heard }
  } finally {
    await product.remove()
  }
}

async function gather(home: string, count: number): Promise<ChildProcess> {
  const { port } = JSON.parse(await readFile(join(home, 'service.json'), 'utf8')) as { port: number }
  const apiToken = (await readFile(dataPaths(home).apiToken, 'utf8')).trim()
  return fork(new URL('./reader-crowd.ts', import.meta.url), [String(port), apiToken, String(count)])
}

async function report(crowd: ChildProcess): Promise<readonly Heard[]> {
  const answer = once(crowd, 'message')
  crowd.send('report')
  const [heard] = (await answer) as [readonly Heard[]]
  crowd.kill()
  return heard
}

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '3000' },
    pairs: { type: 'string', default: '5' },
    readers: { type: 'string', default: '100' },
  },
})
const messages = Number(values.messages)
const fake = await startFakeGmail(messages)
try {
  const ratios: number[] = []
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const without = await run(fake, messages, 0)
    const withReaders = await run(fake, messages, Number(values.readers))
    ratios.push(withReaders.cpuSeconds / without.cpuSeconds)
    const { heard } = withReaders
    const kinds = new Set(
      heard.map(({ events }) => JSON.stringify({ cycle: events['cycle'], log: events['log'], lost: events['lost'] })),
    )
    console.log(
      `CPU ${without.cpuSeconds.toFixed(1)} s without, ${withReaders.cpuSeconds.toFixed(1)} s with ${values.readers} readers; ` +
        `memory ${without.peakMegabytes.toFixed(0)} and ${withReaders.peakMegabytes.toFixed(0)} MB; ` +
        `${heard.length} readers heard ${[...kinds].join(' or ')}, ${new Set(heard.map(({ logs }) => logs)).size} version(s) of the log, ` +
        `${heard.filter(({ revisions }) => revisions.isRising).length} with rising revisions, status ${median(heard.map(({ events }) => events['status'] ?? 0))} times`,
    )
  }
  console.log(
    `Median of ${ratios.length} pairs: ${((median(ratios) - 1) * 100).toFixed(1)} % more CPU (goal: at most 10 %)`,
  )
} finally {
  await fake.close()
}
