/**
 * Stands for fpm (https://fpm.readthedocs.io), which electron-builder fetches from GitHub: what it is told to put into a Debian package
 * goes into one by dpkg-deb. A word that it does not know is an error.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const one = { type: 'string' } as const
const many = { type: 'string', multiple: true } as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...one, short: 's' },
    t: { ...one, short: 't' },
    force: { type: 'boolean' },
    d: { ...many, short: 'd' },
    'deb-recommends': many,
    'deb-suggests': many,
    'deb-compression': one,
    'deb-priority': one,
    architecture: one,
    'after-install': one,
    'after-remove': one,
    description: one,
    version: one,
    package: one,
    name: one,
    maintainer: one,
    vendor: one,
    url: one,
    category: one,
    license: one,
  },
})

const needed = (name: keyof typeof values): string => {
  const value = values[name]
  if (typeof value !== 'string') throw new Error(`fpm was not told --${name}`)
  return value
}

if (needed('s') !== 'dir' || needed('t') !== 'deb') throw new Error('Only folders become packages here, and only deb')

const root = mkdtempSync(join(tmpdir(), 'mailtide-deb-'))
chmodSync(root, 0o755)
try {
  for (const mapping of positionals) {
    const cut = mapping.indexOf('=/')
    if (cut < 0) throw new Error(`${mapping} does not say where it goes`)
    const from = mapping.slice(0, cut)
    const to = join(root, mapping.slice(cut + 1))
    mkdirSync(statSync(from).isDirectory() ? to : dirname(to), { recursive: true })
    // Links instead of copies: it is read only.
    execFileSync('cp', ['--archive', '--link', '--no-target-directory', from, to])
  }
  const [synopsis = '', ...description] = needed('description').split('\n')
  const lists = { Depends: values.d, Recommends: values['deb-recommends'], Suggests: values['deb-suggests'] }
  const control = [
    `Package: ${needed('name')}`,
    `Version: ${needed('version')}`,
    `Architecture: ${needed('architecture')}`,
    `Maintainer: ${needed('maintainer')}`,
    ...Object.entries(lists).flatMap(([field, names]) =>
      names === undefined ? [] : [`${field}: ${names.join(', ')}`],
    ),
    `Section: ${needed('category')}`,
    `Priority: ${needed('deb-priority')}`,
    `Homepage: ${needed('url')}`,
    `Description: ${synopsis}`,
    ...description.map((line) => ` ${line.trim() === '' ? '.' : line.trim()}`),
  ]
  mkdirSync(join(root, 'DEBIAN'))
  writeFileSync(join(root, 'DEBIAN', 'control'), `${control.join('\n')}\n`)
  for (const [script, name] of [
    [needed('after-install'), 'postinst'],
    [needed('after-remove'), 'postrm'],
  ] as const) {
    copyFileSync(script, join(root, 'DEBIAN', name))
    chmodSync(join(root, 'DEBIAN', name), 0o755)
  }
  // Uncompressed: it is read once, here.
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, needed('package')])
} finally {
  rmSync(root, { recursive: true })
}
