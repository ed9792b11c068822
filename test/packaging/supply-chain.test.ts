import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = <T>(name: string): T => JSON.parse(readFileSync(join(root, name), 'utf8')) as T

interface Locked {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}
interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}
const manifest = read<Manifest>('package.json')
const { packages } = read<{ readonly packages: Readonly<Record<string, Locked>> }>('package-lock.json')
const locked = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? ''

describe('every package that is installed', () => {
  it('comes from the npm registry, and is known by the SHA-512 of its bytes', () => {
    expect(locked.length).toBeGreaterThan(100)
    const strange = locked.filter(
      ([, { version, resolved = 'https://registry.npmjs.org/', integrity = '', link }]) =>
        link === true ||
        !/^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(version) ||
        !resolved.startsWith('https://registry.npmjs.org/') ||
        !/^sha512-[\w+/]{86}==$/.test(integrity),
    )
    expect(strange).toEqual([])
  })

  it('is named with one exact version, never with a range, an address or another name', () => {
    const asked = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })
    for (const [name, version] of asked) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.-]+)?$/)
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version)
    }
  })

  it('runs nothing while it is installed: every install script that there is is named and forbidden', () => {
    const scripted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => nameOf(path))
    expect(new Set(scripted)).toEqual(new Set(Object.keys(manifest.allowScripts)))
    expect(Object.values(manifest.allowScripts)).not.toContain(true)
  })
})

it('the bill of materials of a release names every package with its version, licence and checksum', () => {
  const { stdout, status } = spawnSync(
    'npm',
    ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' },
  )
  expect(status).toBe(0)
  const bill = JSON.parse(stdout) as {
    readonly bomFormat: string
    readonly metadata: { readonly component: { readonly purl: string; readonly type: string } }
    readonly components: readonly {
      readonly name: string
      readonly group?: string
      readonly version: string
      readonly purl: string
      readonly hashes?: readonly { readonly alg: string }[]
    }[]
  }
  expect(bill).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { purl: expect.stringMatching(/^pkg:npm\/mailtide@/), type: 'application' } },
  })
  const found = new Map(bill.components.map((each) => [each.purl.split('@').slice(0, -1).join('@'), each]))
  // What is bundled is named as a development dependency, and counts.
  for (const name of ['zod', 'react', 'electron', 'electron-updater', '%40electric-sql/pglite']) {
    expect(found.get(`pkg:npm/${name}`), name).toMatchObject({ hashes: [{ alg: 'SHA-512' }] })
  }
})
