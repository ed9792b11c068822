import {
  type Operation,
  type OperationName,
  operationNames,
  operations,
  pathFields,
  pathsOf,
} from '../../shared/contract.ts'
import { type DocumentName, documentNames, documents, EndNotice, LostNotice } from '../../shared/documents.ts'
import { AppError, type ErrorCode, toProblem } from '../../shared/errors.ts'
import { exampleAnswers, exampleInputs } from './openapi-examples.ts'
import { componentSchemas, inputSchema, type JsonSchema, schemaRef } from './openapi-schemas.ts'
import { PROBLEM_TYPE } from './problems.ts'

/** The description of the API, made of the schemas that validate it: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument(version: string): JsonSchema {
  const answers = Object.fromEntries(operationNames.map((name) => [answerName(name), operations[name].output]))
  return {
    openapi: '3.1.1',
    info: { title: 'Mailtide', version, description: about, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        description: 'This computer',
        variables: { port: { default: '8000', description: 'The setting `apiPort`' } },
      },
    ],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      schemas: componentSchemas(answers),
      responses: problemResponses(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The content of the file `api-token` in the data folder',
        },
      },
    },
  }
}

const about = `The service on this computer. It answers on 127.0.0.1 and [::1] only, and refuses requests of other web pages.

What is marked as open needs no token unless the setting \`requireToken\` is on. Errors are problem documents (RFC 9457) with a \`code\` and, where there is one, a \`remedy\`. Timestamps are ISO 8601 in UTC.`

const tags = {
  service: 'Health, status, start and stop',
  accounts: 'Accounts, signing in, OAuth clients and messages that failed',
  figures: 'Logs, metrics and what is stored',
  settings: 'Settings and the API token',
} as const

const tagOf = (path: string): keyof typeof tags => {
  if (/\/(accounts|failures|oauth-clients|sign-in)/.test(path)) return 'accounts'
  if (/\/(logs|metrics|storage)/.test(path)) return 'figures'
  return /\/(settings|token)/.test(path) ? 'settings' : 'service'
}

function paths(): Readonly<Record<string, JsonSchema>> {
  const found: Record<string, JsonSchema> = {}
  for (const name of operationNames) {
    const row = operations[name]
    for (const [index, path] of pathsOf(row).entries()) {
      const method = row.method.toLowerCase()
      found[path] = { ...found[path], [method]: describeOperation(name, index > 0) }
    }
  }
  for (const name of documentNames) found[documents[name].path] = { get: describeDocument(name) }
  return found
}

function describeOperation(name: OperationName, isAlias: boolean): JsonSchema {
  const row: Operation = operations[name]
  const schema = inputSchema(row.input)
  const fields = Object.entries(propertiesOf(schema))
  const inPath = pathFields(row.path)
  const required = requiredOf(schema)
  const parameters = fields
    .filter(([field]) => inPath.includes(field) || row.from === 'query')
    .map(([field, held]) => parameter(field, held, inPath.includes(field) ? 'path' : 'query', required.includes(field)))
  const body = fields.filter(([field]) => !inPath.includes(field))
  return {
    operationId: isAlias ? `${name}ForScripts` : name,
    summary: isAlias ? `${row.summary} (address that existing scripts use)` : row.summary,
    tags: [tagOf(row.path)],
    security: securityOf(row.auth),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(row.method === 'GET' || body.length === 0 ? {} : { requestBody: requestBody(row, schema, body, required) }),
    responses: {
      [row.success]: {
        description: 'Done',
        content: { 'application/json': { schema: schemaRef(answerName(name)), example: exampleAnswers[name] } },
      },
      ...problemAnswers(operationProblems(row)),
    },
  }
}

/** Every answer of an operation has a name of its own. */
const answerName = (name: OperationName): string => `${name[0]?.toUpperCase()}${name.slice(1)}Answer`

