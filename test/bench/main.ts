/**
 * `npm run bench [-- --json] [--only NAME] [--messages N] [--runs N]`: what the product costs and how fast it is, against the goals.
 * NAME is one of zero, flat, paced, idle, robustness, desktop, rivals; `flat` (50,000 mails) runs only when named.
 */
import { parseArgs } from 'node:util'
import { type Goal, goalRows, isMet, median, shown, table } from './figures.ts'
import { type RivalName, type RivalRun, runRival, whyNot } from './rivals.ts'
import { benchZero, type ZeroResult, type ZeroRun } from './zero.ts'

const sections = ['zero', 'flat', 'paced', 'idle', 'robustness', 'desktop', 'rivals'] as const
type Section = (typeof sections)[number]

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    messages: { type: 'string', default: '5000' },
    runs: { type: 'string', default: '3' },
    /** Minutes of each paced run. */
    minutes: { type: 'string', default: '10' },
  },
})

const messages = Number(values.messages)
const runs = Number(values.runs)
const chosen = sections.filter((name) => (values.only === undefined ? name !== 'flat' : name === values.only))
if (chosen.length === 0) throw new Error(`--only takes one of ${sections.join(', ')}`)

const result: Record<string, unknown> = {}
const goals: Goal[] = []
/** For people: on standard output, or on standard error beside the JSON. */
const say = (text: string): void => void (values.json ? process.stderr : process.stdout).write(`${text}\n`)

const zeroRows = (run: ZeroRun): (string | number)[][] => [
  ['messages per second', run.messages_per_second],
  ['  with the start of the process', run.messages_per_second_with_start],
  ['CPU seconds (user + system)', run.cpu_seconds],
  ['  of them after the start', run.cpu_seconds_backfill],
  ['CPU seconds of the server', run.server_cpu_seconds],
  ['peak RSS, MB', run.peak_rss_mb],
  ['main thread delay p99, ms', run.loop_delay_p99_ms],
  ['main thread delay max, ms', run.loop_delay_max_ms],
  ['main thread busy, share', run.loop_utilisation],
  ['database bytes per raw byte', run.database_bytes_per_raw_byte],
  ['original bytes per raw byte', run.original_bytes_per_raw_byte],
  ['messages that are wrong', run.wrong],
]

function zeroGoals(run: ZeroRun): Goal[] {
  return [
    { name: 'zero latency', value: run.messages_per_second, limit: { min: 400 }, unit: 'messages/s' },
    { name: 'peak memory', value: run.peak_rss_mb, limit: { max: 600 }, unit: 'MB' },
    { name: 'main thread delay p99', value: run.loop_delay_p99_ms, limit: { max: 20 }, unit: 'ms' },
    { name: 'wrong messages', value: run.wrong, limit: { max: 0 }, unit: 'messages' },
  ]
}

async function zero(rivals: readonly RivalName[]): Promise<ZeroResult> {
  const found: Record<string, RivalRun[]> = {}
  const ratios: Record<string, number[]> = {}
  const zeroResult = await benchZero({
    messages,
    runs,
    incremental: true,
    onRun: async (run) => {
      say(`zero: ${shown(run.messages_per_second)} messages/s, ${shown(run.cpu_seconds)} CPU s`)
      // Right behind each other, so that both meet the same machine: only their ratio is told.
      for (const name of rivals) {
        const rival = await runRival(name, messages)
        say(`${name}: ${shown(rival.msgPerS)} messages/s, ${shown(rival.userS + rival.sysS)} CPU s`)
        found[name] = [...(found[name] ?? []), rival]
        ratios[name] = [...(ratios[name] ?? []), run.messages_per_second / rival.msgPerS]
      }
    },
  })
  for (const name of rivals) {
    const all = found[name] ?? []
    result[name] = {
      messages_per_second: median(all.map((run) => run.msgPerS)),
      cpu_seconds: median(all.map((run) => run.userS + run.sysS)),
      peak_rss_mb: median(all.map((run) => run.rssMB)),
      our_speed_by_its: median(ratios[name] ?? []),
    }
  }
  return zeroResult
}

