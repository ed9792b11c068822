import type { ParseFault } from './types.ts'

/** What can be wrong with a mail. Codes are stored, so one is never given another meaning. */
export type FaultCode =
  // Head
  | 'head_missing'
  | 'head_without_end'
  | 'head_noise'
  | 'too_many_fields'
  | 'header_8bit'
  | 'field_failed'
  | 'date_unreadable'
  // Parts
  | 'type_unreadable'
  | 'several_types'
  | 'boundary_missing'
  | 'boundary_unused'
  | 'boundary_guessed'
  | 'multipart_unclosed'
  | 'too_deep'
  | 'too_many_parts'
  | 'nested_too_large'
  // Content
  | 'encoding_unknown'
  | 'base64_damaged'
  | 'uuencode_damaged'
  | 'yenc_damaged'
  | 'charset_unknown'
  | 'charset_unsupported'
  | 'charset_mismatch'
  | 'html_cut'
  | 'part_failed'
  | 'message_failed'

/** Collects faults, each once per part, and not more than a person would read. */
export interface FaultList {
  add(code: FaultCode, part?: string | null): void
  readonly all: readonly ParseFault[]
}

const MAX_FAULTS = 200

export function createFaultList(): FaultList {
  const all: ParseFault[] = []
  const seen = new Set<string>()
  return {
    all,
    add(code, part = null) {
      const key = `${code} ${part ?? ''}`
      if (all.length >= MAX_FAULTS || seen.has(key)) return
      seen.add(key)
      all.push({ code, part })
    },
  }
}

/** Runs `read`; what it throws becomes a fault and `otherwise`, so that one bad field never costs the others. */
export function guarded<T>(faults: FaultList, code: FaultCode, part: string | null, otherwise: T, read: () => T): T {
  try {
    return read()
  } catch {
    // Whatever was wrong with this one field, the mail is stored without it and says so.
    faults.add(code, part)
    return otherwise
  }
}
