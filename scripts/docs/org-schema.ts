import { orgJsonSchema } from '../../packages/server/src/domain/org/template-schema.ts'

export const orgSchemaPath = 'docs/reference/org.schema.json'

/** JSON Schema of `org.yaml`, made of the schema that reads it, for editors. */
export const orgSchema = () =>
  `${JSON.stringify({ title: 'An organization of Molecule', ...orgJsonSchema() }, null, 2)}\n`
