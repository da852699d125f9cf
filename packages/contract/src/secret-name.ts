/** Names the platform sets itself, or that decide what a process loads. */
const reserved =
  /^(MOLECULE_.*|WORKSPACE_ID|PLATFORM_URL|TASK_ID|TASK_ATTEMPT|PATH|HOME|SHELL|IFS|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|LD_.*|DYLD_.*|BASH_ENV|ENV|PYTHONPATH|PYTHONSTARTUP|PERL5OPT|PERL5LIB|RUBYOPT|GIT_SSH|GIT_SSH_COMMAND|SECRETS_ENCRYPTION_KEY|ADMIN_TOKEN)$/

/** Why a secret cannot have this name. Without a schema library, so that a page can ask at every keystroke. */
export function problemOfSecretName(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    return 'must be a name as environment variables have'
  }
  return reserved.test(name) ? 'is set by the platform, or decides what programs load' : undefined
}