async function benchAll(): Promise<void> {
  const wants = (name: Section): boolean => chosen.includes(name)
  if (wants('zero') || wants('rivals')) {
    const names = (['lieer', 'mbsync'] as const).filter((name) => {
      const reason = wants('rivals') ? whyNot(name) : 'not asked for'
      if (reason !== null && wants('rivals')) say(`${name} is left out: ${reason}`)
      return reason === null
    })
    const { median: run, runs: all, incremental } = await zero(names)
    result['messages_per_second'] = run.messages_per_second
    result['zero'] = { ...run, runs: all.length, incremental }
    goals.push(...zeroGoals(run))
    say(`\nZero-latency server, ${run.messages} mails, median of ${all.length}\n${table(zeroRows(run))}`)
    say(
      table(
        Object.entries(run.cpu_seconds_by_thread)
          .toSorted((a, b) => b[1] - a[1])
          .slice(0, 8)
          .map(([name, seconds]) => [`  CPU seconds of threads ${name}`, seconds]),
      ),
    )
    if (incremental !== null) {
      const { seconds, requests, cpu_seconds, wrong } = incremental
      say(
        `\n200 new, 500 relabelled, 50 deleted\n${table([
          ['seconds', seconds],
          ['requests', requests],
          ['CPU seconds', cpu_seconds],
          ['messages that are wrong', wrong],
        ])}`,
      )
      goals.push({ name: 'wrong after changes', value: wrong, limit: { max: 0 }, unit: 'messages' })
    }
    for (const name of names) say(`\n${name}\n${table(Object.entries(result[name] as Record<string, number>))}`)
  }
  if (wants('flat')) {
    const small = await benchZero({ messages: 5_000, runs: 1, incremental: false })
    const large = await benchZero({ messages: 50_000, runs: 1, incremental: false })
    const growth = large.median.peak_rss_mb / small.median.peak_rss_mb
    result['flat'] = { small: small.median, large: large.median, peak_rss_growth: growth }
    goals.push(
      { name: 'peak memory at 50,000', value: large.median.peak_rss_mb, limit: { max: 600 }, unit: 'MB' },
      { name: 'peak memory, 50,000 by 5,000', value: growth, limit: { max: 1.1 }, unit: 'times' },
    )
    say(`\n50,000 mails\n${table(zeroRows(large.median))}`)
  }
  if (wants('paced')) {
    const { benchPaced } = await import('./paced.ts')
    const minutes = Number(values.minutes)
    const paced = [
      // The faster the clock, the more our own machine's time between two turns weighs.
      await benchPaced({ table: 'new', minutes, timeScale: 8 }),
      await benchPaced({ table: 'old', minutes, timeScale: 2 }),
    ]
    result['paced'] = paced
    for (const run of paced) {
      const name = `quota table ${run.table}`
      goals.push(
        { name, value: run.share_of_ceiling * 100, limit: { min: 97 }, unit: '% of the ceiling' },
        { name: `${name}, errors`, value: run.quota_errors, limit: { max: 1 }, unit: 'quota errors' },
      )
    }
    say(
      `\nPaced\n${table([['', 'new', 'old'], ...Object.keys(paced[0] ?? {}).map((key) => [key, ...paced.map((run) => run[key as keyof typeof run])])])}`,
    )
  }
  if (wants('idle')) {
    const { benchIdle } = await import('./idle.ts')
    const idle = await benchIdle(20)
    result['idle'] = idle
    goals.push(
      { name: 'idle pass, requests', value: idle.requests_per_pass, limit: { max: 1 }, unit: 'requests' },
      { name: 'idle pass, units', value: idle.units_per_pass, limit: { max: 2 }, unit: 'units' },
    )
    say(`\nIdle\n${table(Object.entries(idle))}`)
  }
  if (wants('desktop')) {
    const { benchDesktop } = await import('./desktop.ts')
    const run = await benchDesktop(messages)
    result['desktop'] = run
    const p99 = Math.max(run.overview_delay_p99_ms, run.logs_delay_p99_ms)
    goals.push({ name: 'main thread delay p99, window open', value: p99, limit: { max: 20 }, unit: 'ms' })
    say(`\nWith the window open\n${table(Object.entries(run))}`)
  }
  if (wants('robustness')) {
    const { benchRobustness } = await import('./robustness.ts')
    const rows = benchRobustness()
    result['robustness'] = { cases: rows.length, slowest: rows.slice(0, 5) }
    goals.push({ name: 'slowest hostile mail', value: rows[0]?.seconds ?? 0, limit: { max: 1 }, unit: 's' })
    say(
      `\nHostile mails, the slowest of ${rows.length}\n${table(rows.slice(0, 5).map((row) => [row.name, row.seconds]))}`,
    )
  }
}

await benchAll()
say(`\n${table(goalRows(goals))}`)
result['goals_met'] = goals.every(isMet)
result['goals'] = goals.map((goal) => ({ ...goal, met: isMet(goal) }))
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
