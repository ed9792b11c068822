import { registerHooks } from 'node:module'

/**
 * Makes the stand-in of this folder answer for `electron`, for `import` and `require` alike:
 * `node --import …/register.ts dist/main/main.js`.
 */
const names: ReadonlySet<string> = new Set(['electron', 'electron/main', 'electron/common'])
const standIn = new URL('./electron.ts', import.meta.url).href

registerHooks({
  // Answered here: the resolver of `require` takes no address of a file.
  resolve: (specifier, context, next) =>
    names.has(specifier) ? { url: standIn, shortCircuit: true } : next(specifier, context),
})
