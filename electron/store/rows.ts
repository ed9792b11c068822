/**
 * Many rows travel as one JSON parameter and become a table by `json_to_recordset`: the same on both drivers, columns
 * named once, nested arrays allowed. See docs/decisions/0004-rows-as-json.md.
 */
export function asJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

/** A digest or other bytes in the spelling Postgres reads as bytea. */
export const byteaFromHex = (hex: string): string => `\\x${hex}`

/** A timestamp column as milliseconds since 1970, or null. */
export const millis = (value: Date | null): number | null => (value === null ? null : value.getTime())

/** A timestamp column as ISO 8601 UTC, or null. */
export const iso = (value: Date | null): string | null => (value === null ? null : value.toISOString())
