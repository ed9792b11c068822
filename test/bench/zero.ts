import { dataPaths } from '../../electron/platform/data-folder.ts'
import { type FakeGmail, startFakeGmail } from './fake-gmail.ts'
import { median } from './figures.ts'
import { threadUse } from './process-tree.ts'
import { type Installation, install } from './product.ts'
import { backfillTimes, countWrong, diskBytes, withStore } from './verify.ts'

/** One full download from the zero-latency server. */
export interface ZeroRun {
  readonly messages: number
  /** From the moment the backfill began until the account was up to date. */
  readonly messages_per_second: number
  readonly wall_seconds: number
  /** The same with the start of the process, as for programs that are started for each sync. */
  readonly messages_per_second_with_start: number
  /** User and system time of the product, its start included. */
  readonly cpu_seconds: number
  readonly cpu_seconds_backfill: number
  readonly server_cpu_seconds: number
  readonly peak_rss_mb: number
  readonly loop_delay_p99_ms: number
  readonly loop_delay_max_ms: number
  readonly loop_utilisation: number
  readonly database_bytes_per_raw_byte: number
  readonly original_bytes_per_raw_byte: number
  /** Messages whose id, digest or bytes are not the server's; must be 0. */
  readonly wrong: number
  readonly cpu_seconds_by_thread: Readonly<Record<string, number>>
}

/** 200 new mails, 500 relabelled, 50 deleted, in one pass. */
export interface IncrementalRun {
  readonly seconds: number
  readonly requests: number
  readonly gets: number
  readonly cpu_seconds: number
  readonly wrong: number
}

export interface ZeroOptions {
  readonly messages: number
  readonly runs: number
  readonly incremental: boolean
  readonly nodeArgs?: readonly string[]
  /** Told after each run. */
  readonly onRun?: (run: ZeroRun) => void | Promise<void>
}

export interface ZeroResult {
  readonly median: ZeroRun
  readonly runs: readonly ZeroRun[]
  readonly incremental: IncrementalRun | null
}

const token = { type: 'authorized_user', client_id: 'bench', client_secret: 'bench', refresh_token: 'bench' }

export async function benchZero(options: ZeroOptions): Promise<ZeroResult> {
  const fake = await startFakeGmail(options.messages)
  try {
    const runs: ZeroRun[] = []
    let incremental: IncrementalRun | null = null
    for (let left = options.runs; left > 0; left--) {
      const product = await install({
        rootUrl: fake.rootUrl,
        oauthUrl: fake.rootUrl,
        nodeArgs: options.nodeArgs ?? [],
      })
      try {
        const run = await backfill(product, fake, options.messages)
        runs.push(run)
        await options.onRun?.(run)
        // Last, since it changes the mailbox.
        if (left === 1 && options.incremental) incremental = await changes(product, fake)
      } finally {
        await product.remove()
      }
    }
    return { median: medianRun(runs), runs, incremental }
  } finally {
    await fake.close()
  }
}

async function backfill(product: Installation, fake: FakeGmail, messages: number): Promise<ZeroRun> {
  // The database is made by this command, not within what is measured.
  await product.importToken(token)
  const serverBefore = await fake.stats()
  const running = await product.run()
  await running.until(({ accounts }) => accounts.length > 0)
  await running.loopDelay()
  await running.until(({ accounts, state }) => state === 'idle' && accounts[0]?.messages_stored === messages, 1_800_000)
  const delay = await running.loopDelay()
  const threads = threadUse(running.pid)
  const server = await fake.stats()
  await running.stop()

  const { watch, startedAt } = running
  const paths = dataPaths(product.home)
  const [databaseBytes, originalBytes] = [await diskBytes(paths.db), await diskBytes(paths.raw)]
  return withStore(product, async (store, account) => {
    const times = await backfillTimes(store, account)
    const { rows } = await store.db.query<{ bytes: number }>(
      'select sum(size_bytes)::float8 as bytes from mailtide.message where account_id = $1',
      [account],
    )
    const rawBytes = rows[0]?.bytes ?? 0
    const wall = (times.finishedAt - times.startedAt) / 1000
    const serverCpu = (stats: typeof server): number => (stats.serverCpu.user + stats.serverCpu.system) / 1e6
    return {
      messages,
      messages_per_second: messages / wall,
      wall_seconds: wall,
      messages_per_second_with_start: messages / ((times.finishedAt - startedAt) / 1000),
      cpu_seconds: watch.cpuAt(times.finishedAt),
      cpu_seconds_backfill: watch.cpuAt(times.finishedAt) - watch.cpuAt(times.startedAt),
      server_cpu_seconds: serverCpu(server) - serverCpu(serverBefore),
      peak_rss_mb: watch.peakRssBytes / 1e6,
      loop_delay_p99_ms: delay.p99,
      loop_delay_max_ms: delay.max,
      loop_utilisation: delay.utilisation,
      database_bytes_per_raw_byte: databaseBytes / rawBytes,
      original_bytes_per_raw_byte: originalBytes / rawBytes,
      wrong: await countWrong(store, account, fake),
      cpu_seconds_by_thread: threads,
    }
  })
}

async function changes(product: Installation, fake: FakeGmail): Promise<IncrementalRun> {
  const running = await product.run()
  await running.until(({ state }) => state === 'idle')
  await fake.change('add', 200)
  await fake.change('relabel', 500)
  await fake.change('delete', 50)
  await fake.resetStats()
  const cpuBefore = running.watch.cpuAt(Date.now())
  const { last_cycle } = await running.sync()
  const cpuAfter = running.watch.cpuAt(Date.now())
  const stats = await fake.stats()
  await running.stop()
  const wrong = await withStore(product, (store, account) =>
    countWrong(store, account, fake, { gone: 50, labels: true }),
  )
  return {
    seconds: last_cycle?.duration_seconds ?? 0,
    requests: stats.requests,
    gets: stats.gets,
    cpu_seconds: cpuAfter - cpuBefore,
    wrong,
  }
}

function medianRun(runs: readonly ZeroRun[]): ZeroRun {
  const [first] = runs
  if (first === undefined) throw new Error('No runs')
  const numbers = Object.entries(first).filter(([, value]) => typeof value === 'number')
  const medians = numbers.map(([key]) => [key, median(runs.map((run) => run[key as keyof ZeroRun] as number))])
  return {
    ...first,
    ...(Object.fromEntries(medians) as Partial<ZeroRun>),
    // One wrong message in any run is wrong.
    wrong: Math.max(...runs.map((run) => run.wrong)),
  }
}
