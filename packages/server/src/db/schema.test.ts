import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { postgresServer } from '../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase } from '../testing/test-db.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { jsonColumns } from './tables.ts'

interface Column {
  table: string
  name: string
  type: string
  isNullable: 0 | 1
}
interface Constraint {
  table: string
  name: string
  kind: string
}
interface Index {
  name: string
  isUnique: 0 | 1
  isPartial: 0 | 1
}
interface Schema {
  columns: Column[]
  constraints: Constraint[]
  indexes: Index[]
}

async function givenSqlite(): Promise<Database> {
  const database = await openTestDatabase('sqlite::memory:')
  await migrate(database)
  return database
}

async function sqliteSchema({ db }: Database): Promise<Schema> {
  const tables = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name
  `.execute(db)
  const columns = await sql<Column>`
    select t.name as "table", c.name as name, lower(c.type) as type, 1 - c."notnull" as is_nullable
    from sqlite_schema t, pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite_%'
  `.execute(db)
  const indexes = await sql<Index>`
    select name, sql like 'create unique %' as is_unique, sql like '%) where %' as is_partial
    from sqlite_schema where type = 'index' and sql is not null
  `.execute(db)
  const constraints = tables.rows.flatMap(({ name: table, sql: text }) =>
    [...text.matchAll(/constraint (\w+) (primary key|unique|check|foreign key)/g)].map(
      ([, name = '', kind = '']) => ({ table, name, kind }),
    ),
  )
  return { columns: columns.rows, constraints, indexes: indexes.rows }
}

async function postgresSchema({ db }: Database): Promise<Schema> {
  const columns = await sql<Column>`
    select table_name::text as "table", column_name::text as name, data_type::text as type, is_nullable = 'YES' as is_nullable
    from information_schema.columns where table_schema = 'public'
  `.execute(db)
  const constraints = await sql<Constraint>`
    select conrelid::regclass::text as "table", conname::text as name,
      case contype when 'p' then 'primary key' when 'u' then 'unique' when 'c' then 'check' else 'foreign key' end as kind
    from pg_constraint where connamespace = 'public'::regnamespace
  `.execute(db)
  const indexes = await sql<Index>`
    select indexrelid::regclass::text as name, indisunique as is_unique, indpred is not null as is_partial
    from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace
      and not exists (select 1 from pg_constraint where conindid = indexrelid)
  `.execute(db)
  return { columns: columns.rows, constraints: constraints.rows, indexes: indexes.rows }
}

/** SQLite knows one width of integer, and its growing key must be called by the short name. */
const inOrder = ({ columns, constraints, indexes }: Schema) => ({
  columns: columns
    .map(({ table, name, type, isNullable }) => {
      const family = type === 'bigint' ? 'integer' : type
      return `${table}.${name} ${family}${isNullable ? '' : ' not null'}`
    })
    .sort(),
  constraints: constraints.map(({ table, name, kind }) => `${table}: ${name} ${kind}`).sort(),
  indexes: indexes.map((index) => JSON.stringify(index)).sort(),
})

test('both databases get the same columns, constraints and indexes', async (context) => {
  const sqlite = await givenSqlite()
  const postgres = await openTestDatabase(await clonePostgres(await postgresServer(context)))

  const [ours, theirs] = await Promise.all([sqliteSchema(sqlite), postgresSchema(postgres)])

  expect(ours.columns.length).toBeGreaterThan(100)
  expect(ours.indexes.length).toBeGreaterThan(10)
  expect(inOrder(ours)).toEqual(inOrder(theirs))
})

test('every text column of Postgres is ordered by code point', async (context) => {
  const { db } = await openTestDatabase(await clonePostgres(await postgresServer(context)))

  const { rows } = await sql`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'
  `.execute(db)

  expect(rows).toEqual([])
})

test('every constraint has a name', async () => {
  const { db } = await givenSqlite()

  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where type = 'table' and name not like 'sqlite_%'
  `.execute(db)

  const unnamed = /(?<!constraint \w+ )\b(primary key|unique|check \(|foreign key)/
  expect(rows.filter((table) => unnamed.test(table.sql))).toEqual([])
})

test('a name of a JSON column means a JSON column in every table', async () => {
  const { columns } = await sqliteSchema(await givenSqlite())
  const toSnakeCase = (name: string) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const declared = Object.entries(jsonColumns).flatMap(([table, names]) =>
    names.map((name) => `${toSnakeCase(table)}.${toSnakeCase(name)}`),
  )
  const names = new Set(declared.map((path) => path.split('.')[1]))

  const found = columns
    .filter(({ name }) => names.has(name))
    .map(({ table, name }) => `${table}.${name}`)

  expect(found.sort()).toEqual(declared.sort())
})
