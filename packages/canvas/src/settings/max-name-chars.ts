/** The contract takes no longer name for a person or a token. */
export const maxNameChars = 100
