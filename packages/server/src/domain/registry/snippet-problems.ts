/** What usually goes wrong, whatever joins. */
export const outbound = {
  problem: 'It never sees work that others ask of it.',
  fix: 'Tell it to call wait_for_message again and again, for example in its instructions: an assistant acts only when it is prompted.',
}
export const refused = {
  problem: '401: the credential is not known.',
  fix: 'The token was rotated or cut off when it was copied. Rotate the credentials and take the new one.',
}
export const unreachable = {
  problem: 'The address cannot be reached.',
  fix: 'The server says where it is by EXTERNAL_PLATFORM_URL; set it to an address that this machine reaches.',
}
