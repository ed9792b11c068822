/** Statements that the server has parsed: the most recent ones, each with a plan tree in its memory. */
const MOST = 64

export interface Statements {
  /** What to run the statement under, and whether the server must parse it first. */
  get(text: string): { readonly name: string; readonly parse: boolean }
  /** The server parsed it under this name. */
  keep(text: string, name: string): void
  /** The server does not know it as we do. */
  forget(text: string): void
  /** The tables may have changed: all is to be parsed anew. */
  forgetAll(): void
  /** Names that the server can forget; told once. */
  closing(): readonly string[]
}

export function createStatements(most: number = MOST): Statements {
  /** In the order of use: a Map remembers the order of insertion. */
  const names = new Map<string, string>()
  let unused: string[] = []
  let given = 0
  return {
    get(text) {
      const name = names.get(text)
      if (name === undefined) return { name: `s${++given}`, parse: true }
      names.delete(text)
      names.set(text, name)
      return { name, parse: false }
    },
    keep(text, name) {
      names.set(text, name)
      const [oldest] = names
      if (names.size <= most || oldest === undefined) return
      names.delete(oldest[0])
      unused.push(oldest[1])
    },
    forget(text) {
      const name = names.get(text)
      if (name !== undefined) unused.push(name)
      names.delete(text)
    },
    forgetAll() {
      unused.push(...names.values())
      names.clear()
    },
    closing() {
      const told = unused
      unused = []
      return told
    },
  }
}
