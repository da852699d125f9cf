/** Names the platform sets itself, or that decide what a process loads. */
const reserved =
  /^(MOLECULE_.*|WORKSPACE_ID|PLATFORM_URL|TASK_ID|TASK_ATTEMPT|PATH|HOME|SHELL|IFS|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|BASH_ENV|ENV|PROMPT_COMMAND|PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PERL5OPT|PERL5LIB|PERL5DB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|GIT_SSH|GIT_SSH_COMMAND|GIT_EXEC_PATH|GIT_CONFIG.*|SECRETS_ENCRYPTION_KEY|SECRETS_ENCRYPTION_KEY_PREVIOUS|ADMIN_TOKEN)$/

/** Why a secret cannot have this name. Without a schema library, so that a page can ask at every keystroke. */
export function problemOfSecretName(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    return 'must be a name as environment variables have'
  }
  return reserved.test(name) ? 'is set by the platform, or decides what programs load' : undefined
}
