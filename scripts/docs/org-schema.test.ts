import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { orgSchema, orgSchemaPath } from './org-schema.ts'

test('the published schema of templates says what the reader says', async () => {
  const written = await readFile(orgSchemaPath, 'utf8')

  expect(written, 'write it again with: node scripts/docs.ts').toBe(orgSchema())
})

test('it knows the keys of an organization, and no others', () => {
  const schema = JSON.parse(orgSchema())

  expect(schema).toMatchObject({ additionalProperties: false, required: ['name', 'workspaces'] })
  expect(JSON.stringify(schema)).toContain('"hibernation_idle_minutes"')
})
