/**
 * Many rows travel as one JSON parameter and become a table by `json_to_recordset`: the same on both drivers, columns
 * named once, nested arrays allowed. See docs/decisions/0004-rows-as-json.md. A bigint is given as its text: JSON has none, and
 * looking at every value for one costs more than writing them all. One left over throws.
 */
export const asJson = (rows: readonly object[]): string => JSON.stringify(rows)

/** A digest or other bytes in the spelling Postgres reads as bytea. */
export const byteaFromHex = (hex: string): string => `\\x${hex}`

/** A timestamp column as milliseconds since 1970, or null. */
export const millis = (value: Date | null): number | null => (value === null ? null : value.getTime())

/** A timestamp column as ISO 8601 UTC, or null. */
export const iso = (value: Date | null): string | null => (value === null ? null : value.toISOString())
