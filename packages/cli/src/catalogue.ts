import type { Command } from 'commander'
import type { Cli } from './cli.ts'

/** Adds arguments, options and the action to the command of that name. */
export type Configure = (command: Command, cli: Cli) => void

export type Entry = { name: string; summary: string; load: () => Promise<Configure> }

/** Every command with the file that holds it; a file is read only when its command is asked for. */
export const catalogue: readonly Entry[] = [
  {
    name: 'up',
    summary: 'Start the server in this terminal',
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    name: 'down',
    summary: 'Stop all agents and the server of a data folder',
    load: async () => (await import('./commands/down.ts')).down,
  },
  {
    name: 'ws',
    summary: 'List, create, show, restart, pause, wake and delete workspaces',
    load: async () => (await import('./commands/ws.ts')).ws,
  },
  {
    name: 'runtimes',
    summary: 'List what can occupy a workspace, what it needs, and whether it is installed',
    load: async () => (await import('./commands/runtimes.ts')).runtimes,
  },
  {
    name: 'org',
    summary: 'Plan, apply, compare and export the organization as a template',
    load: async () => (await import('./commands/org.ts')).org,
  },
  {
    name: 'config',
    summary: 'Show, change and restore the files that a workspace is configured with',
    load: async () => (await import('./commands/config.ts')).config,
  },
  {
    name: 'template',
    summary: 'List, import, change and delete templates of the configuration of workspaces',
    load: async () => (await import('./commands/template.ts')).template,
  },
  {
    name: 'bundle',
    summary: 'Write a workspace with all below it into a signed file, and make new ones of it',
    load: async () => (await import('./commands/bundle.ts')).bundle,
  },
  {
    name: 'schedule',
    summary: 'Ask workspaces for work by the clock',
    load: async () => (await import('./commands/schedule.ts')).schedule,
  },
  {
    name: 'webhook',
    summary: 'Ask workspaces for work by signed deliveries from outside',
    load: async () => (await import('./commands/webhook.ts')).webhook,
  },
  {
    name: 'ask',
    summary: 'Ask a workspace, follow its work and print the answer',
    load: async () => (await import('./commands/ask.ts')).ask,
  },
  {
    name: 'delegate',
    summary: 'Hand a task from one workspace to another',
    load: async () => (await import('./commands/delegate.ts')).delegate,
  },
  {
    name: 'tasks',
    summary: 'List tasks, newest first',
    load: async () => (await import('./commands/tasks.ts')).tasks,
  },
  {
    name: 'task',
    summary: 'Show, follow or cancel one task',
    load: async () => (await import('./commands/task.ts')).task,
  },
  {
    name: 'logs',
    summary: 'Print what the agent host of a workspace wrote',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'resources',
    summary: 'List what was started and is not proven gone',
    load: async () => (await import('./commands/resources.ts')).resources,
  },
  {
    name: 'delegations',
    summary: 'List what workspaces ask of each other, count it, drop what lies too long',
    load: async () => (await import('./commands/delegations.ts')).delegations,
  },
  {
    name: 'activity',
    summary: 'Print what a workspace received, sent and reported',
    load: async () => (await import('./commands/activity.ts')).activity,
  },
  {
    name: 'events',
    summary: 'Print what happens, one line per event',
    load: async () => (await import('./commands/events.ts')).events,
  },
  {
    name: 'progress',
    summary: 'Say that the task at hand moves on (for agents)',
    load: async () => (await import('./commands/progress.ts')).progress,
  },
  {
    name: 'question',
    summary: 'Ask what has to be known before the task at hand can go on (for agents)',
    load: async () => (await import('./commands/question.ts')).question,
  },
  {
    name: 'say',
    summary: 'Tell the people something (for agents)',
    load: async () => (await import('./commands/say.ts')).say,
  },
  {
    name: 'inbox',
    summary: 'Read and acknowledge what came back (for agents)',
    load: async () => (await import('./commands/inbox.ts')).inbox,
  },
  {
    name: 'mcp',
    summary: 'Serve the tools of a workspace, or of an operator, over standard input and output',
    load: async () => (await import('./commands/mcp.ts')).mcp,
  },
  {
    name: 'join',
    summary: 'Give the assistants on this machine the tools of a workspace',
    load: async () => (await import('./commands/join.ts')).join,
  },
  {
    name: 'bridge',
    summary: 'Let a program on this machine do the work of a workspace',
    load: async () => (await import('./commands/bridge.ts')).bridge,
  },
  {
    name: 'audit',
    summary: 'List, check and export the log of who did what',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  {
    name: 'secret',
    summary: 'Store secrets for agents, restart who needs them, rotate keys',
    load: async () => (await import('./commands/secret.ts')).secret,
  },
  {
    name: 'login',
    summary: 'Print a one-time browser link, or store a connection',
    load: async () => (await import('./commands/login.ts')).login,
  },
  {
    name: 'session',
    summary: 'List browser sessions and sign browsers out',
    load: async () => (await import('./commands/session.ts')).session,
  },
  {
    name: 'token',
    summary: 'List, create, rotate and revoke tokens of the org or of a workspace',
    load: async () => (await import('./commands/token.ts')).token,
  },
  {
    name: 'doctor',
    summary: 'Check this installation with real work and say what to fix',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
]
