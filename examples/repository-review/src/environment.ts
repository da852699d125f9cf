export type TaskEnvironment = {
  workspaceId: string
  platformUrl: string
  taskId: string
  /** Which attempt at the task this process is, from 1. */
  attempt: number
  tokenFile: string
}

/** What the agent host tells a program about its task. This file alone reads the environment. */
export function taskEnvironment(): TaskEnvironment {
  return {
    workspaceId: required('WORKSPACE_ID'),
    platformUrl: required('PLATFORM_URL'),
    taskId: required('TASK_ID'),
    attempt: Number(required('TASK_ATTEMPT')),
    tokenFile: required('MOLECULE_TOKEN_FILE'),
  }
}

export const searchPath = () => variable('PATH') ?? '/usr/local/bin:/usr/bin:/bin'

function required(name: string): string {
  const value = variable(name)
  if (value) return value
  throw new Error(`${name} is not set: this program is started by a Molecule agent host.`)
}

function variable(name: string): string | undefined {
  return process.env[name]
}
