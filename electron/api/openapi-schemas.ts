import { z } from 'zod'
import { Problem } from '../../shared/errors.ts'
import { FailedMessage } from '../../shared/figures.ts'
import { LogEntry } from '../../shared/log-entry.ts'
import { WireSettings } from '../../shared/settings.ts'
import { ClientInfo } from '../../shared/sign-in.ts'
import { AccountSnapshot, Alert, CycleSummary, LastError, Snapshot } from '../../shared/status.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** What several answers share, by the name it has in the description. */
const shared = {
  Snapshot,
  AccountSnapshot,
  CycleSummary,
  LastError,
  Alert,
  LogEntry,
  FailedMessage,
  ClientInfo,
  Settings: WireSettings,
  Problem,
} as const

export const schemaRef = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** The schemas of the description: those that answers share, and `answers` by their names. */
export function componentSchemas(answers: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({ ...shared, ...answers })) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'output' })
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, tidy(schema) as JsonSchema]))
}

/** An input as it is written by whoever sends it. */
export function inputSchema(input: z.ZodType): JsonSchema {
  const schema = z.toJSONSchema(input, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Text of digits that becomes a number is told as that number, which is how one writes it into an address.
      const { def } = zodSchema._zod
      if (def.type === 'default' && typeof def.defaultValue === 'number') jsonSchema.default = def.defaultValue
      if (def.type !== 'pipe' || def.out._zod.def.type !== 'number') return
      delete jsonSchema.anyOf
      Object.assign(jsonSchema, z.toJSONSchema(def.out))
    },
  })
  return tidy(schema) as JsonSchema
}

/** Leaves out what says nothing to a reader, and makes closed objects within `allOf` see each other's fields. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(value)
      .filter(([key, held]) => !isNoise(key, held, value))
      .map(([key, held]) => [key, tidy(held)]),
  )
  if ('propertyNames' in schema) return withNamedFields(schema)
  if (!Array.isArray(schema['allOf'])) return schema
  return { ...schema, allOf: schema['allOf'].map(opened), unevaluatedProperties: false }
}

const isNoise = (key: string, held: unknown, schema: object): boolean =>
  key === '$schema' ||
  key === '$id' ||
  key === '~standard' ||
  (key === 'maximum' && held === Number.MAX_SAFE_INTEGER) ||
  (key === 'minimum' && held === Number.MIN_SAFE_INTEGER) ||
  // The format says the same in words that people can read.
  (key === 'pattern' && 'format' in schema && schema.format === 'date-time')

/** A record whose keys are listed is an object of these fields. */
function withNamedFields({ propertyNames, additionalProperties, ...schema }: Record<string, unknown>): JsonSchema {
  const names = (propertyNames as { readonly enum?: readonly string[] }).enum
  if (names === undefined) return { ...schema, additionalProperties }
  return {
    ...schema,
    properties: Object.fromEntries(names.map((name) => [name, additionalProperties])),
    additionalProperties: false,
  }
}

/** A part of a whole, which therefore does not refuse the fields of the other parts. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened)
  if (typeof value !== 'object' || value === null) return value
  const { additionalProperties, ...schema } = value as Record<string, unknown>
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (key in schema) schema[key] = opened(schema[key])
  return additionalProperties === false || additionalProperties === undefined
    ? schema
    : { ...schema, additionalProperties }
}
