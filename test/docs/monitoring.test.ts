import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricsText } from '../../electron/api/prometheus.ts'
import { formatJson } from '../../electron/platform/log-format.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { hasPromtool, metricNames, NO_PROMTOOL, promtool, richSnapshot, seriesOf } from '../support/prometheus.ts'
import { blocksOf } from './markdown.ts'

const docs = resolve(import.meta.dirname, '../../docs')
const read = (name: string): string => readFileSync(join(docs, name), 'utf8')

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: unknown
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly datasource: unknown }[]
}
interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly id: null
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] }
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly labels: Readonly<Record<string, string>>
      readonly annotations: Readonly<Record<string, string>>
    }[]
  }[]
}

const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? [])
const rules = (parse(read('prometheus-alerts.yml')) as Rules).groups.flatMap((group) => group.rules)
const guide = read('monitoring.md')

/** Names of metrics in a PromQL expression: all of ours and of the process' have a telling prefix. */
const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\b(?:mailtide|process|nodejs)_\w+/g)].map(([name]) => name))

let written: string
let known: ReadonlySet<string>
beforeAll(async () => {
  written = await metricsText(richSnapshot)
  known = metricNames(written)
})

describe('the Grafana dashboard', () => {
  it('is one that Grafana 10 and newer take as it is', () => {
    expect(dashboard).toMatchObject({ uid: 'mailtide', title: 'Mailtide', id: null })
    // 38 is Grafana 10.0's; newer ones migrate older schemas, and none takes a newer one than its own.
    expect(dashboard.schemaVersion).toBe(38)
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const panel of dashboard.panels.filter(({ type }) => type !== 'row')) {
      expect(['stat', 'timeseries', 'table', 'bargauge']).toContain(panel.type)
      expect(panel.title).not.toBe('')
      expect(panel.description).toMatch(/\.$/)
      const refs = panel.targets?.map(({ refId }) => refId) ?? []
      expect(refs.length).toBeGreaterThan(0)
      expect(new Set(refs).size).toBe(refs.length)
    }
  })

  it('asks for the data source, the service and the account, and hard-wires none', () => {
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
      ['account', 'query'],
    ])
    const chosen = { type: 'prometheus', uid: '\u0024{datasource}' }
    for (const { datasource } of targets) expect(datasource).toEqual(chosen)
  })

  it('has no panels one over another or beyond the edge', () => {
    const taken = new Set<string>()
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false)
          taken.add(`${x},${y}`)
        }
      }
    }
  })

  it('asks for metrics that exist, and for all of them', () => {
    const asked = namesIn(targets.map(({ expr }) => expr).join('\n'))
    expect([...asked].filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !asked.has(name))).toEqual([])
  })

  it('shows something in every panel for a service that has everything to tell', async ({ skip }) => {
    if (!hasPromtool) skip(NO_PROMTOOL)
    const asked = targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'))
    const input_series = [...seriesOf(written)].map(([series, value]) => {
      const [name = '', labels = ''] = series.replace(/\}$/, '').split(/\{(.*)/s)
      const all = [...(labels === '' ? [] : [labels]), 'job="mailtide"', 'instance="a"'].join(',')
      return { series: `${name}{${all}}`, values: `${value}${name.endsWith('_total') ? '+1' : ''}x60` }
    })
    const promql_expr_test = asked.map((expr) => ({
      expr: `count(${expr}) > bool 0`,
      eval_time: '1h',
      exp_samples: [{ labels: '{}', value: 1 }],
    }))
    const file = join(await tempFolder(), 'panels.test.yml')
    await writeFile(file, JSON.stringify({ tests: [{ interval: '1m', input_series, promql_expr_test }] }))
    expect(promtool(['test', 'rules', file])).toContain('SUCCESS')
  })
})

