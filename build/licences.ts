// What a bundle holds of others, with their licences: a plugin for vite.config.ts that writes dist/licenses/THIRD-PARTY.txt.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** A package of which something is in a bundle. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly text: string
}

/** The folder of the package that a module of a bundle comes from; null for our own sources and what the bundler makes up. */
export function packageFolder(moduleId: string): string | null {
  const path = moduleId.replace(/^\0+/, '').replace(/\?.*$/s, '').replaceAll('\\', '/')
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name: string }
}

/** Throws for a package that is under no licence that can be shown: it must not be shipped. */
export function readPackage(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const { name, version, license: licence } = manifest
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file))
    .sort()
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (texts.length > 0) return { name, version, licence: licence ?? 'see its text', text: texts.join('\n\n') }
  if (licence !== 'MIT') throw new Error(`${folder} has no text of its licence (${licence ?? 'none named'})`)
  const author = typeof manifest.author === 'object' ? manifest.author.name : manifest.author
  return { name, version, licence, text: mit(author ?? `the authors of ${name}`) }
}

/** The text of those few packages that name the MIT licence without its text. */
const mit = (holder: string): string => `Copyright (c) ${holder.replace(/ *[<(].*/, '')}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** PGlite is PostgreSQL, compiled (https://www.postgresql.org/about/licence/). */
const postgres: BundledPackage = {
  name: 'PostgreSQL',
  version: 'as compiled into @electric-sql/pglite',
  licence: 'PostgreSQL',
  text: `PostgreSQL Database Management System (also known as Postgres, formerly known as Postgres95)

Portions Copyright (c) 1996-2026, PostgreSQL Global Development Group
Portions Copyright (c) 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and without a written
agreement is hereby granted, provided that the above copyright notice and this paragraph and the following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES,
INCLUDING LOST PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF
THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS FOR A PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO
OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR MODIFICATIONS.`,
}

const rule = '-'.repeat(80)

/** One text for people: every package with its version and licence, by name. */
export function thirdPartyText(packages: readonly BundledPackage[]): string {
  const all = packages.some(({ name }) => name === '@electric-sql/pglite') ? [...packages, postgres] : [...packages]
  all.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'))
  const parts = all.map(({ name, version, licence, text }) => `${name} ${version}\nLicence: ${licence}\n\n${text}\n`)
  const head = 'Mailtide contains the following software, each under its own licence.\n'
  return [head, ...parts].join(`\n${rule}\n\n`)
}

/**
 * Each part of the product (service, preload, window) is bundled by itself: every one writes down its packages beside the others', and the text is
 * made anew of all that are there.
 */
export function licences(): Plugin {
  return {
    name: 'licences',
    writeBundle(options, bundle) {
      const folders = new Set<string>()
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue
        for (const id of output.moduleIds) folders.add(packageFolder(id) ?? '')
      }
      folders.delete('')
      if (options.dir === undefined) throw new Error('The licences need to know where the bundle is')
      const target = join(dirname(options.dir), 'licenses')
      const lists = join(target, 'packages')
      mkdirSync(lists, { recursive: true })
      writeFileSync(join(lists, `${this.environment.name}.json`), JSON.stringify([...folders].sort(), null, 2))
      const everybody = new Set(
        readdirSync(lists).flatMap((file) => JSON.parse(readFileSync(join(lists, file), 'utf8')) as string[]),
      )
      const packages = new Map(
        [...everybody].map(readPackage).map((found) => [`${found.name} ${found.version}`, found] as const),
      )
      writeFileSync(join(target, 'THIRD-PARTY.txt'), thirdPartyText([...packages.values()]))
    },
  }
}
