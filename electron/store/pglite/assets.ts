import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { PGliteOptions } from '@electric-sql/pglite'
import { splitWideMerges } from './lean-wasm.ts'

// The compiler's library for Node has no WebAssembly
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> }

/** A compiled module: it can be sent between threads, with the code that was optimized so far. */
export type WasmModule = NonNullable<PGliteOptions['pgliteWasmModule']>

type Assets = PGliteOptions & { readonly pgliteWasmModule: WasmModule }

/**
 * PGlite's files from `folder` (a bundled product has no node_modules), or as npm installed them when null. The server's
 * module is rewritten on the way so that V8 does not need 600 MB to optimize it; one that is compiled already is used.
 */
export async function loadAssets(folder: string | null, compiled: WasmModule | null = null): Promise<Assets> {
  const dir = folder ?? dirname(fileURLToPath(import.meta.resolve('@electric-sql/pglite')))
  const read = (name: string) => readFile(join(dir, name))
  const [server, initdbWasmModule, data] = await Promise.all([
    compiled ?? read('pglite.wasm').then(splitWideMerges).then(WebAssembly.compile),
    read('initdb.wasm').then(WebAssembly.compile),
    read('pglite.data'),
  ])
  return {
    pgliteWasmModule: server,
    initdbWasmModule,
    fsBundle: new Blob([data]),
    extensions: { unaccent: pathToFileURL(join(dir, 'unaccent.tar.gz')) },
  }
}
