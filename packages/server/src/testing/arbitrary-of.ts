import fc from 'fast-check'
import { z } from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** What stands in a generated text where an id is wanted; whoever sends it puts a real one there. */
export const idPlaceholders = ['{{own}}', '{{other}}', '{{task}}', '{{missing}}'] as const
const anId = fc.constantFrom(...idPlaceholders)
const anything = fc.jsonValue({ maxDepth: 3 })

/** JSON that the schema takes, most of the time: refinements and transforms are not looked into. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return ofJson(json, json.$defs ?? {}, '')
}

/** What a request needs to be carried out, and no schema tells. */
const known: Record<string, unknown> = {
  runtime: 'command',
  runtime_config: { command: 'cat' },
  workspace_dir: null,
}

function ofJson(
  schema: JsonSchema | boolean,
  defs: Record<string, JsonSchema | boolean>,
  name: string,
): fc.Arbitrary<unknown> {
  const usual = ofSchema(schema, defs, name)
  const lucky = { weight: 3, arbitrary: fc.constant(known[name]) }
  return name in known ? fc.oneof(lucky, { weight: 1, arbitrary: usual }) : usual
}

function ofSchema(
  schema: JsonSchema | boolean,
  defs: Record<string, JsonSchema | boolean>,
  name: string,
): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean') return anything
  const next = (each: JsonSchema | boolean) => ofJson(each, defs, name)
  if (schema.$ref) return next(defs[schema.$ref.replace(/^.*\//, '')] ?? true)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map(next))
  const types: unknown = schema.type
  if (Array.isArray(types)) return fc.oneof(...types.map((type) => next({ ...schema, type })))
  if (schema.type === 'object') return ofObject(schema, defs)
  if (schema.type === 'array') return ofArray(schema, next)
  return ofValue(schema, name)
}

function ofObject(schema: JsonSchema, defs: Record<string, JsonSchema | boolean>) {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([key, each]) => [key, ofJson(each, defs, key)] as const,
  )
  const requiredKeys = (schema.required ?? []).filter((key) => key in (schema.properties ?? {}))
  const needed = properties.filter(([key]) => requiredKeys.includes(key) || key in known)
  // Each optional field is one more reason to be refused: half of them do without.
  const named = fc.oneof(
    fc.record(Object.fromEntries(properties), { requiredKeys }),
    fc.record<Record<string, unknown>>(Object.fromEntries(needed)),
  )
  const more = schema.additionalProperties
  if (more === false || (more === undefined && properties.length > 0)) return named
  const values = more === undefined ? anything : ofJson(more, defs, '')
  return fc
    .tuple(fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,8}$/), values, { maxKeys: 4 }), named)
    .map(([extra, known]) => ({ ...extra, ...known }))
}

const ofArray = (
  { items, minItems = 0, maxItems = 4 }: JsonSchema,
  next: (schema: JsonSchema | boolean) => fc.Arbitrary<unknown>,
) =>
  fc.array(next(Array.isArray(items) ? true : (items ?? true)), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, 4)),
  })

function ofValue(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const { minimum = -1e6, maximum = 1e6 } = schema
  if (schema.type === 'string') return ofString(schema, name)
  if (schema.type === 'integer')
    return fc.integer({ min: Math.max(minimum, -1e6), max: Math.min(maximum, 1e6) })
  if (schema.type === 'number') return fc.double({ min: minimum, max: maximum, noNaN: true })
  if (schema.type === 'boolean') return fc.boolean()
  return schema.type === 'null' ? fc.constant(null) : anything
}

function ofString(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const { format, pattern, allOf = [], minLength = 0, maxLength = 1000 } = schema
  if (format === 'uuid' || /(^|_)ids?$/.test(name)) return anId
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((at) => at.toISOString())
  // By number: a name would be looked up, outside of this machine.
  if (format === 'uri') return fc.constantFrom('https://93.184.216.34/a2a', 'http://127.0.0.1/')
  const size = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) }
  const patterns = [pattern, ...allOf.map((each) => each.pattern)].flatMap((each) =>
    each === undefined ? [] : [new RegExp(each, 'u')],
  )
  const [first, ...others] = patterns
  if (!first) return fc.oneof(fc.string({ unit: 'grapheme', ...size }), fc.string(size))
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    others.every((other) => other.test(text))
  return fc
    .oneof(fc.string({ unit: 'grapheme-ascii', ...size }), fc.stringMatching(first))
    .filter((text) => first.test(text) && fits(text))
}