describe('the alert rules', () => {
  it('are sound to Prometheus itself', ({ skip }) => {
    if (!hasPromtool) skip(NO_PROMTOOL)
    expect(promtool(['check', 'rules', join(docs, 'prometheus-alerts.yml')])).toContain(`${rules.length} rules found`)
  })

  it('fire for their cause, and not without it', ({ skip }) => {
    if (!hasPromtool) skip(NO_PROMTOOL)
    expect(promtool(['test', 'rules', join(import.meta.dirname, 'prometheus-alerts.test.yml')])).toContain('SUCCESS')
  })

  it('are each seen to fire by those tests', () => {
    const tests = readFileSync(join(import.meta.dirname, 'prometheus-alerts.test.yml'), 'utf8')
    const fired = rules.filter(({ alert }) => new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`).test(tests))
    expect(fired.map(({ alert }) => alert)).toEqual(rules.map(({ alert }) => alert))
  })

  it('ask for metrics that exist', () => {
    const asked = namesIn(rules.map(({ expr }) => expr).join('\n'))
    expect([...asked].filter((name) => !known.has(name))).toEqual([])
    expect(asked.size).toBeGreaterThan(8)
  })

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s says how bad it is, what it is and what to do',
    (alert, rule) => {
      expect(alert).toMatch(/^Mailtide[A-Z]\w+$/)
      expect(rule.labels['severity']).toMatch(/^(info|warning|critical)$/)
      expect(rule.annotations['summary']).toMatch(/\S/)
      expect(rule.annotations['remedy']).toMatch(/\.$|start$/)
      expect(guide).toMatch(new RegExp(`^\\| \`${alert}\` +\\|`, 'm'))
    },
  )
})

describe('docs/monitoring.md', () => {
  it('lists every metric of ours with the text it has, and none that is not there', () => {
    for (const [, name, help] of written.matchAll(/^# HELP (mailtide_\w+) (.*)$/gm)) {
      expect(guide).toMatch(
        new RegExp(`^\\| \`${name}\` +\\| .* \\| ${help?.replaceAll(/[.;:()]/g, '\\$&')} *\\|$`, 'm'),
      )
    }
    const listed = [...guide.matchAll(/`((?:mailtide|process|nodejs)_\w+)`/g)].map((match) => match[1] ?? '')
    expect(listed.filter((name) => !known.has(name))).toEqual([])
    expect(new Set(listed)).toEqual(known)
  })

  it('has configurations that Prometheus takes', async ({ skip }) => {
    if (!hasPromtool) skip(NO_PROMTOOL)
    const configurations = blocksOf(guide).filter(({ text }) => text.includes('targets: ["127.0.0.1:8000"]'))
    expect(configurations).toHaveLength(2)
    const folder = await tempFolder()
    copyFileSync(join(docs, 'prometheus-alerts.yml'), join(folder, 'mailtide-alerts.yml'))
    await writeFile(join(folder, 'mailtide-token'), 'a-token\n')
    for (const { text } of configurations) {
      await writeFile(join(folder, 'prometheus.yml'), text)
      expect(promtool(['check', 'config', join(folder, 'prometheus.yml')])).toContain('is valid prometheus config')
    }
  })

  it('gives node_exporter nothing but our own metrics, whole', ({ skip }) => {
    const filter = /grep -E '([^']+)'/.exec(guide)?.[1] ?? ''
    const { stdout } = spawnSync('grep', ['-E', filter], { input: written, encoding: 'utf8' })
    const ours = [...seriesOf(written)].filter(([name]) => name.startsWith('mailtide_'))
    expect([...seriesOf(stdout)]).toEqual(ours)
    if (!hasPromtool) skip(NO_PROMTOOL)
    expect(promtool(['check', 'metrics'], stdout)).toBe('')
  })

  it('shows a JSON line as the log writes it, and tells collectors of names that it has', () => {
    const example = blocksOf(guide).find(({ language }) => language === 'json')?.text ?? ''
    const { timestamp, level, logger, message, ...fields } = JSON.parse(example) as Record<string, string>
    const line = formatJson({
      at: timestamp ?? '',
      level: 'warning',
      name: logger ?? '',
      message: message ?? '',
      fields,
    })
    expect(JSON.parse(example)).toEqual(JSON.parse(line))
    expect(level).toBe('warning')
    const promtail = parse(blocksOf(guide).findLast(({ language }) => language === 'yaml')?.text ?? '') as {
      scrape_configs: { pipeline_stages: { json?: { expressions: Record<string, string> } }[] }[]
    }
    const expressions = promtail.scrape_configs[0]?.pipeline_stages.find((stage) => stage.json)?.json?.expressions
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      expect.arrayContaining(Object.values(expressions ?? { x: 'none' })),
    )
  })
})