function describeDocument(name: DocumentName): JsonSchema {
  const { summary, path, auth, mediaType, input } = documents[name]
  const parameters = Object.entries(propertiesOf(inputSchema(input))).map(([field, held]) =>
    parameter(field, held, 'query', false),
  )
  const schema = mediaType === 'application/json' ? { type: 'object' } : { type: 'string' }
  return {
    operationId: name,
    summary,
    tags: [tagOf(path)],
    security: securityOf(auth),
    ...(name === 'events' ? { description: aboutEvents, 'x-events': events } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      200: { description: summary, content: { [mediaType]: { schema } } },
      ...problemAnswers([]),
    },
  }
}

const aboutEvents = `The current snapshot comes first, then every change as a whole snapshot (if a reader is busy, only the latest), each finished cycle, and with \`kinds\` the lines of the log. After a broken connection, send the id of the last event as \`Last-Event-ID\`: nothing is sent twice and nothing is missed. The event \`lost\` reports what can no longer be sent. A comment every 15 seconds keeps the connection alive. The last event, \`end\`, says that the service closed the stream. Events of kind \`log\` need the token. Browsers stream with fetch, so that the token is a header.`

const events = {
  status: schemaRef('Snapshot'),
  cycle: schemaRef('CycleSummary'),
  log: schemaRef('LogEntry'),
  lost: inputSchema(LostNotice),
  end: inputSchema(EndNotice),
}

function parameter(name: string, held: JsonSchema, where: 'path' | 'query', isRequired: boolean): JsonSchema {
  const { description, ...schema } = held
  return {
    name,
    in: where,
    ...(isRequired ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
    ...(name in exampleInputs ? { example: exampleInputs[name] } : {}),
  }
}

function requestBody(
  row: Operation,
  schema: JsonSchema,
  fields: readonly (readonly [string, JsonSchema])[],
  required: readonly string[],
): JsonSchema {
  const needed = required.filter((name) => fields.some(([field]) => field === name))
  const body = { ...schema, properties: Object.fromEntries(fields), required: needed }
  return {
    ...(row.from === 'body' ? { required: true } : { description: 'The parameters may also be sent as JSON' }),
    content: { 'application/json': { schema: body } },
  }
}

const securityOf = (auth: Operation['auth']): readonly JsonSchema[] =>
  auth === 'token' ? [{ token: [] }] : auth === 'proof' ? [{}] : [{}, { token: [] }]

const statusOf = (code: ErrorCode): number => toProblem(new AppError(code, '')).status

const problemTexts: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'The API token is missing or wrong',
  403: 'The request comes from another web page, or was made for another host',
  404: 'Not found',
  409: 'It conflicts with the current state; or, with the code needs_reauth, the account must be signed in to Google again',
  413: 'The body is too large',
  415: 'The body is not JSON',
  502: 'Gmail answers in an unexpected way',
  503: 'Something it depends on does not answer: try again later',
  507: 'The disk is full',
}

/** Every request can be malformed, foreign or without its token, and meet a service that is starting or broken. */
const commonProblems = [400, 401, 403, 503]

const operationProblems = ({ method, problems = [] }: Operation): readonly number[] => [
  ...(method === 'GET' ? [] : [413, 415]),
  ...problems.map(statusOf),
]

const problemAnswers = (statuses: readonly number[]): JsonSchema =>
  Object.fromEntries([
    ...[...new Set([...commonProblems, ...statuses])].map((status) => [
      status,
      { $ref: `#/components/responses/Problem${status}` },
    ]),
    ['default', problemAnswer('Any other problem')],
  ])

/** The problems that some operation foresees, or every request can meet. */
function problemResponses(): JsonSchema {
  const foreseen = operationNames.flatMap((name) => operationProblems(operations[name]))
  return Object.fromEntries(
    [...new Set([...foreseen, ...commonProblems])].map((status) => [
      `Problem${status}`,
      problemAnswer(problemTexts[status] ?? 'Any other problem'),
    ]),
  )
}

const problemAnswer = (description: string): JsonSchema => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: schemaRef('Problem') } },
})

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
const requiredOf = (schema: JsonSchema): readonly string[] => (schema['required'] ?? []) as readonly string[]
