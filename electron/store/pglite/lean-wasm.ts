/**
 * Saves half a gigabyte. V8 keeps, for each place where branches of a function meet, one entry per branch and live
 * value; PGlite's SQL parser is one function in which 2,000 branches meet in one place, so optimizing it takes 600 MB
 * for a second, shortly after every start. Here its branches meet in groups of 64 first, which means the same and costs
 * 40 MB. WebAssembly's binary format: https://webassembly.github.io/spec/core/binary/
 */

/** Functions smaller than this are left alone, bytes. */
const largeFunction = 96 * 1024
/** Only blocks that so many branches leave are worth it. */
const manyBranches = 512
const groupSize = 64
const codeSection = 10
const voidBlock = 0x40

/** The module with its widest merges split; the same bytes when there is nothing to do or something is not understood. */
export function splitWideMerges(wasm: Uint8Array): Uint8Array {
  try {
    return rewriteModule(wasm)
  } catch (error) {
    if (error instanceof NotUnderstood) return wasm
    throw error
  }
}

class NotUnderstood extends Error {}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

function byteAt(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw new NotUnderstood()
  return byte
}

function leb(cursor: Cursor): number {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = byteAt(cursor)
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
}

function toLeb(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

function rewriteModule(wasm: Uint8Array): Uint8Array {
  const cursor: Cursor = { bytes: wasm, at: 8 }
  while (cursor.at < wasm.length) {
    const start = cursor.at
    const id = byteAt(cursor)
    const size = leb(cursor)
    const content = cursor.at
    if (id === codeSection) {
      const code = rewriteCode(wasm.subarray(content, content + size))
      if (code === null) return wasm
      const header = Uint8Array.from([codeSection, ...toLeb(code.length)])
      return Buffer.concat([wasm.subarray(0, start), header, code, wasm.subarray(content + size)])
    }
    cursor.at = content + size
  }
  return wasm
}

function rewriteCode(section: Uint8Array): Uint8Array | null {
  const cursor: Cursor = { bytes: section, at: 0 }
  const count = leb(cursor)
  const parts: Uint8Array[] = []
  let copied = 0
  for (let index = 0; index < count; index++) {
    const start = cursor.at
    const size = leb(cursor)
    const body = section.subarray(cursor.at, cursor.at + size)
    cursor.at += size
    if (size < largeFunction) continue
    const rewritten = rewriteBody(body)
    if (rewritten === body) continue
    parts.push(section.subarray(copied, start), Uint8Array.from(toLeb(rewritten.length)), rewritten)
    copied = cursor.at
  }
  return parts.length === 0 ? null : Buffer.concat([...parts, section.subarray(copied)])
}

/** A block, loop, if or the function itself, as the target of branches. */
interface Label {
  branches: number
  /** It can be wrapped from within: no values, and the code before its end does not run into it. */
  wrappable: boolean
}

/** An instruction that opens, closes or leaves blocks, with the others before it. */
interface Instruction {
  /** Where the instructions begin that stand between the one before and this. */
  readonly from: number
  readonly start: number
  readonly end: number
  readonly op: number
  /** What it opens, when it opens something; what it closes, for an `end`. */
  readonly label?: Label
  /** Where it can jump to. */
  readonly targets?: readonly Label[]
}

const [opBlock, opLoop, opIf, opEnd, opBr, opBrIf, opBrTable, opReturn, opUnreachable] = [
  0x02, 0x03, 0x04, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x00,
] as const
const neverFallsThrough = new Set<number>([opBr, opBrTable, opReturn, opUnreachable])

function rewriteBody(body: Uint8Array): Uint8Array {
  const decoded = decode(body)
  const { instructions, start } = decoded
  const widest = instructions.reduce<Label | null>(
    (best, { op, label }) => (op === opBlock && label && label.branches > (best?.branches ?? 0) ? label : best),
    null,
  )
  if (widest === null || widest.branches < manyBranches) return body
  const wrapped = chooseWraps(instructions, widest)
  return Buffer.concat([body.subarray(0, start), encode(body, decoded, widest, wrapped)])
}

interface Decoded {
  readonly instructions: Instruction[]
  /** Where the instructions begin, after the locals. */
  readonly start: number
  /** The function itself, as the target of branches. */
  readonly root: Label
}

function decode(body: Uint8Array): Decoded {
  const cursor: Cursor = { bytes: body, at: 0 }
  for (let groups = leb(cursor); groups > 0; groups--) {
    leb(cursor)
    byteAt(cursor)
  }
  const first = cursor.at
  const root: Label = { branches: 0, wrappable: false }
  const open: Label[] = [root]
  const target = (depth: number): Label => {
    const label = open.at(-1 - depth)
    if (label === undefined) throw new NotUnderstood()
    label.branches++
    return label
  }
  const instructions: Instruction[] = []
  let before = -1
  let from = first
  while (cursor.at < body.length) {
    const start = cursor.at
    const op = byteAt(cursor)
    let label: Label | undefined
    let targets: Label[] | undefined
    if (op === opBlock || op === opLoop || op === opIf) {
      const type = leb(cursor)
      label = { branches: 0, wrappable: op === opBlock && type === voidBlock }
      open.push(label)
    } else if (op === opEnd) {
      label = open.pop()
      if (label === undefined) throw new NotUnderstood()
      if (!neverFallsThrough.has(before)) label.wrappable = false
    } else if (op === opBr || op === opBrIf) targets = [target(leb(cursor))]
    else if (op === opBrTable) targets = Array.from({ length: leb(cursor) + 1 }, () => target(leb(cursor)))
    else skipImmediates(cursor, op)
    before = op
    if (label === undefined && targets === undefined) continue
    instructions.push({ from, start, end: cursor.at, op, ...(label && { label }), ...(targets && { targets }) })
    from = cursor.at
  }
  if (open.length > 0) throw new NotUnderstood()
  return { instructions, start: first, root }
}

function skipImmediates(cursor: Cursor, op: number): void {
  if (op === 0x10 || (op >= 0x20 && op <= 0x26) || op === 0x3f || op === 0x40 || op === 0x41 || op === 0x42) leb(cursor)
  else if (op === 0x11 || (op >= 0x28 && op <= 0x3e)) {
    leb(cursor)
    leb(cursor)
  } else if (op === 0x43) cursor.at += 4
  else if (op === 0x44) cursor.at += 8
  else if (op === 0xfc) {
    const sub = leb(cursor)
    if (sub === 0x0a) cursor.at += 2
    else if (sub === 0x0b) cursor.at += 1
    else if (sub > 7) throw new NotUnderstood()
  } else if (op > 0xc4 || (op > 0x11 && op < 0x1a) || (op > 0x1b && op < 0x20) || (op > 0x05 && op < 0x0b)) {
    throw new NotUnderstood()
  }
}

/** Blocks inside the widest one, so spaced that about `groupSize` of its branches lie between the ends of two of them. */
function chooseWraps(instructions: readonly Instruction[], widest: Label): ReadonlySet<Label> {
  const chosen = new Set<Label>()
  const open: Label[] = []
  let since = 0
  for (const { op, label, targets } of instructions) {
    if (op === opEnd) open.pop()
    else if (label !== undefined) open.push(label)
    if (targets?.includes(widest)) since++
    if (op === opEnd && label?.wrappable && label !== widest && open.includes(widest) && since >= groupSize) {
      chosen.add(label)
      since = 0
    }
  }
  return chosen
}

/** Bytes that are written one after another, into room that is known to be enough. */
interface Output {
  readonly bytes: Buffer
  at: number
}

function write(out: Output, ...bytes: readonly number[]): void {
  for (const byte of bytes) out.bytes[out.at++] = byte
}

function writeLeb(out: Output, value: number): void {
  let rest = value
  for (; rest > 127; rest >>>= 7) write(out, (rest & 127) | 128)
  write(out, rest)
}

/**
 * Writes the body anew: `block c … end` of a chosen block becomes `block c block g … end br widest end`, and a branch to
 * the widest block goes to the nearest `g` around it, which passes it on. Depths are counted anew.
 */
function encode(
  body: Uint8Array,
  { instructions, root }: Decoded,
  widest: Label,
  wrapped: ReadonlySet<Label>,
): Uint8Array {
  // A depth may take three bytes where it took one; a gate takes no more than sixteen.
  const out: Output = { bytes: Buffer.allocUnsafe(body.length * 3 + wrapped.size * 16), at: 0 }
  const copy = (from: number, to: number): void => {
    out.bytes.set(body.subarray(from, to), out.at)
    out.at += to - from
  }
  const places = new Map<Label, number>()
  const open: Label[] = []
  const enter = (label: Label): void => {
    places.set(label, open.length)
    open.push(label)
  }
  const gates: Label[] = []
  const writeDepth = (target: Label): void => {
    // They stand only within the widest block, so that the newest open one is the nearest.
    const nearest = target === widest ? (gates.at(-1) ?? target) : target
    writeLeb(out, open.length - 1 - (places.get(nearest) ?? 0))
  }
  enter(root)
  for (const { from, start, end, op, label, targets } of instructions) {
    copy(from, start)
    if (targets !== undefined) {
      write(out, op)
      if (op === opBrTable) writeLeb(out, targets.length - 1)
      for (const target of targets) writeDepth(target)
      continue
    }
    if (op === opEnd) {
      if (gates.length > 0 && open.at(-1) === gates.at(-1)) {
        open.pop()
        gates.pop()
        write(out, opEnd, opBr)
        writeDepth(widest)
      }
      open.pop()
    }
    copy(start, end)
    if (label === undefined || op === opEnd) continue
    enter(label)
    if (!wrapped.has(label)) continue
    const gate: Label = { branches: 0, wrappable: false }
    enter(gate)
    gates.push(gate)
    write(out, opBlock, voidBlock)
  }
  return out.bytes.subarray(0, out.at)
}
