import { applyModes } from '@molecule/contract/org'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { orgApply } from './org/apply.ts'
import { orgDiff } from './org/diff.ts'
import { orgExport } from './org/export.ts'
import { orgPlan } from './org/plan.ts'
import { orgPrune } from './org/prune.ts'
import { orgTemplates } from './org/templates.ts'

const mode = () =>
  new Option(
    '--mode <mode>',
    'skip: make what is missing; update: change the rest too; replace: make anew what cannot be changed; prune: remove what left',
  )
    .choices([...applyModes])
    .default('skip')

export function org(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  const ofFolder = (name: string, description: string) =>
    add(name, description)
      .argument('<folder>', 'holds org.yaml and all that it names')
      .option('--lenient', 'warn of unknown keys instead of refusing them')
  orgPlan(ofFolder('plan', 'Say what applying a template would do').addOption(mode()), cli)
  orgApply(ofFolder('apply', 'Make the organization what a template says').addOption(mode()), cli)
  orgDiff(ofFolder('diff', 'Say where the organization and a template differ'), cli)
  orgTemplates(add('templates', 'List the templates that lie on the server'), cli)
  orgPrune(add('prune', 'List what earlier mishaps left, and remove it'), cli)
  orgExport(add('export', 'Write the organization as a template'), cli)
}
