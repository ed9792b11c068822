import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..', '..')
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const text = read('.github/workflows/release.yml')

interface Step {
  readonly name?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>
}
const workflow = parse(text) as Workflow
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

/** Names of secrets and variables in a text. */
const secretsIn = (source: string): string[] => [
  ...new Set([...source.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name ?? '')),
]

describe('the release workflow', () => {
  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '')
    expect(named).toEqual(expect.arrayContaining(['e2e', 'package']))
    for (const name of named) expect(scripts).toHaveProperty([name])
  })

  it('uses the secrets that the document names, and no others', () => {
    const documented = [...read('docs/releasing.md').matchAll(/`((?:MAC|APPLE|WIN)_\w+)`/g)].map(([, name]) => name)
    expect(secretsIn(text).sort()).toEqual([...new Set(documented)].sort())
  })

  it('shows secrets and names of others to its scripts as variables only, never as a part of them', () => {
    const scripts = steps.flatMap(({ run }) => run ?? [])
    expect(scripts.length).toBeGreaterThan(5)
    for (const script of scripts) expect(script).not.toMatch(/\$\{\{ *(secrets|github)\./)
  })

  it('may write to the repository only where it drafts the release', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const writing = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions !== undefined)
    expect(writing.map(([name]) => name)).toEqual(['draft'])
  })

  it('tests the app on the real Electron before it packs', () => {
    const order = steps.map(({ run }) => run ?? '')
    const tested = order.findIndex((run) => run.includes('npm run e2e'))
    expect(tested).toBeGreaterThan(order.findIndex((run) => run.includes('install-electron')))
    expect(order.findIndex((run) => run.includes('npm run package'))).toBeGreaterThan(tested)
  })

  it('checks what it installed before it builds of it, and says what it is made of beside the packages', () => {
    const order = steps.map(({ run }) => run ?? '')
    const at = (part: string) => order.findIndex((run) => run.includes(part))
    expect(at('npm audit signatures')).toBe(at('npm ci') + 1)
    expect(at('npm audit signatures')).toBeLessThan(at('npm run package'))
    expect(order[at('npm sbom')]).toMatch(/--sbom-format cyclonedx .*> release\/mailtide\.cdx\.json/)
    expect(at('npm sbom')).toBeGreaterThan(at('npm run package'))
    expect(text).toContain('release/*.cdx.json')
  })

  it('has shell scripts that bash can read', () => {
    for (const { run } of steps) {
      const script = (run ?? '').replaceAll(/\$\{\{.*?\}\}/g, 'true')
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    }
  })
})

it('packages and windows are known to Windows by one name', () => {
  const { appId } = parse(read('electron-builder.yml')) as { readonly appId: string }
  expect(read('electron/main.ts')).toContain(`app.setAppUserModelId('${appId}')`)
})
