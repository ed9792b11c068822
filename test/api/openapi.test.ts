import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, it } from 'vitest'
import { openApiDocument } from '../../electron/api/openapi.ts'
import { operationNames, operations, pathsOf } from '../../shared/contract.ts'
import { documentNames, documents } from '../../shared/documents.ts'

const description = openApiDocument('0.1.0')
const text = JSON.stringify(description)

it('is a description without a fault or a warning, by the rules that Redocly recommends', async () => {
  const found = await lintFromString({
    source: text,
    config: await createConfig({ extends: ['recommended'] }),
    absoluteRef: 'openapi.json',
  })
  expect(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([])
})

it('the linter would speak up', async () => {
  const found = await lintFromString({
    source: JSON.stringify({ ...description, info: { title: 'Mailtide' } }),
    config: await createConfig({ extends: ['recommended'] }),
    absoluteRef: 'openapi.json',
  })
  expect(found.map(({ ruleId }) => ruleId)).toContain('struct')
})

it('holds every address and method of the contract, and nothing else', () => {
  const paths = description['paths'] as Record<string, Record<string, unknown>>
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const served = [
    ...operationNames.flatMap((name) => pathsOf(operations[name]).map((path) => `${operations[name].method} ${path}`)),
    ...documentNames.map((name) => `GET ${documents[name].path}`),
  ]
  expect(described.sort()).toEqual(served.sort())
})

it('tells numbers in addresses as numbers with their limits, and what is optional', () => {
  const paths = description['paths'] as Record<string, Record<string, { parameters: unknown[]; requestBody?: unknown }>>
  expect(paths['/api/v1/background-sync/start']?.['post']?.parameters).toEqual([
    { name: 'interval_minutes', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1440 }, example: 5 },
  ])
  expect(paths['/api/v1/logs']?.['get']?.parameters[0]).toEqual({
    name: 'lines',
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: 5000, default: 200 },
    example: 200,
  })
  expect(paths['/api/v1/accounts/{id}']?.['patch']).toMatchObject({
    parameters: [{ name: 'id', in: 'path', required: true }],
    requestBody: { required: true, content: { 'application/json': { schema: { required: [] } } } },
  })
})
